//! Log lines of the stack's functions, read from CloudWatch Logs.
//!
//! A function's log group contains the lines of the function and those of Lambda. Lambda writes a
//! line with the request id when an invocation begins. The lines that follow in the same log stream
//! belong to that invocation, until the next one begins:
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html>.

use std::collections::{HashMap, HashSet};

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata as _;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use serde::Serialize;
use serde_json::Value;

use crate::error_text::chain;

/// Prefix of the name of a Lambda function's log group. The function's name follows it.
const GROUP_PREFIX: &str = "/aws/lambda/";

/// Maximum number of events on a page of `FilterLogEvents`
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>).
const PAGE: usize = 10_000;

/// Largest expected difference between the clocks of Step Functions and Lambda, in milliseconds.
const CLOCK_DIFFERENCE: i64 = 5_000;

/// A call to CloudWatch Logs failed.
#[derive(Debug, thiserror::Error)]
#[error("{call} failed: {message}. Is the emulator still running?")]
pub struct LogsError {
    call: &'static str,
    message: String,
}

/// One line of a function's log group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Time in milliseconds since 1970. The emulator gives all lines of an invocation the time at
    /// which the invocation ended.
    pub time: i64,
    /// Name of the function.
    pub function: String,
    /// Name of the log stream. AWS creates a log stream for each execution environment, and the
    /// emulator creates one for each invocation.
    pub stream: String,
    /// Request id of the invocation that the line belongs to; `None` if no beginning of an
    /// invocation was read before the line.
    pub request_id: Option<String>,
    /// The line, without white space at its end.
    pub message: String,
}

impl LogLine {
    /// True if Lambda itself wrote the line: a text that marks the start or end of an invocation or
    /// reports on it, or the JSON of a platform event.
    #[must_use]
    pub fn is_from_lambda(&self) -> bool {
        let text = ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "];
        text.iter().any(|start| self.message.starts_with(start))
            || json(&self.message).is_some_and(|line| platform(&line).is_some())
    }

    /// True if the line is JSON and `wanted` accepts its member `key`, the key of an S3 object.
    #[must_use]
    pub fn has_key(&self, wanted: impl Fn(&str) -> bool) -> bool {
        let line = json(&self.message);
        line.as_ref().and_then(|line| line.get("key")?.as_str()).is_some_and(wanted)
    }
}

/// The log groups of Lambda functions.
#[derive(Debug, Clone)]
pub struct Logs {
    client: Client,
}

impl Logs {
    /// Creates a reader of log groups. Makes no call yet.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Returns the names of the functions that have a log group, sorted. Only names that begin with
    /// `prefix` are returned.
    ///
    /// # Errors
    /// If a call to CloudWatch Logs fails.
    pub async fn functions(&self, prefix: &str) -> Result<Vec<String>, LogsError> {
        let (mut names, mut token) = (Vec::new(), None);
        loop {
            let request = self.client.describe_log_groups().set_next_token(token);
            let page = request.log_group_name_prefix(format!("{GROUP_PREFIX}{prefix}")).send();
            let page = page.await.map_err(|error| call("DescribeLogGroups", &error))?;
            let groups = page.log_groups.unwrap_or_default().into_iter();
            let groups = groups.filter_map(|group| group.log_group_name);
            names.extend(groups.filter_map(|it| Some(it.strip_prefix(GROUP_PREFIX)?.to_owned())));
            token = page.next_token;
            if token.is_none() {
                names.sort();
                return Ok(names);
            }
        }
    }

    /// Returns the lines of a function's log group since `since` (milliseconds since 1970), oldest
    /// first. A function without a log group has no lines.
    ///
    /// # Errors
    /// If a call to CloudWatch Logs fails.
    pub async fn lines(&self, function: &str, since: i64) -> Result<Vec<LogLine>, LogsError> {
        self.lines_between(function, since, None).await
    }

    async fn lines_between(
        &self,
        function: &str,
        since: i64,
        until: Option<i64>,
    ) -> Result<Vec<LogLine>, LogsError> {
        let group = format!("{GROUP_PREFIX}{function}");
        Ok(attributed(function, events(&self.client, &group, since, until).await?))
    }

    /// Returns the lines of one invocation of a function, oldest first. The invocation began after
    /// `since` and ended before `until`, in milliseconds since 1970 by the clock of Step Functions.
    ///
    /// # Errors
    /// If a call to CloudWatch Logs fails.
    pub async fn of_request(
        &self,
        function: &str,
        request_id: &str,
        (since, until): (i64, i64),
    ) -> Result<Vec<LogLine>, LogsError> {
        let since = since.saturating_sub(CLOCK_DIFFERENCE).max(0);
        let until = until.saturating_add(CLOCK_DIFFERENCE);
        let mut lines = self.lines_between(function, since, Some(until)).await?;
        lines.retain(|line| line.request_id.as_deref() == Some(request_id));
        Ok(lines)
    }
}

/// Returns all events of a log group from `since` to `until`, in milliseconds since 1970, oldest
/// first. A log group that does not exist has no events.
///
/// # Errors
/// If a call to CloudWatch Logs fails.
pub(crate) async fn events(
    client: &Client,
    group: &str,
    mut since: i64,
    until: Option<i64>,
) -> Result<Vec<FilteredLogEvent>, LogsError> {
    let (mut events, mut token) = (Vec::new(), None);
    loop {
        let request = client.filter_log_events().start_time(since).set_end_time(until);
        let request = request.set_next_token(token).log_group_name(group);
        let page = match request.send().await {
            Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(events),
            page => page.map_err(|error| call("FilterLogEvents", &error))?,
        };
        let found = page.events.unwrap_or_default();
        let (full, last) = (found.len() >= PAGE, found.last().and_then(|it| it.timestamp));
        events.extend(found);
        token = page.next_token;
        if token.is_some() {
            continue;
        }
        // The emulator cuts a result after 10,000 events and returns no token. The next request
        // then starts at the time of the last event and returns the events of that time again, so
        // those events are removed here.
        match last {
            Some(last) if full && last > since => {
                events.retain(|event| event.timestamp != Some(last));
                since = last;
            }
            _ => return Ok(events),
        }
    }
}

/// Finds a function in `functions`, a list of full names. `name` is the function's full name, its
/// ARN, or its full name without `prefix`.
#[must_use]
pub fn function_named<'a>(functions: &'a [String], prefix: &str, name: &str) -> Option<&'a String> {
    let name = name.rsplit(":function:").next().unwrap_or(name);
    functions.iter().find(|it| *it == name || it.strip_prefix(prefix) == Some(name))
}

/// Returns all lines of each invocation in which at least one line `is_wanted`. The order of the
/// lines does not change.
#[must_use]
pub fn of_invocations_with(
    lines: Vec<LogLine>,
    is_wanted: impl Fn(&LogLine) -> bool,
) -> Vec<LogLine> {
    let id = |line: &LogLine| Some((line.stream.clone(), line.request_id.clone()?));
    let wanted = lines.iter().filter(|line| is_wanted(line)).filter_map(id);
    let wanted: HashSet<_> = wanted.collect();
    lines.into_iter().filter(|line| id(line).is_some_and(|id| wanted.contains(&id))).collect()
}

/// Converts the events to lines. A line that marks the beginning of an invocation gets the request
/// id that it states. Every other line gets the request id of the line before it in its stream.
fn attributed(function: &str, events: Vec<FilteredLogEvent>) -> Vec<LogLine> {
    let mut current: HashMap<String, String> = HashMap::new();
    let line = |event: FilteredLogEvent| {
        let message = event.message.unwrap_or_default().trim_end().to_owned();
        let stream = event.log_stream_name.unwrap_or_default();
        if let Some(request_id) = beginning(&message) {
            current.insert(stream.clone(), request_id);
        }
        let request_id = current.get(&stream).cloned();
        let time = event.timestamp.unwrap_or_default();
        LogLine { time, function: function.to_owned(), stream, request_id, message }
    };
    events.into_iter().map(line).collect()
}

/// The request id in the line with which Lambda marks the beginning of an invocation. The line has
/// one of two formats, text or JSON:
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>.
fn beginning(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("START RequestId: ") {
        return rest.split_whitespace().next().map(str::to_owned);
    }
    let line = json(message)?;
    if platform(&line) != Some("platform.start") {
        return None;
    }
    line.pointer("/record/requestId").and_then(Value::as_str).map(str::to_owned)
}

/// The type of a JSON line that Lambda itself wrote, such as `platform.start`; `None` for a line of
/// the function.
fn platform(line: &Value) -> Option<&str> {
    line.get("type")?.as_str().filter(|kind| kind.starts_with("platform."))
}

fn json(message: &str) -> Option<Value> {
    message.starts_with('{').then(|| serde_json::from_str(message).ok()).flatten()
}

fn call(call: &'static str, error: &dyn std::error::Error) -> LogsError {
    LogsError { call, message: chain(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(stream: &str, time: i64, message: &str) -> FilteredLogEvent {
        let event = FilteredLogEvent::builder().log_stream_name(stream).timestamp(time);
        event.message(message).build()
    }

    #[test]
    fn each_line_belongs_to_the_invocation_that_began_last_in_its_stream() {
        let lines = attributed(
            "f",
            vec![
                event("s", 1, "INIT_START Runtime Version: provided:al2023"),
                event("s", 2, "START RequestId: a Version: $LATEST"),
                event("t", 2, r#"{"type":"platform.start","record":{"requestId":"b"}}"#),
                event("s", 3, "{\"key\":\"uploads/x\"}\n"),
                event("t", 3, "text"),
                event("s", 4, "REPORT RequestId: a\tDuration: 1 ms"),
                event("s", 5, "START RequestId: c Version: $LATEST"),
            ],
        );
        let ids: Vec<_> = lines.iter().map(|line| line.request_id.as_deref()).collect();
        let expected = [None, Some("a"), Some("b"), Some("a"), Some("b"), Some("a"), Some("c")];
        assert_eq!(ids, expected);
        assert_eq!(lines[3].message, "{\"key\":\"uploads/x\"}");
        let own: Vec<_> = lines.iter().map(LogLine::is_from_lambda).collect();
        assert_eq!(own, [false, true, true, false, false, true, true]);

        let of_key = of_invocations_with(lines, |line| line.has_key(|key| key == "uploads/x"));
        assert_eq!(of_key.len(), 3, "{of_key:?}");
        assert!(of_key.iter().all(|line| line.request_id.as_deref() == Some("a")));
    }

    #[test]
    fn a_function_is_named_by_its_name_its_arn_or_its_name_without_the_stack() {
        let functions = ["pixgauge-local-get-image", "pixgauge-local-get-metadata"];
        let functions: Vec<_> = functions.map(str::to_owned).into();
        let of = |name| function_named(&functions, "pixgauge-local-", name);
        let whole = Some(&functions[0]);
        assert_eq!(of("pixgauge-local-get-image"), whole);
        assert_eq!(of("arn:aws:lambda:us-east-1:0:function:pixgauge-local-get-image"), whole);
        assert_eq!(of("get-image"), whole);
        assert_eq!(of("image"), None);
    }
}
