//! Failure codes at the states whose calls can fail with them: one code for each way in which a
//! state reacts.
//!
//! The class and the error of every code are proven without a stack, in `crates/contract`,
//! `storage` and `catalog`.

use futures_util::StreamExt as _;
use harness::proxy::{Fault, Rule};
use harness::{FaultyStack, run};
use local::executions::Outcome;

use self::Consequence::{Records, Reports, Retries};
use super::pair::Pair;
use super::state::{FURTHER_CALLS, STATES, State};
use super::{CONCURRENCY, errors, totals_are_a_recount};

/// Code with which a put fails while a transaction is writing the item. The function then repeats
/// the put up to five times.
const PUT_CONFLICT: Fault = refused("TransactionConflictException");

/// Reaction of an execution to a code.
#[derive(Clone, Debug)]
enum Consequence {
    /// Fails one attempt with this error, and succeeds with the next.
    Retries(&'static str),
    /// Ends with this outcome. If an attempt fails, its error is caught, not retried.
    Records(Outcome),
    /// Fails at once with this error, and reports it.
    Reports(&'static str),
}

/// A code at a state, and its expected consequence.
#[derive(Clone, Debug)]
struct Case {
    pair: Pair,
    operations: &'static [&'static str],
    consequence: Consequence,
}

const fn refused(code: &'static str) -> Fault {
    Fault::Refused(400, code)
}

fn unreadable() -> Consequence {
    Records(Outcome::Rejected("UnreadableObject".into()))
}

fn cases(state: State) -> Vec<Case> {
    if state == State::HeadObject {
        return of_head();
    }
    let rows = if state.writes() { of_table(state) } else { of_get() };
    let operations = state.operation();
    let case = |(fault, consequence)| Case { pair: Pair { fault, state }, operations, consequence };
    rows.into_iter().map(case).collect()
}

fn of_table(state: State) -> Vec<(Fault, Consequence)> {
    let mut rows = vec![
        (refused("ThrottlingException"), Retries("TableUnavailable")),
        (refused("AccessDeniedException"), Reports("TableRefused")),
    ];
    match state.operation() {
        ["PutItem"] => rows.push((PUT_CONFLICT, Retries("RecordConflict"))),
        // The reasons are injected for the second item of the transaction: the update of the
        // totals.
        ["TransactWriteItems"] => rows.extend([
            (Fault::Canceled("TransactionConflict"), Retries("RecordConflict")),
            (Fault::Canceled("ThrottlingError"), Retries("TableUnavailable")),
            (Fault::Canceled("ValidationError"), Reports("TableRefused")),
        ]),
        _ => {}
    }
    rows
}

fn of_get() -> Vec<(Fault, Consequence)> {
    vec![
        (Fault::Refused(503, "SlowDown"), Retries("StorageUnavailable")),
        (Fault::Refused(404, "NoSuchBucket"), Reports("StorageRefused")),
        (Fault::Refused(404, "NoSuchKey"), Records(Outcome::Absent)),
        // The object has changed since HEAD, so the execution looks again.
        (Fault::Refused(412, "PreconditionFailed"), Records(Outcome::Image)),
        (refused("InvalidRequest"), unreadable()),
        // HEAD has succeeded before, so it is the object's KMS key that denies access.
        (Fault::Refused(403, "AccessDenied"), unreadable()),
    ]
}

fn of_head() -> Vec<Case> {
    let case = |operations, (fault, consequence)| {
        let pair = Pair { fault, state: State::HeadObject };
        Case { pair, operations, consequence }
    };
    // A response to HEAD has no code. So after a 400 the function sends GET to learn the code.
    let with_code = [
        (refused("SlowDown"), Retries("StorageUnavailable")),
        (refused("PreconditionFailed"), Retries("StorageUnavailable")),
        (refused("NoSuchBucket"), Reports("StorageRefused")),
        (refused("NoSuchKey"), Records(Outcome::Absent)),
        (refused("InvalidRequest"), unreadable()),
    ];
    let status = |status| Fault::Refused(status, "");
    let without_code = [
        // After a 403 to HEAD, the function sends GET. GET succeeds, so HEAD may succeed later.
        (status(403), Retries("StorageUnavailable")),
        (status(404), Records(Outcome::Absent)),
        (status(409), Retries("StorageUnavailable")),
        (status(429), Retries("StorageUnavailable")),
        (status(500), Retries("StorageUnavailable")),
        (status(503), Retries("StorageUnavailable")),
    ];
    let denied = (Fault::Refused(403, "AccessDenied"), Reports("StorageRefused"));
    let with_code = with_code.into_iter().chain([denied]);
    let with_code = with_code.map(|row| case(&["HeadObject", "GetObject"][..], row));
    with_code.chain(without_code.map(|row| case(&["HeadObject"], row))).collect()
}

impl Case {
    /// A rule that injects the code into all calls of the first attempt. If the function repeats
    /// its write, these are six calls. If there is a second attempt, its calls succeed.
    fn rule(&self, key: &str) -> Rule {
        let one_attempt = match self.pair.fault {
            Fault::Canceled(_) => 6,
            PUT_CONFLICT if self.operations == ["PutItem"] => 6,
            _ => self.operations.len(),
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
            Retries(error) => {
                assert_eq!(execution.outcome(), self.pair.state.outcome(), "{self:?}");
                assert_eq!(errors, [*error], "{self:?}");
            }
            Records(outcome) => {
                assert_eq!(execution.outcome(), *outcome, "{self:?}: {execution:?}");
                assert!(errors.len() < 2, "{self:?}: {errors:?}");
            }
            Reports(error) => {
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
        let stack = FaultyStack::shared().await;
        let cases = STATES.into_iter().chain(FURTHER_CALLS).flat_map(cases);
        futures_util::stream::iter(cases)
            .for_each_concurrent(CONCURRENCY, async |case| case.check(stack).await)
            .await;
        totals_are_a_recount(&stack.stack).await;
    });
}
