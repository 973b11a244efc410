//! Starting executions again that failed: their events are in the failure queue.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::Aws;
use crate::error_text::chain;
use crate::stack::Outputs;

/// Messages that one `ReceiveMessage` returns at the most.
const BATCH: usize = 10;

/// Seconds to wait for a message: without a wait, SQS asks only some of its servers
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>).
const WAIT: i32 = 1;

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redriven {
    /// The key of the object, if the message holds an event.
    pub key: Option<String>,
    /// The error that failed the execution before.
    pub error: Option<String>,
    /// The ARN of the new execution; none when it could not be started, and the message stays.
    pub execution: Option<String>,
    /// Why it could not be started.
    pub problem: Option<String>,
}

/// What the state `ReportFailure` sends.
#[derive(Debug, Deserialize)]
struct Failure {
    event: Value,
    error: Option<String>,
}

/// The failure queue does not answer.
#[derive(Debug, thiserror::Error)]
#[error("{call} failed: {message}. Is the emulator still running?")]
pub struct RedriveError {
    call: &'static str,
    message: String,
}

impl RedriveError {
    fn call(call: &'static str) -> impl FnOnce(&dyn std::error::Error) -> Self {
        move |error| Self { call, message: chain(error) }
    }
}

/// Starts an execution for each message of the failure queue, `limit` at the most, and deletes a
/// message once its execution has started.
///
/// A message that holds no event stays, as does one whose execution cannot be started. Messages
/// sent since the start are left for the next time, or an event that fails again at once would go
/// round for ever.
///
/// # Errors
/// When the queue cannot be read, or a message cannot be deleted. An execution may then have been
/// started whose message is still there; starting it once more changes nothing.
pub async fn redrive(
    aws: &Aws,
    outputs: &Outputs,
    limit: usize,
) -> Result<Vec<Redriven>, RedriveError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let (mut redriven, mut seen) = (Vec::new(), HashSet::new());
    loop {
        let messages = receive(aws, outputs, BATCH.min(limit - redriven.len())).await?;
        let before = redriven.len();
        for message in messages {
            let is_new = sent(&message).is_some_and(|sent| sent >= since);
            if is_new || !seen.insert(message.message_id.clone()) {
                release(aws, outputs, &message).await?;
            } else {
                redriven.push(redrive_one(aws, outputs, &message).await?);
            }
        }
        if redriven.len() == before || redriven.len() >= limit {
            return Ok(redriven);
        }
    }
}

async fn receive(
    aws: &Aws,
    outputs: &Outputs,
    number: usize,
) -> Result<Vec<Message>, RedriveError> {
    let answer = aws
        .sqs
        .receive_message()
        .queue_url(&outputs.failure_queue_url)
        .max_number_of_messages(i32::try_from(number).unwrap_or(1))
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .wait_time_seconds(WAIT)
        .send()
        .await
        .map_err(|error| RedriveError::call("ReceiveMessage")(&error))?;
    Ok(answer.messages.unwrap_or_default())
}

/// When a message was sent, in milliseconds since 1970.
fn sent(message: &Message) -> Option<u128> {
    let attributes = message.attributes.as_ref()?;
    attributes.get(&MessageSystemAttributeName::SentTimestamp)?.parse().ok()
}

async fn redrive_one(
    aws: &Aws,
    outputs: &Outputs,
    message: &Message,
) -> Result<Redriven, RedriveError> {
    let failure = match failure(message) {
        Ok(failure) => failure,
        Err(problem) => {
            let problem = Some(problem);
            return Ok(Redriven { key: None, error: None, execution: None, problem });
        }
    };
    let start = aws.sfn.start_execution().state_machine_arn(&outputs.state_machine_arn);
    let started = start.input(failure.event.to_string()).send().await;
    let started = started.map_err(|error| chain(&error));
    if started.is_ok() {
        delete(aws, outputs, message).await?;
    }
    let key = failure.event.pointer("/detail/object/key").and_then(Value::as_str);
    Ok(Redriven {
        key: key.map(str::to_owned),
        error: failure.error,
        problem: started.as_ref().err().cloned(),
        execution: started.ok().map(|started| started.execution_arn),
    })
}

fn failure(message: &Message) -> Result<Failure, String> {
    let body = message.body.as_deref().unwrap_or_default();
    serde_json::from_str(body).map_err(|error| format!("no failed execution's message: {error}"))
}

async fn delete(aws: &Aws, outputs: &Outputs, message: &Message) -> Result<(), RedriveError> {
    let request = aws.sqs.delete_message().queue_url(&outputs.failure_queue_url);
    let request = request.set_receipt_handle(message.receipt_handle.clone());
    request.send().await.map_err(|error| RedriveError::call("DeleteMessage")(&error))?;
    Ok(())
}

/// Lets others receive the message at once.
async fn release(aws: &Aws, outputs: &Outputs, message: &Message) -> Result<(), RedriveError> {
    let request = aws.sqs.change_message_visibility().queue_url(&outputs.failure_queue_url);
    let request = request.set_receipt_handle(message.receipt_handle.clone()).visibility_timeout(0);
    request.send().await.map_err(|error| RedriveError::call("ChangeMessageVisibility")(&error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_the_state_machine_is_read() {
        let body = r#"{"event": {"detail": {}}, "error": "TableRefused", "cause": "…"}"#;
        let failure = failure(&Message::builder().body(body).build()).unwrap();
        assert_eq!(failure.error.as_deref(), Some("TableRefused"));
    }

    #[test]
    fn any_other_message_says_what_is_wrong() {
        for body in ["", "hello", "{}"] {
            let problem = failure(&Message::builder().body(body).build()).unwrap_err();
            assert!(problem.starts_with("no failed execution's message: "), "{problem}");
        }
    }

    #[test]
    fn the_time_of_sending_is_read() {
        let name = MessageSystemAttributeName::SentTimestamp;
        let message = Message::builder().attributes(name, "1700000000000").build();
        assert_eq!(sent(&message), Some(1_700_000_000_000));
        assert_eq!(sent(&Message::builder().build()), None);
    }
}
