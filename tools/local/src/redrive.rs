//! Starts failed executions again, from their events in the failure queue.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::Aws;
use crate::error_text::chain;
use crate::stack::Outputs;

/// Maximum number of messages that `ReceiveMessage` returns.
const BATCH: usize = 10;

/// Seconds to wait for a message. Without a wait, SQS queries only some of its servers and may
/// return no message although there is one
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>).
const WAIT: i32 = 1;

/// Result of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redriven {
    /// Key of the object, if the message contains an S3 event.
    pub key: Option<String>,
    /// Name of the error that the execution failed with.
    pub error: Option<String>,
    /// ARN of the new execution; `None` if it could not be started, and the message was kept.
    pub execution: Option<String>,
    /// Reason why the execution could not be started.
    pub problem: Option<String>,
}

/// Message body, as the state `ReportFailure` sends it.
#[derive(Debug, Deserialize)]
struct Failure {
    event: Value,
    error: Option<String>,
}

/// A call to the failure queue failed.
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

/// Starts an execution for each message in the failure queue, at most `limit`, and deletes each
/// message once its execution has started.
///
/// Keeps messages that contain no event, and those whose execution cannot be started. Skips
/// messages that were sent after the call began: an event that fails again at once would otherwise
/// be redriven without end.
///
/// # Errors
/// If the queue cannot be read or a message cannot be deleted. In the second case the message's
/// execution has started, and the next redrive starts another one, which is harmless because
/// recording the same event twice changes nothing.
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
    let response = aws
        .sqs
        .receive_message()
        .queue_url(&outputs.failure_queue_url)
        .max_number_of_messages(i32::try_from(number).unwrap_or(1))
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .wait_time_seconds(WAIT)
        .send()
        .await
        .map_err(|error| RedriveError::call("ReceiveMessage")(&error))?;
    Ok(response.messages.unwrap_or_default())
}

/// Returns the time at which a message was sent, in milliseconds since 1970.
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
    serde_json::from_str(body).map_err(|error| format!("not a failure report: {error}"))
}

async fn delete(aws: &Aws, outputs: &Outputs, message: &Message) -> Result<(), RedriveError> {
    let request = aws.sqs.delete_message().queue_url(&outputs.failure_queue_url);
    let request = request.set_receipt_handle(message.receipt_handle.clone());
    request.send().await.map_err(|error| RedriveError::call("DeleteMessage")(&error))?;
    Ok(())
}

/// Makes the message visible again at once.
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
    fn failure_report_is_read() {
        let body = r#"{"event": {"detail": {}}, "error": "TableRefused", "cause": "…"}"#;
        let failure = failure(&Message::builder().body(body).build()).unwrap();
        assert_eq!(failure.error.as_deref(), Some("TableRefused"));
    }

    #[test]
    fn error_for_another_message_says_what_is_wrong() {
        for body in ["", "hello", "{}"] {
            let problem = failure(&Message::builder().body(body).build()).unwrap_err();
            assert!(problem.starts_with("not a failure report: "), "{problem}");
        }
    }

    #[test]
    fn time_of_sending_is_read() {
        let name = MessageSystemAttributeName::SentTimestamp;
        let message = Message::builder().attributes(name, "1700000000000").build();
        assert_eq!(sent(&message), Some(1_700_000_000_000));
        assert_eq!(sent(&Message::builder().build()), None);
    }
}
