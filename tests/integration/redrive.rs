//! Failed executions are started again from the failure queue.

use aws_sdk_sqs::types::QueueAttributeName;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use local::redrive::redrive;

/// Uploads an image whose execution fails, because `put-metadata` is given a table that does not
/// exist.
async fn fail(stack: &TestStack, key: &str) {
    let set_table = async |name| stack.set_variables("put-metadata", &[("TABLE_NAME", name)]).await;
    set_table("absent").await;
    let execution = stack.measure(key, picture::png(2, 3, 0), "image/png").await;
    assert_eq!(execution.outcome(), Outcome::Failed("TableRefused".into()), "{execution:?}");
    set_table(&stack.stack.outputs.table_name).await;
}

#[test]
fn what_failed_is_started_again_with_its_event_and_leaves_the_queue() {
    run(async {
        let stack = TestStack::own("redrive").await;
        let (aws, outputs) = (&stack.stack.aws, &stack.stack.outputs);
        assert_eq!(redrive(aws, outputs, 10).await.unwrap(), []);
        for key in ["uploads/a.png", "uploads/b.png"] {
            fail(&stack, key).await;
        }
        let one = redrive(aws, outputs, 1).await.unwrap();
        assert_eq!(one.len(), 1, "no more than the limit: {one:?}");
        let rest = redrive(aws, outputs, 10).await.unwrap();
        assert_eq!(rest.len(), 1, "{rest:?}");
        assert_eq!(rest[0].error.as_deref(), Some("TableRefused"));
        for key in ["uploads/a.png", "uploads/b.png"] {
            let executions = stack.ended(key, 2).await;
            assert_eq!(executions[0].outcome(), Outcome::Image, "{executions:?}");
            assert_eq!(executions[0].input, executions[1].input, "the event is the same");
            assert_eq!(stack.metadata(key).await.0, 200);
        }
        assert_eq!(redrive(aws, outputs, 10).await.unwrap(), []);
        a_message_without_an_event_stays(&stack).await;
    });
}

async fn a_message_without_an_event_stays(stack: &TestStack) {
    let (aws, outputs) = (&stack.stack.aws, &stack.stack.outputs);
    let before = stack.stack.executions.all().await.unwrap().len();
    // Shortens the queue's visibility timeout, which is 30 seconds by default
    // (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>).
    let timeout = aws.sqs.set_queue_attributes().queue_url(&outputs.failure_queue_url);
    let timeout = timeout.attributes(QueueAttributeName::VisibilityTimeout, "2");
    timeout.send().await.unwrap();
    let send = aws.sqs.send_message().queue_url(&outputs.failure_queue_url);
    send.message_body("{\"hello\": \"world\"}").send().await.unwrap();
    // The first call may skip the message: `redrive` skips messages that were sent in the
    // millisecond of the call, or later.
    let left = stack
        .until("the message", async || {
            let redriven = redrive(aws, outputs, 10).await.unwrap();
            (!redriven.is_empty()).then_some(redriven)
        })
        .await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].execution, None);
    assert!(left[0].problem.as_deref().unwrap().contains("event"), "{left:?}");
    assert_eq!(stack.stack.executions.all().await.unwrap().len(), before);
    // The message is visible again after the queue's visibility timeout.
    assert_eq!(stack.failures(1).await[0]["hello"], "world");
}
