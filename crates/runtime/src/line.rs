//! The summary line of an invocation.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tracing::Level;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{self, FormatTime as _};

use crate::invocation_error::InvocationError;
use crate::metrics::{self, Metadata};
use crate::summary::Summary;

/// The summary line. Lambda filters lines by `level`, provided that `timestamp` conforms to RFC
/// 3339 (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
#[derive(Debug, Serialize)]
pub(crate) struct Line<'a> {
    timestamp: String,
    level: &'static str,
    message: &'static str,
    request: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution: Option<&'a str>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gets: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trips: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<u64>,
    duration_ms: f64,
    /// Value of the metric `observations`: 1, or `None` if `observed` or `metadata` is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<u8>,
    #[serde(rename = "_aws", skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'a>>,
}

impl<'a> Line<'a> {
    /// The line of an invocation that took `duration` and ended at `now`. The line has the metrics
    /// of `summary` only if there is a `namespace` and no `failure`.
    pub(crate) fn new(
        summary: &'a Summary,
        request: &'a str,
        failure: Option<&'a InvocationError>,
        duration: Duration,
        now: SystemTime,
        namespace: Option<&'a str>,
    ) -> Self {
        let namespace = namespace.filter(|_| failure.is_none());
        let metadata = namespace.and_then(|namespace| metadata(summary, namespace, now));
        let outcome = match failure {
            Some(failure) if !failure.expected => "error",
            _ => summary.outcome.unwrap_or("done"),
        };
        let diagnostic = failure.map(|failure| &failure.diagnostic);
        Self {
            timestamp: timestamp(),
            level: level(failure, summary),
            message: "summary",
            request,
            key: summary.key.as_deref(),
            execution: summary.execution.as_deref(),
            outcome,
            observed: summary.observed,
            format: summary.format,
            error: diagnostic.map(|it| it.error_type.as_str()),
            reason: diagnostic.map(|it| it.error_message.as_str()).or(summary.reason.as_deref()),
            status: summary.status,
            gets: summary.gets,
            bytes: summary.bytes,
            round_trips: summary.round_trips,
            items: summary.items,
            records: summary.records,
            published: summary.published,
            duration_ms: milliseconds(duration),
            observations: summary.observed.filter(|_| metadata.is_some()).map(|_| 1),
            metadata,
        }
    }

    /// Writes the line to the log in one piece, if the level of the log includes it.
    pub(crate) fn write(&self) {
        if self.is_enabled()
            && let Err(error) = self.write_to(&mut io::stdout().lock())
        {
            tracing::error!(%error, "cannot write the summary line");
        }
    }

    fn is_enabled(&self) -> bool {
        match self.level {
            "ERROR" => tracing::enabled!(Level::ERROR),
            "WARN" => tracing::enabled!(Level::WARN),
            _ => tracing::enabled!(Level::INFO),
        }
    }

    fn write_to(&self, output: &mut impl io::Write) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        output.write_all(&line)
    }
}

/// The level of a line: ERROR for an unexpected failure, a 5xx status other than 503, or something
/// that needs repair; WARN for the status 503, which asks the client to try again; otherwise INFO.
fn level(failure: Option<&InvocationError>, summary: &Summary) -> &'static str {
    match (failure, summary.status) {
        (Some(failure), _) if !failure.expected => "ERROR",
        _ if summary.needs_repair => "ERROR",
        (_, Some(503)) => "WARN",
        (_, Some(500..)) => "ERROR",
        _ => "INFO",
    }
}

/// The member `_aws`, which declares the metrics in the line; `None` if there are no metrics.
fn metadata<'a>(summary: &Summary, namespace: &'a str, now: SystemTime) -> Option<Metadata<'a>> {
    let measured = summary.format.map(|_| metrics::measured(namespace));
    let observed = summary.observed.map(|_| metrics::observed(namespace));
    let directives: Vec<_> = measured.into_iter().chain(observed).collect();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let timestamp = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    (!directives.is_empty()).then_some(Metadata { timestamp, directives })
}

/// The current time, formatted as `tracing` formats it in all other log lines. Formatting into a
/// `String` does not fail.
fn timestamp() -> String {
    let mut text = String::new();
    match time::SystemTime.format_time(&mut Writer::new(&mut text)) {
        Ok(()) => text,
        Err(std::fmt::Error) => String::new(),
    }
}

/// Milliseconds with three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::logging;

    /// The line that is written for `summary`, parsed as JSON, without its timestamp.
    fn line(
        summary: &Summary,
        failure: Option<&InvocationError>,
        namespace: Option<&str>,
    ) -> Value {
        let (duration, now) = (Duration::from_micros(12_345), UNIX_EPOCH + Duration::from_secs(1));
        let mut written = Vec::new();
        let line = Line::new(summary, "r", failure, duration, now, namespace);
        line.write_to(&mut written).unwrap();
        assert_eq!(written.iter().position(|byte| *byte == b'\n'), Some(written.len() - 1));
        let mut line: Value = serde_json::from_slice(&written).unwrap();
        let timestamp = line.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(timestamp.as_str().unwrap().ends_with('Z'), "{timestamp}");
        line
    }

    fn measured() -> Summary {
        Summary {
            key: Some("uploads/a\n.png".to_owned()),
            outcome: Some("measured"),
            format: Some("png"),
            gets: Some(1),
            bytes: Some(4096),
            ..Summary::default()
        }
    }

    #[test]
    fn members_without_a_value_are_left_out() {
        assert_eq!(
            line(&Summary::default(), None, Some("pixgauge-test")),
            json!({"level": "INFO", "message": "summary", "request": "r", "outcome": "done",
                "duration_ms": 12.345})
        );
    }

    #[test]
    fn a_measured_image_has_metrics_of_gets_and_bytes_by_format() {
        assert_eq!(
            line(&measured(), None, Some("pixgauge-test")),
            json!({
                "level": "INFO", "message": "summary", "request": "r", "key": "uploads/a\n.png",
                "outcome": "measured", "format": "png", "gets": 1, "bytes": 4096,
                "duration_ms": 12.345,
                "_aws": {"Timestamp": 1000, "CloudWatchMetrics": [{
                    "Namespace": "pixgauge-test", "Dimensions": [["format"]],
                    "Metrics": [{"Name": "gets", "Unit": "Count"}, {"Name": "bytes", "Unit": "Bytes"}],
                }]},
            })
        );
    }

    #[test]
    fn an_observation_is_counted_by_status_and_outcome() {
        let (observed, outcome) = (Some("rejected"), Some("recorded"));
        let reason = Some("UnsupportedImage".to_owned());
        let summary = Summary { outcome, observed, reason, ..Summary::default() };
        let line = line(&summary, None, Some("pixgauge-test"));
        assert_eq!(line["observations"], 1);
        assert_eq!(line["reason"], "UnsupportedImage");
        assert_eq!(
            line["_aws"]["CloudWatchMetrics"],
            json!([{"Namespace": "pixgauge-test", "Dimensions": [["observed", "outcome"]],
                "Metrics": [{"Name": "observations", "Unit": "Count"}]}])
        );
    }

    #[test]
    fn without_a_namespace_there_are_no_metrics() {
        let line = line(&measured(), None, None);
        assert_eq!((&line["_aws"], &line["gets"]), (&Value::Null, &json!(1)));
    }

    #[test]
    fn a_failure_has_its_name_and_no_metrics() {
        let failure = InvocationError::new("StorageUnavailable", "S3 is slow".to_owned());
        let line = line(&measured(), Some(&failure), Some("pixgauge-test"));
        let written = (&line["level"], &line["outcome"], &line["error"], &line["reason"]);
        let expected = ["ERROR", "error", "StorageUnavailable", "S3 is slow"].map(Value::from);
        assert_eq!(written, (&expected[0], &expected[1], &expected[2], &expected[3]));
        assert_eq!((&line["_aws"], &line["gets"]), (&Value::Null, &json!(1)));
    }

    #[test]
    fn an_expected_failure_is_a_line_at_info_with_the_outcome_of_the_handler() {
        let failure = InvocationError::new("CorruptImage", "cut short".to_owned());
        let failure = InvocationError { expected: true, ..failure };
        let summary = Summary { outcome: Some("rejected"), ..measured() };
        let line = line(&summary, Some(&failure), Some("pixgauge-test"));
        let written = (&line["level"], &line["outcome"], &line["error"], &line["reason"]);
        let expected = ["INFO", "rejected", "CorruptImage", "cut short"].map(Value::from);
        assert_eq!(written, (&expected[0], &expected[1], &expected[2], &expected[3]));
        assert_eq!(line["_aws"], Value::Null);
    }

    #[test]
    fn a_line_is_written_if_the_level_of_the_log_includes_it() {
        for (log, expected) in [
            ("DEBUG", [true, true, true]),
            ("INFO", [true, true, true]),
            ("WARN", [false, true, true]),
            ("ERROR", [false, false, true]),
            ("FATAL", [false, false, false]),
        ] {
            let subscriber = logging::subscriber(logging::level(log), io::sink);
            tracing::subscriber::with_default(subscriber, || {
                let enabled = [200, 503, 500].map(|status| {
                    let summary = Summary { status: Some(status), ..Summary::default() };
                    let (duration, now) = (Duration::ZERO, UNIX_EPOCH);
                    Line::new(&summary, "r", None, duration, now, None).is_enabled()
                });
                assert_eq!(enabled, expected, "{log}");
            });
        }
    }

    #[test]
    fn the_status_of_a_response_decides_the_level() {
        let levels = [(200, "INFO"), (404, "INFO"), (500, "ERROR"), (503, "WARN")];
        for (status, level) in levels {
            let summary = Summary { status: Some(status), ..Summary::default() };
            assert_eq!(line(&summary, None, None)["level"], level, "{status}");
        }
        let summary = Summary { status: Some(200), needs_repair: true, ..Summary::default() };
        assert_eq!(line(&summary, None, None)["level"], "ERROR");
    }
}
