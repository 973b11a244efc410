//! Faults of every kind at every state: each is retried until it passes, or ends in the failure
//! queue with its event; none leaves the totals different from a recount.
//!
//! `--nocapture` prints a line for each pair of fault and state.

use std::time::Instant;

use futures_util::StreamExt as _;
use harness::proxy::{Fault, Rule};
use harness::snapshot::Snapshot;
use harness::{FaultyStack, TestStack, picture, run};
use local::executions::{Attempt, AttemptResult, Execution, Outcome};
use serde_json::{Value, json};

/// Pairs at once: the emulator runs eight functions at a time.
const CONCURRENCY: usize = 8;

/// What every service does now and then.
const FAULTS: [Fault; 9] = [
    Fault::InternalError,
    Fault::SlowDown,
    Fault::Throttling,
    Fault::Latency,
    Fault::Reset,
    Fault::LostAnswer,
    Fault::CutBody,
    Fault::KilledBefore,
    Fault::KilledAfter,
];

/// A state whose function is met by a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    HeadObject,
    ReadDimensions,
    PutMetadata,
    RecordRejection,
    RecordAbsence,
}

const STATES: [State; 5] = [
    State::HeadObject,
    State::ReadDimensions,
    State::PutMetadata,
    State::RecordRejection,
    State::RecordAbsence,
];

impl State {
    fn name(self) -> String {
        format!("{self:?}")
    }

    fn writes(self) -> bool {
        matches!(self, Self::PutMetadata | Self::RecordRejection | Self::RecordAbsence)
    }

    /// The call that its function cannot do without.
    fn operation(self) -> &'static [&'static str] {
        match self {
            Self::HeadObject => &["HeadObject"],
            Self::ReadDimensions => &["GetObject"],
            _ => &["TransactWriteItems"],
        }
    }

    /// Every call that its function makes: of an overwrite, the first finds what is there.
    fn operations(self) -> &'static [&'static str] {
        if self.writes() { &["PutItem", "TransactWriteItems"] } else { self.operation() }
    }

    fn function(self) -> &'static str {
        match self {
            Self::HeadObject => "head-object",
            Self::ReadDimensions => "read-dimensions",
            _ => "put-metadata",
        }
    }

    /// What its function calls an answer that did not come.
    fn unavailable(self) -> &'static str {
        if self.writes() { "TableUnavailable" } else { "StorageUnavailable" }
    }

    /// What the execution finds when it gets through.
    fn outcome(self) -> Outcome {
        match self {
            Self::RecordRejection => Outcome::Rejected("UnsupportedImage".into()),
            Self::RecordAbsence => Outcome::Absent,
            _ => Outcome::Image,
        }
    }
}

/// One fault at one state.
#[derive(Clone, Copy, Debug)]
struct Pair {
    fault: Fault,
    state: State,
}

/// All pairs. Only writes meet other transactions.
fn pairs() -> Vec<Pair> {
    let every = STATES.iter().flat_map(|&state| FAULTS.map(|fault| Pair { fault, state }));
    let writes = STATES.iter().filter(|state| state.writes());
    let conflicts = writes.map(|&state| Pair { fault: Fault::TransactionConflict, state });
    every.chain(conflicts).collect()
}

impl Pair {
    /// The fault of one invocation. A recorder tries six times against other transactions.
    fn passing(self, key: &str) -> Rule {
        let calls = if self.fault == Fault::TransactionConflict { 6 } else { 1 };
        Rule::new(self.fault, self.state.operation(), key, calls)
    }

    /// The fault of every invocation.
    fn staying(self, key: &str) -> Rule {
        let operations = match self.fault {
            Fault::TransactionConflict => self.state.operation(),
            _ => self.state.operations(),
        };
        Rule::new(self.fault, operations, key, usize::MAX)
    }

    /// Runs an execution that meets the fault: its event, and what became of it.
    async fn run(
        self,
        stack: &FaultyStack,
        rule: impl Fn(Self, &str) -> Rule,
        folder: &str,
    ) -> (Value, Execution) {
        let key = format!("uploads/{folder}/{:?}-at-{:?}", self.fault, self.state);
        let mut sequencer = 1;
        if matches!(self.state, State::RecordRejection | State::RecordAbsence) {
            // What is recorded there takes an image's place, so that totals change with it.
            stack.stack.upload(&key, picture::png(3, 2, 10), "image/png").await;
            let first = stack.stack.execute(&event(stack, &key, sequencer)).await;
            assert_eq!(first.outcome(), Outcome::Image, "{self:?}: {first:?}");
            sequencer += 1;
        }
        match self.state {
            State::RecordRejection => {
                stack.stack.upload(&key, "text", "image/png").await;
            }
            State::RecordAbsence => stack.stack.delete(&key).await,
            _ => {
                stack.stack.upload(&key, picture::png(5, 4, 20), "image/png").await;
            }
        }
        let event = event(stack, &key, sequencer);
        let rule = stack.proxy.inject(rule(self, &key));
        let execution = stack.stack.execute(&event).await;
        assert!(rule.count() > 0, "{self:?} befell nothing: {execution:?}");
        (event, execution)
    }

    /// The errors of the attempts that failed at the state that the fault is at.
    async fn errors(self, stack: &TestStack, execution: &Execution) -> Vec<String> {
        let errors = errors(stack, execution, &self.state.name()).await;
        for error in &errors {
            assert!(self.errors_expected().contains(&error.as_str()), "{self:?} gives {error}");
        }
        errors
    }

    fn errors_expected(self) -> Vec<&'static str> {
        match self.fault {
            // The emulator knows two names for it.
            Fault::KilledBefore | Fault::KilledAfter => {
                vec!["Runtime.ExitError", "Runtime.Unknown"]
            }
            Fault::TransactionConflict => vec!["RecordConflict"],
            _ => vec![self.state.unavailable()],
        }
    }
}

fn event(stack: &FaultyStack, key: &str, sequencer: u32) -> Value {
    stack.stack.event("Object Created", key, Some(&format!("{sequencer:04X}")))
}

/// The errors of those attempts of a state's task that failed.
async fn errors(stack: &TestStack, execution: &Execution, state: &str) -> Vec<String> {
    let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
    let step = steps.iter().find(|step| step.state == state);
    let step = step.unwrap_or_else(|| panic!("{state} was not reached: {execution:?}"));
    let errors = step.attempts.iter().filter_map(|attempt| match &attempt.result {
        AttemptResult::Failed { error, .. } => Some(error.clone()),
        AttemptResult::Running | AttemptResult::Succeeded => None,
    });
    errors.collect()
}

async fn totals_are_a_recount(stack: &TestStack) {
    let snapshot: Snapshot = stack.snapshot().await;
    snapshot.assert_totals_are_a_recount();
}

#[test]
fn a_fault_that_passes_is_retried_at_every_state() {
    run(async {
        let stack = FaultyStack::shared().await;
        futures_util::stream::iter(pairs())
            .for_each_concurrent(CONCURRENCY, async |pair| {
                let started = Instant::now();
                let (_, execution) = pair.run(stack, Pair::passing, "passing").await;
                assert_eq!(execution.outcome(), pair.state.outcome(), "{pair:?}: {execution:?}");
                let errors = pair.errors(&stack.stack, &execution).await;
                assert_eq!(errors.len(), 1, "{pair:?}: {errors:?}");
                totals_are_a_recount(&stack.stack).await;
                println!(
                    "{:?} at {:?}: {}, then passed, after {:.1} s",
                    pair.fault,
                    pair.state,
                    errors[0],
                    started.elapsed().as_secs_f64()
                );
            })
            .await;
        stack.stack.snapshot().await.assert_index_holds_the_images();
    });
}

#[test]
fn a_fault_that_stays_ends_in_the_failure_queue_at_every_state() {
    run(async {
        let stack = FaultyStack::shared().await;
        // To wait for what never comes would only take longer.
        let pairs = pairs().into_iter().filter(|pair| pair.fault != Fault::Latency);
        futures_util::stream::iter(pairs)
            .for_each_concurrent(CONCURRENCY, async |pair| {
                let (event, execution) = pair.run(stack, Pair::staying, "staying").await;
                let error = execution.error.clone().unwrap_or_default();
                assert_eq!(execution.outcome(), Outcome::Failed(error.clone()), "{pair:?}");
                let errors = pair.errors(&stack.stack, &execution).await;
                assert_eq!((errors.len(), errors.last()), (5, Some(&error)), "{pair:?}");
                let reported = stack.reported(&execution).await;
                assert_eq!(reported["event"], event, "{pair:?}");
                assert_eq!(reported["error"], error, "{pair:?}");
                totals_are_a_recount(&stack.stack).await;
                println!("{:?} at {:?}: reported as {error}", pair.fault, pair.state);
            })
            .await;
        stack.stack.snapshot().await.assert_index_holds_the_images();
    });
}

/// These states call a service without a function, so the emulator is told how it fails.
#[test]
fn a_fault_that_stays_at_read_record_ends_in_the_failure_queue() {
    run(async {
        let stack = FaultyStack::shared().await;
        for fault in ["InternalError", "SlowDown", "Throttling", "Latency", "Reset"] {
            let key = format!("uploads/by-hand/{fault}");
            let event = stack.stack.event("Object Created", &key, None);
            let execution = stack.stack.execute_case(&format!("ReadRecord-{fault}"), &event).await;
            assert_eq!(errors(&stack.stack, &execution, "ReadRecord").await.len(), 5, "{fault}");
            let reported = stack.reported(&execution).await;
            assert_eq!(reported["event"], event, "{fault}");
            println!("{fault} at ReadRecord: reported as {}", reported["error"]);
        }
    });
}

#[test]
fn a_fault_that_stays_at_report_failure_fails_the_execution_with_the_first_error() {
    run(async {
        let stack = FaultyStack::shared().await;
        let faults = ["InternalError", "Throttling", "Latency", "Reset"];
        futures_util::stream::iter(faults)
            .for_each_concurrent(CONCURRENCY, async |fault| {
                let input = json!({"no": "event", "fault": fault});
                let case = format!("ReportFailure-{fault}");
                let execution = stack.stack.execute_case(&case, &input).await;
                assert_eq!(execution.outcome(), Outcome::Failed("InvalidInput".into()));
                // The event is not lost: it is the execution's input.
                assert_eq!(execution.input, input);
                assert_eq!(errors(&stack.stack, &execution, "ReportFailure").await.len(), 7);
                println!("{fault} at ReportFailure: failed as InvalidInput");
            })
            .await;
    });
}

#[test]
fn a_few_conflicts_pass_within_one_invocation() {
    run(async {
        let stack = FaultyStack::shared().await;
        let few = |pair: Pair, key: &str| Rule::new(pair.fault, pair.state.operation(), key, 3);
        let pair = Pair { fault: Fault::TransactionConflict, state: State::PutMetadata };
        let (_, execution) = pair.run(stack, few, "few").await;
        assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        assert!(pair.errors(&stack.stack, &execution).await.is_empty());
        assert_eq!(execution.output.as_ref().unwrap()["roundTrips"], 4, "{execution:?}");
    });
}

/// The record was written, but nobody was told: to start the execution again writes nothing twice.
#[test]
fn a_failed_execution_can_be_started_again() {
    run(async {
        let stack = FaultyStack::shared().await;
        let pair = Pair { fault: Fault::LostAnswer, state: State::PutMetadata };
        let five = |pair: Pair, key: &str| Rule::new(pair.fault, pair.state.operations(), key, 5);
        let (event, execution) = pair.run(stack, five, "again").await;
        assert_eq!(execution.outcome(), Outcome::Failed("TableUnavailable".into()));
        assert_eq!(stack.reported(&execution).await["event"], event);
        let before = stack.stack.snapshot().await.records;
        let again = stack.stack.execute(&event).await;
        assert!(again.is_stale(), "{again:?}");
        let after = stack.stack.snapshot().await;
        let key = again.key().unwrap_or_default();
        assert_eq!(before.get(key), after.records.get(key));
        after.assert_totals_are_a_recount();
    });
}

/// A function at its limit of concurrent invocations, in a stack of its own: the limit is the
/// whole function's.
#[test]
fn a_throttled_function_is_waited_for_at_every_state() {
    run(async {
        let stack = TestStack::own("throttled").await;
        stack.silence_events().await;
        for (state, sequencer) in STATES.into_iter().zip(1..) {
            let key = "uploads/throttled.png";
            match state {
                State::RecordAbsence => stack.delete(key).await,
                State::RecordRejection => {
                    stack.upload(key, "text", "image/png").await;
                }
                _ => {
                    stack.upload(key, picture::png(sequencer, 1, 0), "image/png").await;
                }
            }
            forbid(&stack, state.function()).await;
            let event = stack.event("Object Created", key, Some(&sequencer.to_string()));
            let arn = stack.start(&event).await;
            stack.until("a throttled invocation", async || is_retried(&stack, &arn).await).await;
            allow(&stack, state.function()).await;
            let execution = stack.finished(&arn).await;
            assert_eq!(execution.outcome(), state.outcome(), "{state:?}: {execution:?}");
            let errors = errors(&stack, &execution, &state.name()).await;
            assert!(!errors.is_empty(), "{state:?} was not throttled: {execution:?}");
            totals_are_a_recount(&stack).await;
            println!("throttled function at {state:?}: {errors:?}, then passed");
        }
    });
}

/// Whether the task of some state has failed and waits for its next attempt.
async fn is_retried(stack: &TestStack, arn: &str) -> Option<()> {
    let steps = stack.stack.executions.steps(arn).await.unwrap();
    let attempts = steps.last().map(|step| step.attempts.as_slice()).unwrap_or_default();
    let failed = |it: &Attempt| matches!(it.result, AttemptResult::Failed { .. });
    attempts.iter().any(failed).then_some(())
}

/// Lets no invocation of a function begin.
async fn forbid(stack: &TestStack, function: &str) {
    let request = stack.stack.aws.lambda.put_function_concurrency();
    let request = request.function_name(stack.function(function));
    request.reserved_concurrent_executions(0).send().await.unwrap();
}

async fn allow(stack: &TestStack, function: &str) {
    let request = stack.stack.aws.lambda.delete_function_concurrency();
    request.function_name(stack.function(function)).send().await.unwrap();
}
