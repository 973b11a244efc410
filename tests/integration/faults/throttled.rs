//! Functions at their concurrency limit.

use harness::{TestStack, run};
use local::executions::{Attempt, AttemptResult};

use super::state::STATES;
use super::{errors, totals_are_a_recount};

/// This test has its own stack, because a function's concurrency limit affects every execution that
/// invokes the function.
#[test]
fn a_throttled_function_is_waited_for_at_every_state() {
    run(async {
        let stack = TestStack::own("throttled").await;
        stack.silence_events().await;
        for (state, sequencer) in STATES.into_iter().zip(1..) {
            let key = "uploads/throttled.png";
            state.prepare(&stack, key, sequencer).await;
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
            println!("throttled function at {state:?}: {errors:?}, retried with success");
        }
    });
}

/// Returns `Some` if an attempt has failed. The state machine then makes another attempt.
async fn is_retried(stack: &TestStack, arn: &str) -> Option<()> {
    let steps = stack.stack.executions.steps(arn).await.unwrap();
    let mut attempts = steps.iter().flat_map(|step| &step.attempts);
    let failed = |it: &Attempt| matches!(it.result, AttemptResult::Failed { .. });
    attempts.any(failed).then_some(())
}

/// Sets a function's concurrency limit to zero.
async fn forbid(stack: &TestStack, function: &str) {
    let request = stack.stack.aws.lambda.put_function_concurrency();
    let request = request.function_name(stack.function(function));
    request.reserved_concurrent_executions(0).send().await.unwrap();
}

/// Removes a function's concurrency limit.
async fn allow(stack: &TestStack, function: &str) {
    let request = stack.stack.aws.lambda.delete_function_concurrency();
    request.function_name(stack.function(function)).send().await.unwrap();
}
