//! Metrics in the summary line, in CloudWatch's embedded metric format.
//!
//! The member `_aws` of a line declares which of the other members are metrics and which are
//! dimensions. CloudWatch extracts the metrics from the log, so no function calls CloudWatch.
//! Specification:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! AWS charges for every combination of a metric's name and its dimensions' values. So a dimension
//! must have only a few values: it must never be a key or a message.

use std::str::FromStr;

use serde::Serialize;

/// Environment variable that sets the namespace of the metrics; without it, there are no metrics.
pub(crate) const NAMESPACE_VARIABLE: &str = "METRICS_NAMESPACE";

/// Namespace of the metrics.
#[derive(Clone, Debug)]
pub(crate) struct Namespace(String);

/// Text that cannot be a namespace.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "a namespace must have 1 to 255 letters, digits and .-_/#: and must begin with neither : nor AWS/"
)]
pub(crate) struct NamespaceError;

impl Namespace {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Accepts the namespaces that CloudWatch allows for custom metrics:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>.
impl FromStr for Namespace {
    type Err = NamespaceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#:".contains(&byte);
        let reserved = text.starts_with(':') || text.starts_with("AWS/");
        if (1..=255).contains(&text.len()) && text.bytes().all(allowed) && !reserved {
            Ok(Self(text.to_owned()))
        } else {
            Err(NamespaceError)
        }
    }
}

/// The member `_aws` of a line (the specification's metadata object).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Metadata<'a> {
    /// Time of the line in milliseconds since 1970.
    pub(crate) timestamp: u64,
    #[serde(rename = "CloudWatchMetrics")]
    pub(crate) directives: Vec<Directive<'a>>,
}

/// Declares which members of the line are metrics and which are dimensions, and the namespace of
/// the metrics.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Directive<'a> {
    namespace: &'a str,
    dimensions: [&'static [&'static str]; 1],
    metrics: &'static [Metric],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    /// One of the units of
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>.
    unit: &'static str,
}

/// Metrics that count the GETs of a measurement, and the bytes read.
const MEASURED: &[Metric] =
    &[Metric { name: "gets", unit: "Count" }, Metric { name: "bytes", unit: "Bytes" }];

/// Metric that counts observations.
const OBSERVED: &[Metric] = &[Metric { name: "observations", unit: "Count" }];

/// Directive for a measured image: the metrics `gets` and `bytes`, with the dimension `format`.
pub(crate) fn measured(namespace: &str) -> Directive<'_> {
    Directive { namespace, dimensions: [&["format"]], metrics: MEASURED }
}

/// Directive for an observation: the metric `observations`, with the dimensions `observed` and
/// `outcome`.
pub(crate) fn observed(namespace: &str) -> Directive<'_> {
    Directive { namespace, dimensions: [&["observed", "outcome"]], metrics: OBSERVED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_one_that_cloudwatch_accepts() {
        let longest = "n".repeat(255);
        for name in ["pixgauge-dev", "a/b.c_d#e:f", &longest] {
            assert_eq!(name.parse::<Namespace>().unwrap().as_str(), name);
        }
        let too_long = "n".repeat(256);
        for name in ["", "two words", "AWS/Lambda", ":a", "größe", &too_long] {
            assert!(name.parse::<Namespace>().is_err(), "{name}");
        }
    }
}
