//! Faults at the states of an execution. If a fault passes after one attempt, the retry and the
//! execution succeed. If a fault stays, the execution fails, and its event is in the failure queue.
//! In both cases, the totals equal a recount.
//!
//! Tests of the crates `contract`, `storage` and `catalog` show how a function classifies each
//! fault and each failure code. Only a stack shows how the state machine reacts.
//!
//! `cargo test` injects each fault at one or more states. At each state, it also kills the
//! function, and injects one code for each way in which the state can fail. The next command
//! injects every fault and every code at every state, in both types of execution, and prints a line
//! for each injection:
//!
//! ```console
//! $ PIXGAUGE_EVERY_FAULT=1 cargo test --test integration faults:: -- --nocapture
//! ```

mod codes;
mod pair;
mod services;
mod state;
mod throttled;
mod walks;

use std::collections::BTreeSet;
use std::time::Instant;

use futures_util::StreamExt as _;
use harness::proxy::Fault;
use harness::{FaultyStack, TestStack, run};
use local::executions::{AttemptResult, Execution, Outcome};
use pair::{Pair, pairs};
use state::{STATES, State};
use tokio::sync::Mutex;

/// True if the run injects every fault and every code at every state, not a selection.
fn is_complete() -> bool {
    std::env::var_os("PIXGAUGE_EVERY_FAULT").is_some()
}

/// All cases if [`is_complete`], otherwise the first case of each kind.
fn selection<T>(cases: impl Iterator<Item = T>, kind: impl Fn(&T) -> String) -> Vec<T> {
    let mut kinds = BTreeSet::new();
    cases.filter(|case| is_complete() || kinds.insert(kind(case))).collect()
}

/// Number of cases that a test tries at the same time. A case is, for example, a fault at a state.
/// For each processor, the emulator runs only four functions at a time.
const CONCURRENCY: usize = 8;

#[test]
fn a_fault_that_passes_is_retried_at_every_state() {
    run(async {
        let stack = FaultyStack::shared().await;
        futures_util::stream::iter(pairs())
            .for_each_concurrent(CONCURRENCY, async |pair| {
                let started = Instant::now();
                let (_, execution) = pair.run(stack, Pair::transient, "passing").await;
                assert_eq!(execution.outcome(), pair.state.outcome(), "{pair:?}: {execution:?}");
                // A write that is retried because its response was lost must not count as stale.
                assert!(!execution.is_stale(), "{pair:?}: {execution:?}");
                let errors = pair.errors(&stack.stack, &execution).await;
                assert_eq!(errors.len(), 1, "{pair:?}: {errors:?}");
                totals_are_a_recount(&stack.stack).await;
                let (Pair { fault, state }, elapsed) = (pair, started.elapsed());
                println!("{fault:?} at {state:?}: {errors:?}, retried with success, {elapsed:.1?}");
            })
            .await;
    });
}

#[test]
fn a_fault_that_stays_ends_in_the_failure_queue_at_every_state() {
    run(async {
        assert_every_staying_fault_is_reported(FaultyStack::shared().await).await;
    });
}

/// Step Functions does not list EXPRESS executions. So a failed execution can be started again only
/// from its message in the failure queue. Every failed execution must therefore send its message.
#[test]
fn every_failure_of_an_express_execution_reaches_the_queue() {
    run(async {
        assert_every_staying_fault_is_reported(FaultyStack::express().await).await;
    });
}

#[expect(clippy::print_stdout, reason = "a line for each fault at each state")]
async fn assert_every_staying_fault_is_reported(stack: &FaultyStack) {
    // Latency is left out: every attempt would wait for a time-out.
    let pairs = pairs().into_iter().filter(|pair| pair.fault != Fault::Latency);
    let returned = Mutex::new(BTreeSet::new());
    futures_util::stream::iter(pairs)
        .for_each_concurrent(CONCURRENCY, async |pair| {
            let (event, execution) = pair.run(stack, Pair::permanent, "staying").await;
            let error = execution.error.clone().unwrap_or_default();
            assert_eq!(execution.outcome(), Outcome::Failed(error.clone()), "{pair:?}");
            let errors = pair.errors(&stack.stack, &execution).await;
            // Each visit of the state makes two attempts. On a busy machine, the first visit may
            // use up the execution's time, so that there is no second visit.
            assert!(errors.len() >= 2 && errors.len() % 2 == 0, "{pair:?}: {errors:?}");
            if errors.len() > 2 {
                returned.lock().await.insert(pair.state.name());
            }
            assert_eq!(errors.last(), Some(&error), "{pair:?}");
            let reported = stack.stack.reported(&execution).await;
            assert_eq!(reported["event"], event, "{pair:?}");
            assert_eq!(reported["error"], error, "{pair:?}");
            totals_are_a_recount(&stack.stack).await;
            println!("{:?} at {:?}: reported as {error}", pair.fault, pair.state);
        })
        .await;
    let states = STATES.map(State::name);
    assert_eq!(returned.into_inner(), BTreeSet::from(states), "states that were returned to");
}

/// The record is written but the response is lost, so the execution fails. A new execution with the
/// same event does not write the record again.
#[test]
fn a_failed_execution_can_be_started_again() {
    run(async {
        let stack = FaultyStack::shared().await;
        let pair = Pair { fault: Fault::LostResponse, state: State::PutMetadata };
        let (event, execution) = pair.run(stack, Pair::permanent, "again").await;
        assert_eq!(execution.outcome(), Outcome::Failed("TableUnavailable".into()));
        assert_eq!(stack.stack.reported(&execution).await["event"], event);
        let before = stack.stack.snapshot().await.records;
        stack.proxy.lift(execution.key().unwrap_or_default());
        let again = stack.stack.execute(&event).await;
        assert!(again.is_stale(), "{again:?}");
        let after = stack.stack.snapshot().await;
        let key = again.key().unwrap_or_default();
        assert_eq!(before.get(key), after.records.get(key));
        after.assert_totals_are_a_recount();
    });
}

/// The errors of a state's failed attempts.
async fn errors(stack: &TestStack, execution: &Execution, state: &str) -> Vec<String> {
    let steps = stack.stack.executions.steps(&execution.arn).await.unwrap();
    let visits: Vec<_> = steps.iter().filter(|step| step.state == state).collect();
    assert!(!visits.is_empty(), "{state} was not reached: {execution:?}");
    let attempts = visits.iter().flat_map(|step| &step.attempts);
    let errors = attempts.filter_map(|attempt| match &attempt.result {
        AttemptResult::Failed { error, .. } => Some(error.clone()),
        AttemptResult::Running | AttemptResult::Succeeded => None,
    });
    errors.collect()
}

async fn totals_are_a_recount(stack: &TestStack) {
    stack.snapshot().await.assert_totals_are_a_recount();
}
