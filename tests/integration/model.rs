//! Compares `record()` on a real table with a reference model after every step.
//!
//! `cargo test` takes 2,000 steps. To take more:
//!
//! ```console
//! $ PIXGAUGE_MODEL_STEPS=50000 cargo test --test integration model:: -- --nocapture
//! ```
//!
//! Each run draws new steps. If table and model diverge, the steps are shrunk to the fewest that
//! show it, and printed as code for a test in `regressions.rs`.

mod operation;
mod reference;
mod world;

use std::cell::Cell;

use harness::{TestStack, env_or, run};
use operation::operations;
pub(crate) use operation::{Content, Operation};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

/// The most steps of a case. Each case begins with an empty table and ends at rest.
const STEPS_PER_CASE: usize = 80;

/// Takes the steps one by one. Returns the number of calls to `record()`, or the first step at
/// which table and model diverge.
pub(crate) async fn follow(stack: &TestStack, operations: &[Operation]) -> Result<u64, String> {
    let mut world = world::World::new(stack).await;
    for (number, operation) in (1..).zip(operations) {
        let at = |error: String| format!("step {number}, {operation:?}: {error}");
        world.apply(*operation).await.map_err(at)?;
        world.check().await.map_err(at)?;
    }
    world.settle().await.map_err(|error| format!("at rest: {error}"))?;
    Ok(world.recorded)
}

#[test]
fn the_table_equals_the_model_after_every_step() {
    let stack = run(TestStack::own("model"));
    let wanted = env_or("PIXGAUGE_MODEL_STEPS", 2_000);
    let (steps, recorded) = (Cell::new(0), Cell::new(0));
    let case = |operations: Vec<Operation>| {
        if steps.get() < wanted {
            let number = run(follow(&stack, &operations)).map_err(TestCaseError::fail)?;
            recorded.set(recorded.get() + number);
            steps.set(steps.get() + operations.len());
        }
        Ok(())
    };
    let result = TestRunner::new(config(wanted)).run(&operations(STEPS_PER_CASE), case);
    println!("{} steps, {} calls of record()", steps.get(), recorded.get());
    match result {
        Ok(()) => assert!(steps.get() >= wanted),
        Err(TestError::Fail(reason, operations)) => {
            panic!("{reason}\nafter these steps:\n{}", lines(&operations))
        }
        Err(aborted) => panic!("{aborted}"),
    }
}

/// Each case takes at least one step, so `steps` cases are enough. The test skips the cases that
/// remain after the last step.
fn config(steps: usize) -> Config {
    Config {
        cases: u32::try_from(steps).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    }
}

/// The steps as code for a test.
fn lines(operations: &[Operation]) -> String {
    let lines = operations.iter().map(|operation| format!("    Operation::{operation:?},"));
    lines.collect::<Vec<_>>().join("\n")
}
