//! Failure codes, each injected at the states whose calls can fail with it. The class of a code
//! determines what the execution does.

use contract::{CANCELLATION_REASONS, COMMON, DYNAMODB, FailureClass, FailureCode, S3};
use futures_util::StreamExt as _;
use harness::proxy::{Fault, Rule};
use harness::{FaultyStack, run};
use local::executions::Outcome;

use super::pair::Pair;
use super::state::{FURTHER_CALLS, STATES, State};
use super::{CONCURRENCY, errors, is_complete, selection, totals_are_a_recount};

/// Codes that [`Fault::Refused`] need not inject. `PutItem` fails with the first code even without
/// a fault, if a rejection or an absence is recorded for a key that has a record (see
/// [`State::operations`]). [`Fault::Canceled`] injects the second code, with a reason.
pub(super) const NOT_ALONE: [&str; 2] =
    ["ConditionalCheckFailedException", "TransactionCanceledException"];

/// Code with which a put fails while a transaction is writing the same item. `put-metadata` then
/// repeats the put up to five times.
pub(super) const PUT_CONFLICT: &str = "TransactionConflictException";

/// Reaction of an execution to a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Consequence {
    /// One attempt fails with this error, and the next one succeeds.
    Retries(&'static str),
    /// The execution ends with this outcome, without a retry. If the state fails, a `Catch` handles
    /// the error.
    Records(Outcome),
    /// The execution fails with this error, without a retry, and reports the error.
    Reports(&'static str),
}

/// A fault at a state, and its expected consequence.
#[derive(Clone, Debug)]
struct Case {
    pair: Pair,
    operations: &'static [&'static str],
    consequence: Consequence,
}

/// All cases if [`is_complete`], otherwise one for each way in which a state can fail.
fn cases() -> Vec<Case> {
    let states = STATES.iter().chain(&FURTHER_CALLS);
    let cases =
        states.flat_map(|state| if state.writes() { of_table(*state) } else { of_s3(*state) });
    selection(cases, Case::way)
}

fn of_table(state: State) -> Vec<Case> {
    let codes = [DYNAMODB, COMMON].into_iter().flatten();
    let codes = codes.filter(|(code, _)| !NOT_ALONE.contains(code));
    let codes = codes.map(|(code, class)| (Fault::Refused(400, code), *code, *class));
    // Each reason is injected for the second item of a transaction: the update of the totals.
    // `ConditionalCheckFailed` is left out, because this update has no condition.
    let reasons = CANCELLATION_REASONS.iter().filter(|(code, _)| *code != "ConditionalCheckFailed");
    let reasons = reasons.map(|(code, class)| (Fault::Canceled(code), *code, *class));
    let reasons = reasons.filter(|_| state.operation() == ["TransactWriteItems"]);
    let case = |(fault, code, class)| {
        let consequence = match (class, code) {
            (FailureClass::Transient, "TransactionConflict") => {
                Consequence::Retries("RecordConflict")
            }
            // A put is refused while a transaction is writing the record.
            (_, PUT_CONFLICT) if state.operation() == ["PutItem"] => {
                Consequence::Retries("RecordConflict")
            }
            (FailureClass::Transient, _) => Consequence::Retries("TableUnavailable"),
            (FailureClass::Object | FailureClass::System, _) => {
                Consequence::Reports("TableRefused")
            }
        };
        Case { pair: Pair { fault, state }, operations: state.operation(), consequence }
    };
    codes.chain(reasons).map(case).collect()
}

/// A case for each code of S3. A response to HEAD has no code: after a 400 or 403, `head-object`
/// learns the code from GET. The state `HeadObject` also has cases in which only HEAD fails.
fn of_s3(state: State) -> Vec<Case> {
    let operations = match state {
        State::HeadObject => &["HeadObject", "GetObject"][..],
        _ => &["GetObject"],
    };
    let case = |(code, class): &FailureCode| {
        let consequence = match (class, *code) {
            (FailureClass::Transient, _) => Consequence::Retries("StorageUnavailable"),
            // HEAD has succeeded, so it is the object's KMS key that denies access.
            (_, "AccessDenied") if state == State::ReadDimensions => unreadable(),
            (FailureClass::System, _) => Consequence::Reports("StorageRefused"),
            (
                FailureClass::Object,
                "NoSuchKey" | "NoSuchVersion" | "NotFound" | "KeyTooLongError",
            ) => Consequence::Records(Outcome::Absent),
            (FailureClass::Object, "InvalidRange" | "PreconditionFailed") => match state {
                State::HeadObject => Consequence::Retries("StorageUnavailable"),
                _ => Consequence::Records(Outcome::Image),
            },
            (FailureClass::Object, _) => unreadable(),
        };
        // After HEAD has failed with 400, `head-object` gets the code from GET.
        let status = if state == State::HeadObject { 400 } else { status(code) };
        Case { pair: Pair { fault: Fault::Refused(status, code), state }, operations, consequence }
    };
    let mut cases: Vec<_> = [S3, COMMON].into_iter().flatten().map(case).collect();
    if state == State::HeadObject {
        for (status, consequence) in [
            // After a 403 to HEAD, `head-object` sends GET. Here GET succeeds, so HEAD may succeed
            // later.
            (403, Consequence::Retries("StorageUnavailable")),
            (404, Consequence::Records(Outcome::Absent)),
            (409, Consequence::Retries("StorageUnavailable")),
            (429, Consequence::Retries("StorageUnavailable")),
            (500, Consequence::Retries("StorageUnavailable")),
            (503, Consequence::Retries("StorageUnavailable")),
        ] {
            let pair = Pair { fault: Fault::Refused(status, ""), state };
            cases.push(Case { pair, operations: state.operation(), consequence });
        }
        let pair = Pair { fault: Fault::Refused(403, "AccessDenied"), state };
        cases.push(Case { pair, operations, consequence: Consequence::Reports("StorageRefused") });
    }
    cases
}

/// Status with which S3 sends a code
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>).
fn status(code: &str) -> u16 {
    match code {
        "PermanentRedirect" => 301,
        "Redirect" | "TemporaryRedirect" => 307,
        "AccessDenied"
        | "AccountProblem"
        | "AllAccessDisabled"
        | "InvalidAccessKeyId"
        | "InvalidObjectState"
        | "InvalidSecurity"
        | "NotSignedUp"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch" => 403,
        "NoSuchBucket" | "NoSuchKey" | "NoSuchVersion" | "NotFound" => 404,
        "MethodNotAllowed" => 405,
        "OperationAborted" => 409,
        "PreconditionFailed" => 412,
        "InvalidRange" => 416,
        "TooManyRequests" => 429,
        "InternalError"
        | "InternalFailure"
        | "KMS.KMSInternalException"
        | "KMS.KeyUnavailableException" => 500,
        "NotImplemented" => 501,
        "ServiceUnavailable" | "SlowDown" | "KMS.DependencyTimeoutException" => 503,
        _ => 400,
    }
}

fn unreadable() -> Consequence {
    Consequence::Records(Outcome::Rejected("UnreadableObject".into()))
}

impl Case {
    /// Describes the way in which the state fails, by the state, the form of the response, and the
    /// consequence.
    fn way(&self) -> String {
        let form = match self.pair.fault {
            Fault::Refused(status, "") => format!("status {status}"),
            Fault::Canceled(_) => "reason".to_owned(),
            _ => "code".to_owned(),
        };
        format!("{:?} {form} {:?}", self.pair.state, self.consequence)
    }

    /// A rule that injects the fault into every call of `operations` in the first attempt, so that
    /// only a second attempt can succeed. An attempt makes one such call, six if the function
    /// repeats its write, or, in `head-object`, one for each operation.
    fn rule(&self, key: &str) -> Rule {
        let one_attempt = match self.pair.fault {
            Fault::Canceled(_) => 6,
            Fault::Refused(_, PUT_CONFLICT) if self.operations == ["PutItem"] => 6,
            _ if self.pair.state == State::HeadObject => self.operations.len(),
            _ => 1,
        };
        Rule::new(self.pair.fault, self.operations, key, one_attempt)
    }

    #[expect(clippy::print_stdout, reason = "a line for each code at each state")]
    async fn check(&self, stack: &FaultyStack) {
        let rule = |_, key: &str| self.rule(key);
        let (event, execution) = self.pair.run(stack, rule, "codes").await;
        let at = self.pair.state.name();
        let errors = errors(&stack.stack, &execution, &at).await;
        match &self.consequence {
            Consequence::Retries(error) => {
                assert_eq!(execution.outcome(), self.pair.state.outcome(), "{self:?}");
                assert_eq!(errors, [*error], "{self:?}");
            }
            Consequence::Records(outcome) => {
                assert_eq!(execution.outcome(), *outcome, "{self:?}: {execution:?}");
                assert!(errors.len() < 2, "{self:?}: {errors:?}");
            }
            Consequence::Reports(error) => {
                assert_eq!(execution.outcome(), Outcome::Failed((*error).into()), "{self:?}");
                assert_eq!(errors, [*error], "{self:?}");
                let reported = stack.stack.reported(&execution).await;
                assert_eq!((&reported["event"], &reported["error"]), (&event, &(*error).into()));
            }
        }
        println!("{:?} at {at}: {:?}", self.pair.fault, self.consequence);
    }
}

#[test]
fn a_code_has_the_consequence_of_its_class_at_every_state() {
    run(async {
        let mut stacks = vec![FaultyStack::shared().await];
        if is_complete() {
            stacks.push(FaultyStack::express().await);
        }
        for stack in stacks {
            let cases = cases();
            let number = cases.len();
            futures_util::stream::iter(cases)
                .for_each_concurrent(CONCURRENCY, async |case| case.check(stack).await)
                .await;
            totals_are_a_recount(&stack.stack).await;
            println!("{number} codes at states, none lost");
        }
    });
}
