//! One execution: the event that started it, its status, and its outcome.

use std::fmt;

use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::ExecutionStatus;
use serde::Serialize;
use serde_json::Value;

use crate::terminal::format::SHORT_ID;

/// One execution of a state machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// ARN of the execution.
    pub arn: String,
    /// Status in Step Functions.
    pub status: Status,
    /// The S3 event that started the execution; `None` if the execution's input is no S3 event.
    #[serde(flatten)]
    pub trigger: Option<Trigger>,
    /// Start, in seconds since 1970.
    pub started: f64,
    /// End, in seconds since 1970; `None` while the execution is running.
    pub stopped: Option<f64>,
    /// Input, as JSON.
    pub input: Value,
    /// Output, as JSON, if the execution succeeded.
    pub output: Option<Value>,
    /// Name of the error, if the execution failed with one.
    pub error: Option<String>,
    /// Description of the error, often JSON.
    pub cause: Option<String>,
}

/// Status of an execution, as Step Functions names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Has not ended.
    Running,
    /// Ended without an error.
    Succeeded,
    /// Ended by an error.
    Failed,
    /// Ended by its timeout.
    TimedOut,
    /// Stopped by a user or by Step Functions. If a Map Run fails, Step Functions stops the
    /// executions that the Map Run has started.
    Aborted,
    /// Failed, and is waiting for a redrive.
    PendingRedrive,
    /// A status that this program does not know.
    Unknown,
}

impl Status {
    /// True unless an execution with this status is running or waiting for a redrive.
    #[must_use]
    pub fn is_end(self) -> bool {
        !matches!(self, Self::Running | Self::PendingRedrive)
    }

    /// Returns the value by which `ListExecutions` selects executions of this status; `None` for an
    /// unknown status.
    pub(super) fn filter(self) -> Option<ExecutionStatus> {
        match self {
            Self::Running => Some(ExecutionStatus::Running),
            Self::Succeeded => Some(ExecutionStatus::Succeeded),
            Self::Failed => Some(ExecutionStatus::Failed),
            Self::TimedOut => Some(ExecutionStatus::TimedOut),
            Self::Aborted => Some(ExecutionStatus::Aborted),
            Self::PendingRedrive => Some(ExecutionStatus::PendingRedrive),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
            Self::Unknown => "UNKNOWN",
        })
    }
}

impl From<&ExecutionStatus> for Status {
    fn from(status: &ExecutionStatus) -> Self {
        match status {
            ExecutionStatus::Running => Self::Running,
            ExecutionStatus::Succeeded => Self::Succeeded,
            ExecutionStatus::Failed => Self::Failed,
            ExecutionStatus::TimedOut => Self::TimedOut,
            ExecutionStatus::Aborted => Self::Aborted,
            ExecutionStatus::PendingRedrive => Self::PendingRedrive,
            _ => Self::Unknown,
        }
    }
}

/// A change to an object, as an S3 event reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Created or overwritten.
    Created,
    /// Deleted.
    Deleted,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Created => "created",
            Self::Deleted => "deleted",
        })
    }
}

/// The S3 event that started an execution. See
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Key of the object.
    pub key: String,
    /// The change that the event reports; `None` if it reports neither a creation nor a deletion.
    pub change: Option<Change>,
    /// ETag of the object, without quotes.
    pub etag: Option<String>,
    /// Sequencer: a hexadecimal number that orders the events of the same key.
    pub sequencer: Option<String>,
}

impl Trigger {
    /// Reads the event from an execution's input; `None` if the input names no object key.
    fn read(input: &Value) -> Option<Self> {
        let object = input.pointer("/detail/object")?;
        let text = |name: &str| {
            object.get(name).and_then(Value::as_str).filter(|it| !it.is_empty()).map(str::to_owned)
        };
        let change = match input.get("detail-type").and_then(Value::as_str) {
            Some("Object Created") => Some(Change::Created),
            Some("Object Deleted") => Some(Change::Deleted),
            _ => None,
        };
        Some(Self { key: text("key")?, change, etag: text("etag"), sequencer: text("sequencer") })
    }
}

/// Outcome of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The execution has not ended.
    Running,
    /// The object is an image.
    Image,
    /// The object is not an image that can be measured. Contains the name of the reason.
    Rejected(String),
    /// There is no object with the key.
    Absent,
    /// The execution succeeded, but its output reports no image, rejection or absence.
    Other,
    /// The execution ended without success. Contains the name of the error, or of the status if the
    /// execution has no error.
    Failed(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running | Self::Other => Ok(()),
            Self::Image => formatter.write_str("image"),
            Self::Rejected(reason) => write!(formatter, "rejected: {reason}"),
            Self::Absent => formatter.write_str("absent"),
            Self::Failed(error) => formatter.write_str(error),
        }
    }
}

/// The id in an execution's ARN.
fn id(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// True if `text` names the execution with this ARN, in the sense of [`Execution::is_called`].
pub(super) fn is_called(arn: &str, text: &str) -> bool {
    let id = id(arn);
    arn == text || id == text || (text.len() >= SHORT_ID && id.starts_with(text))
}

impl Execution {
    /// True if the execution has ended, successfully or not.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.status.is_end()
    }

    /// Returns the id of the execution: its name, which is the last part of its ARN.
    #[must_use]
    pub fn id(&self) -> &str {
        id(&self.arn)
    }

    /// Returns the key of the object that the execution is for, if an S3 event started it.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.trigger.as_ref().map(|trigger| trigger.key.as_str())
    }

    /// Returns the time from start to end in seconds, if the execution has ended.
    #[must_use]
    pub fn duration(&self) -> Option<f64> {
        self.stopped.map(|stopped| (stopped - self.started).max(0.0))
    }

    /// True if `text` is the execution's ARN, its id, or at least the first eight characters of its
    /// id.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        is_called(&self.arn, text)
    }

    /// True if a log line of this time, in milliseconds since 1970, may belong to the execution.
    /// The time of a line is cut to whole milliseconds, so it may be up to one millisecond before
    /// the execution's start. A line may get its time after the function has written it, so the
    /// time may be up to one second after the execution's end.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2⁵³")]
    pub fn spans(&self, milliseconds: i64) -> bool {
        let moment = milliseconds as f64 / 1000.0;
        self.started - 0.001 <= moment && self.stopped.is_none_or(|it| moment <= it + 1.0)
    }

    /// Derives the outcome from the execution's status, output and error.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.status {
            Status::Running | Status::PendingRedrive => Outcome::Running,
            Status::Succeeded => self.output.as_ref().map_or(Outcome::Other, observed),
            status => Outcome::Failed(self.error.clone().unwrap_or_else(|| status.to_string())),
        }
    }

    /// Returns the message in the execution's output, which says why the object was rejected;
    /// `None` if the object was not rejected, or if the output has no message.
    #[must_use]
    pub fn rejection(&self) -> Option<&str> {
        let output = self.output.as_ref().filter(|_| self.status == Status::Succeeded)?;
        let rejected = output.get("status")?.as_str() == Some("rejected");
        output.get("message").filter(|_| rejected)?.as_str()
    }

    /// True if nothing was recorded, because the observation was too old. An observation that
    /// follows an event is too old if that event or a newer one is recorded. An observation that
    /// follows no event is too old if the record has changed since the execution read it.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.output.as_ref().and_then(|output| output.get("outcome")?.as_str()) == Some("stale")
    }
}

/// Reads the observation from the output of an execution. In the state machine that measures
/// images, an execution's output is that of the function `put-metadata`.
fn observed(output: &Value) -> Outcome {
    let text = |name: &str| output.get(name).and_then(Value::as_str);
    match text("status") {
        Some("image") => Outcome::Image,
        Some("rejected") => Outcome::Rejected(text("reason").unwrap_or("rejected").to_owned()),
        Some("absent") => Outcome::Absent,
        _ => Outcome::Other,
    }
}

impl From<DescribeExecutionOutput> for Execution {
    fn from(output: DescribeExecutionOutput) -> Self {
        let input = output.input.as_deref().map(json).unwrap_or_default();
        Self {
            arn: output.execution_arn,
            status: Status::from(&output.status),
            trigger: Trigger::read(&input),
            started: output.start_date.as_secs_f64(),
            stopped: output.stop_date.as_ref().map(DateTime::as_secs_f64),
            input,
            output: output.output.as_deref().map(json),
            error: output.error,
            cause: output.cause,
        }
    }
}

/// Parses JSON. Text that is not JSON becomes a JSON string.
pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

#[cfg(test)]
impl Execution {
    /// A running execution for an object that was created.
    pub(crate) fn running(key: &str) -> Self {
        let change = Some(Change::Created);
        Self {
            arn: key.to_owned(),
            status: Status::Running,
            trigger: Some(Trigger { key: key.to_owned(), change, etag: None, sequencer: None }),
            started: 0.0,
            stopped: None,
            input: Value::Null,
            output: None,
            error: None,
            cause: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ended(status: ExecutionStatus, output: &Value) -> Execution {
        let described = DescribeExecutionOutput::builder()
            .execution_arn("arn")
            .state_machine_arn("machine")
            .status(status)
            .start_date(DateTime::from_secs_f64(10.0))
            .stop_date(DateTime::from_secs_f64(12.5))
            .input(json!({"detail-type": "Object Created", "detail": {"object": {"key": "uploads/a b", "etag": "e", "sequencer": "01"}}}).to_string())
            .output(output.to_string())
            .build()
            .unwrap();
        Execution::from(described)
    }

    #[test]
    fn trigger_is_read_from_the_event() {
        let execution = ended(ExecutionStatus::Succeeded, &json!({}));
        let expected = Trigger {
            key: "uploads/a b".to_owned(),
            change: Some(Change::Created),
            etag: Some("e".to_owned()),
            sequencer: Some("01".to_owned()),
        };
        assert_eq!(execution.trigger, Some(expected));
        assert_eq!(execution.duration(), Some(2.5));
    }

    #[test]
    fn missing_parts_of_an_event_are_tolerated() {
        let read = Trigger::read(&json!({"detail": {"object": {"key": "k", "etag": ""}}})).unwrap();
        let expected = Trigger { key: "k".to_owned(), change: None, etag: None, sequencer: None };
        assert_eq!(read, expected);
        assert_eq!(Trigger::read(&json!({"detail": {"object": {}}})), None);
        assert_eq!(Trigger::read(&json!("no object")), None);
    }

    #[test]
    fn outcome_rejection_and_staleness_come_from_the_output() {
        let succeeded = ExecutionStatus::Succeeded;
        let rejected = |message: &str| json!({"status": "rejected", "reason": "CorruptImage", "message": message});
        let outcome = Outcome::Rejected("CorruptImage".to_owned());
        let older = json!({"status": "rejected", "reason": "CorruptImage"});
        let stale = json!({"status": "image", "outcome": "stale", "message": "it ends"});
        let failed = Outcome::Failed("TIMED_OUT".to_owned());
        for (status, output, outcome, rejection, is_stale) in [
            (&succeeded, rejected("it ends"), outcome.clone(), Some("it ends"), false),
            (&succeeded, older, outcome, None, false),
            (&succeeded, stale, Outcome::Image, None, true),
            (&succeeded, json!({"status": "absent"}), Outcome::Absent, None, false),
            (
                &succeeded,
                json!({"status": "new", "outcome": "recorded"}),
                Outcome::Other,
                None,
                false,
            ),
            (&succeeded, json!([]), Outcome::Other, None, false),
            (&ExecutionStatus::TimedOut, rejected("it ends"), failed, None, false),
        ] {
            let execution = ended(status.clone(), &output);
            assert_eq!(execution.outcome(), outcome, "{output}");
            assert_eq!(execution.rejection(), rejection, "{output}");
            assert_eq!(execution.is_stale(), is_stale, "{output}");
        }
    }
}
