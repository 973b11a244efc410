//! Takes random steps, such as recordings, recounts and listings, while requests fail, processes
//! are killed between any two requests, and other executions write. After every step, the table
//! must equal a reference model.
//!
//! `cargo test -p catalog` takes 2,000 steps. To take more:
//!
//! ```console
//! $ PIXGAUGE_MODEL_STEPS=50000 cargo test -p catalog model:: -- --nocapture
//! ```
//!
//! A failed run prints its seed, which `PIXGAUGE_MODEL_SEED` accepts, and the shortest sequence of
//! steps found to show the failure, as code for a test in `regressions.rs`.

mod operation;
mod reference;
mod trouble;
mod walk;
mod world;

use std::cell::Cell;

use operation::operations;
pub(crate) use operation::{Content, Operation};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
pub(crate) use trouble::Trouble;

use crate::number_in;

/// Maximum number of steps in a case. Each case begins with an empty table, and ends with all
/// events delivered and all observations recorded.
const STEPS_PER_CASE: usize = 80;

/// Applies `operations` one by one, beginning with an empty table, and then lets everything come to
/// rest. Fails where table and model first differ.
pub(crate) async fn follow(operations: &[Operation]) -> Result<(), String> {
    let mut world = world::World::new();
    for (number, operation) in (1..).zip(operations) {
        let at = |error: String| format!("step {number}, {operation:?}: {error}");
        world.apply(*operation).await.map_err(at)?;
        world.check().map_err(at)?;
    }
    world.settle().await.map_err(|error| format!("at rest: {error}"))
}

#[test]
fn the_table_equals_the_model_after_every_step() {
    let steps = number_in("PIXGAUGE_MODEL_STEPS", 2_000);
    let seed = number_in("PIXGAUGE_MODEL_SEED", fastrand::u64(..));
    let threads = std::thread::available_parallelism().map_or(1, |it| it.get() as u64);
    println!("{steps} steps, PIXGAUGE_MODEL_SEED={seed}");
    std::thread::scope(|scope| {
        let run = |thread| move || run(seed.wrapping_add(thread), steps.div_ceil(threads));
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(run(thread))).collect();
        for thread in running {
            thread.join().unwrap().unwrap_or_else(|report| panic!("{report}"));
        }
    });
}

/// Takes at least `wanted` random steps, in as many cases as necessary. Fails with a report if
/// table and model differ.
fn run(seed: u64, wanted: u64) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let steps = Cell::new(0);
    let case = |operations: Vec<Operation>| {
        // The random waits and revisions of a case depend only on this seed.
        fastrand::seed(seed);
        runtime.block_on(follow(&operations)).map_err(TestCaseError::fail)?;
        steps.set(steps.get() + operations.len() as u64);
        Ok(())
    };
    // The generator is XorShift, because ChaCha is slow without optimization. The seed of XorShift
    // must not be zero.
    let bytes = (u128::from(seed) << 1 | 1).to_le_bytes();
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &bytes);
    let mut seeds = TestRunner::new_with_rng(config(), rng);
    while steps.get() < wanted {
        // A runner with this configuration runs only one case, so each case gets a new runner.
        let mut runner = TestRunner::new_with_rng(config(), seeds.new_rng());
        match runner.run(&operations(STEPS_PER_CASE), case) {
            Ok(()) => {}
            Err(TestError::Fail(reason, operations)) => {
                let steps = lines(&operations);
                let report = format!("{reason}\nPIXGAUGE_MODEL_SEED={seed}, after these steps:");
                return Err(format!("{report}\n{steps}"));
            }
            Err(aborted) => return Err(aborted.to_string()),
        }
    }
    Ok(())
}

fn config() -> Config {
    Config { cases: 1, failure_persistence: None, max_shrink_iters: 300, ..Config::default() }
}

/// The steps as code for a test in `regressions.rs`.
fn lines(operations: &[Operation]) -> String {
    let lines = operations.iter().map(|operation| format!("    Operation::{operation:?},"));
    lines.collect::<Vec<_>>().join("\n")
}
