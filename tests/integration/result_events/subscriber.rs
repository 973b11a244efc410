//! A subscriber to the result events of a stack: a rule on the bus that sends all events to a
//! queue.

use harness::TestStack;
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// A queue that gets every result event.
pub(crate) struct Subscriber {
    queue: String,
    received: Mutex<Vec<Value>>,
}

impl Subscriber {
    pub(crate) async fn new(stack: &TestStack) -> Self {
        let aws = &stack.stack.aws;
        let name = stack.function("subscriber");
        let queue = aws.sqs.create_queue().queue_name(&name).send().await.unwrap();
        let rule = aws.eventbridge.put_rule().name(&name).event_bus_name(stack.function("results"));
        let pattern = json!({"source": ["pixgauge"]}).to_string();
        rule.event_pattern(pattern).send().await.unwrap();
        let arn = format!("arn:aws:sqs:us-east-1:000000000000:{name}");
        let target = aws_sdk_eventbridge::types::Target::builder().id("queue").arn(arn);
        let targets = aws.eventbridge.put_targets().rule(&name);
        let targets = targets.event_bus_name(stack.function("results"));
        let put = targets.targets(target.build().unwrap()).send().await.unwrap();
        assert_eq!(put.failed_entry_count, 0, "{put:?}");
        Self { queue: queue.queue_url.unwrap(), received: Mutex::default() }
    }

    /// All events that have arrived so far.
    pub(crate) async fn received(&self, stack: &TestStack) -> Vec<Value> {
        let sqs = &stack.stack.aws.sqs;
        let mut received = self.received.lock().await;
        loop {
            let request = sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10);
            let messages = request.send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return received.clone();
            }
            for message in messages {
                received.push(serde_json::from_str(&message.body.unwrap()).unwrap());
                let delete = sqs.delete_message().queue_url(&self.queue);
                delete.set_receipt_handle(message.receipt_handle).send().await.unwrap();
            }
        }
    }

    /// Waits for an event of this key whose `order`, compared as a string, is greater than `after`.
    /// If `after` is empty, any event of this key will do.
    pub(crate) async fn next(&self, stack: &TestStack, key: &str, after: &str) -> Value {
        let is_next = |event: &Value| {
            event["detail"]["key"] == key && event["detail"]["order"].as_str() > Some(after)
        };
        stack
            .until(&format!("an event of {key}"), async || {
                self.received(stack).await.into_iter().find(is_next)
            })
            .await
    }
}
