//! Starts new executions for failed ones, with their events from the failure queue.

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

/// Result of redriving one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redriven {
    /// Key of the object, if the message contains an S3 event.
    pub key: Option<String>,
    /// Name of the error of the failed execution.
    pub error: Option<String>,
    /// ARN of the new execution; `None` if no execution could be started. The message is then kept.
    pub execution: Option<String>,
    /// Reason why the new execution could not be started.
    pub problem: Option<String>,
}

/// Message of the failure queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// Id of the message.
    pub message: String,
    /// Time at which the message was sent, in seconds since 1970.
    pub sent: Option<f64>,
    /// Event in the failure report, or the whole message body if the body is not a failure report.
    pub event: Value,
    /// Name of the error that the execution failed with, or a note that the message body is not a
    /// failure report.
    pub error: Option<String>,
    /// Description of the error, often JSON.
    pub cause: Option<String>,
    /// ARN of the execution that failed. For a repair that did not start or that timed out, the ARN
    /// of the reconciliation's execution.
    pub execution: Option<String>,
}

impl Reported {
    /// Returns the key of the object, if the event is an S3 event.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.event.pointer("/detail/object/key").and_then(Value::as_str)
    }

    fn read(message: &Message) -> Self {
        let body = message.body.as_deref().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact")]
        let sent = sent(message).map(|milliseconds| milliseconds as f64 / 1000.0);
        let message = message.message_id.clone().unwrap_or_default();
        match serde_json::from_str(body) {
            Ok(Failure { event, error, cause, execution }) => {
                Self { message, sent, event, error, cause, execution }
            }
            Err(error) => {
                let event = serde_json::from_str(body).unwrap_or_else(|_| body.into());
                let error = Some(format!("not a failure report: {error}"));
                Self { message, sent, event, error, cause: None, execution: None }
            }
        }
    }
}

/// Body of a message that the state `ReportFailure` or `ReportRepair` sends.
#[derive(Debug, Deserialize)]
struct Failure {
    event: Value,
    error: Option<String>,
    cause: Option<String>,
    execution: Option<String>,
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
/// messages that were sent after the call began: without this rule, an event that fails again at
/// once would be redriven endlessly.
///
/// # Errors
/// If the queue cannot be read, or a message cannot be deleted or made visible again. If a message
/// cannot be deleted, its execution has started, and the next redrive starts another one. This is
/// harmless: recording the same event twice changes nothing.
pub async fn redrive(
    aws: &Aws,
    outputs: &Outputs,
    limit: usize,
) -> Result<Vec<Redriven>, RedriveError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let (mut redriven, mut seen) = (Vec::new(), HashSet::new());
    loop {
        let messages = receive(aws, outputs, BATCH.min(limit - redriven.len()), WAIT).await?;
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

/// Returns at most `limit` messages of the failure queue, sorted by the time at which they were
/// sent. The messages stay in the queue, but other consumers do not receive them while this
/// function runs.
///
/// # Errors
/// If the queue cannot be read, or a message cannot be made visible again.
pub async fn reported(
    aws: &Aws,
    outputs: &Outputs,
    limit: usize,
) -> Result<Vec<Reported>, RedriveError> {
    let messages = take(aws, outputs, limit, |_| true).await?;
    let mut reported: Vec<_> = messages.iter().map(Reported::read).collect();
    reported.sort_by(|a, b| a.sent.partial_cmp(&b.sent).unwrap_or(std::cmp::Ordering::Equal));
    for message in &messages {
        release(aws, outputs, message).await?;
    }
    Ok(reported)
}

/// Starts an execution for the message with this id, and deletes the message once the execution has
/// started. Returns `None` if there is no message with this id.
///
/// # Errors
/// The errors of [`redrive`].
pub async fn redrive_message(
    aws: &Aws,
    outputs: &Outputs,
    id: &str,
) -> Result<Option<Redriven>, RedriveError> {
    let is_wanted = |message: &Message| message.message_id.as_deref() == Some(id);
    let Some(message) = take(aws, outputs, 1, is_wanted).await?.pop() else { return Ok(None) };
    let redriven = redrive_one(aws, outputs, &message).await?;
    if redriven.execution.is_none() {
        release(aws, outputs, &message).await?;
    }
    Ok(Some(redriven))
}

/// Receives messages until it has `limit` messages that `is_wanted` accepts, or until the queue
/// returns no message. Makes all other received messages visible again.
async fn take(
    aws: &Aws,
    outputs: &Outputs,
    limit: usize,
    is_wanted: impl Fn(&Message) -> bool,
) -> Result<Vec<Message>, RedriveError> {
    let (mut wanted, mut others) = (Vec::new(), Vec::new());
    while wanted.len() < limit {
        // Without a wait, SQS may miss a message. It stays in the queue, so a later call can find
        // it.
        let messages = receive(aws, outputs, BATCH, 0).await?;
        if messages.is_empty() {
            break;
        }
        for message in messages {
            let is_wanted = is_wanted(&message) && wanted.len() < limit;
            if is_wanted { wanted.push(message) } else { others.push(message) }
        }
    }
    for message in &others {
        release(aws, outputs, message).await?;
    }
    Ok(wanted)
}

async fn receive(
    aws: &Aws,
    outputs: &Outputs,
    number: usize,
    wait: i32,
) -> Result<Vec<Message>, RedriveError> {
    let response = aws
        .sqs
        .receive_message()
        .queue_url(&outputs.failure_queue_url)
        .max_number_of_messages(i32::try_from(number).unwrap_or(1))
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .wait_time_seconds(wait)
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
    fn failure_report_is_read_and_another_message_is_refused() {
        let read = |body: &str| failure(&Message::builder().body(body).build());
        let report = read(r#"{"event": {"detail": {}}, "error": "TableRefused", "cause": "…"}"#);
        assert_eq!(report.unwrap().error.as_deref(), Some("TableRefused"));
        for body in ["", "hello", "{}"] {
            let problem = read(body).unwrap_err();
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
