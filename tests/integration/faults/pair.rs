//! Pairs of a fault and the state at which the fault is injected.

use harness::proxy::{Fault, Rule};
use harness::{FaultyStack, TestStack, picture};
use local::executions::{Execution, Outcome};
use serde_json::Value;

use super::state::{FURTHER_CALLS, STATES, State};
use super::{errors, is_complete};

/// Faults that can occur at a call to any service.
const FAULTS: [Fault; 9] = [
    Fault::InternalError,
    Fault::SlowDown,
    Fault::Throttling,
    Fault::Latency,
    Fault::Reset,
    Fault::LostResponse,
    Fault::CutBody,
    Fault::KilledBefore,
    Fault::KilledAfter,
];

/// Faults that cancel a transaction. They are injected only at states that write.
const TRANSACTION_FAULTS: [Fault; 2] =
    [Fault::Canceled("TransactionConflict"), Fault::Canceled("ThrottlingError")];

/// One pair for each fault except `KilledAfter`. [`pairs`] combines `KilledAfter` with each of
/// [`STATES`].
const SELECTION: [(Fault, State); 10] = [
    (Fault::InternalError, State::HeadObject),
    (Fault::Latency, State::HeadObject),
    (Fault::SlowDown, State::ReadDimensions),
    (Fault::CutBody, State::ReadDimensions),
    (Fault::Throttling, State::PutMetadata),
    (Fault::LostResponse, State::PutMetadata),
    (TRANSACTION_FAULTS[0], State::PutMetadata),
    (Fault::Reset, State::RecordRejection),
    (TRANSACTION_FAULTS[1], State::RecordRejection),
    (Fault::KilledBefore, State::RecordAbsence),
];

#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) fault: Fault,
    pub(super) state: State,
}

/// All pairs if [`is_complete`], otherwise [`SELECTION`] plus `KilledAfter` at each of [`STATES`].
pub(super) fn pairs() -> Vec<Pair> {
    let pair = |(fault, state)| Pair { fault, state };
    if !is_complete() {
        let killed = STATES.map(|state| (Fault::KilledAfter, state));
        return SELECTION.into_iter().chain(killed).map(pair).collect();
    }
    let states = STATES.iter().chain(&FURTHER_CALLS);
    let every = states.flat_map(|&state| FAULTS.map(|fault| pair((fault, state))));
    let writes = STATES.iter().filter(|state| state.writes());
    let transactions =
        writes.flat_map(|&state| TRANSACTION_FAULTS.map(|fault| pair((fault, state))));
    every.chain(transactions).collect()
}

impl Pair {
    /// A rule that injects the fault into one invocation. If the fault cancels a transaction, the
    /// rule injects it into six calls, because the function repeats a canceled transaction five
    /// times.
    pub(super) fn transient(self, key: &str) -> Rule {
        let calls = if self.cancels() { 6 } else { 1 };
        Rule::new(self.fault, self.state.operation(), key, calls)
    }

    /// A rule that injects the fault into every invocation.
    pub(super) fn permanent(self, key: &str) -> Rule {
        let operations =
            if self.cancels() { self.state.operation() } else { self.state.operations() };
        Rule::new(self.fault, operations, key, usize::MAX)
    }

    /// True if the fault cancels a transaction.
    fn cancels(self) -> bool {
        matches!(self.fault, Fault::Canceled(_))
    }

    /// Runs an execution for an object in `folder`. `rule` makes the rule that injects the fault.
    /// Returns the event that starts the execution, and the ended execution.
    pub(super) async fn run(
        self,
        stack: &FaultyStack,
        rule: impl Fn(Self, &str) -> Rule,
        folder: &str,
    ) -> (Value, Execution) {
        let key = format!("uploads/{folder}/{:?}-at-{:?}", self.fault, self.state);
        let key = key.replace(['(', ')', '"', ',', ' '], "-");
        let event = |sequencer| stack.stack.event("Object Created", &key, sequencer);
        if self.state.replaces_an_image() {
            stack.stack.upload(&key, picture::png(3, 2, 10), "image/png").await;
            let first = stack.stack.execute(&event(Some("01"))).await;
            assert_eq!(first.outcome(), Outcome::Image, "{self:?}: {first:?}");
        }
        self.state.prepare(&stack.stack, &key, 5).await;
        let event = event(self.state.is_ordered().then_some("02"));
        let rule = stack.proxy.inject(rule(self, &key));
        let execution = stack.stack.execute(&event).await;
        assert!(rule.injected() > 0, "{self:?} applied to no call: {execution:?}");
        (event, execution)
    }

    /// The names of the errors with which attempts at `self.state` failed. Panics at an error that
    /// `self.fault` does not cause.
    pub(super) async fn errors(self, stack: &TestStack, execution: &Execution) -> Vec<String> {
        let expected = match self.fault {
            // The emulator has two names for the error of a killed process.
            Fault::KilledBefore | Fault::KilledAfter => ["Runtime.ExitError", "Runtime.Unknown"],
            Fault::Canceled("TransactionConflict") => ["RecordConflict"; 2],
            _ => [self.state.unavailable(); 2],
        };
        let errors = errors(stack, execution, &self.state.name()).await;
        for error in &errors {
            assert!(expected.contains(&error.as_str()), "{self:?} gives {error}");
        }
        errors
    }
}
