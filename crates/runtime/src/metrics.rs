//! Metrics in the summary line, in CloudWatch's embedded metric format.
//!
//! The member `_aws` of a line declares which other members are values and which are dimensions.
//! CloudWatch Logs extracts the metrics from it, so no function calls CloudWatch. Specification:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! AWS charges for every combination of a metric's name and its dimensions' values, so a dimension
//! has to have few values: it must never be a key or a message.

use serde::Serialize;

/// Environment variable that sets the namespace of the metrics; without it, there are none.
pub(crate) const NAMESPACE_VARIABLE: &str = "METRICS_NAMESPACE";

/// The member `_aws` of a line (the specification's metadata object).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Metadata<'a> {
    /// Milliseconds since 1970.
    pub(crate) timestamp: u64,
    #[serde(rename = "CloudWatchMetrics")]
    pub(crate) directives: Vec<Directive<'a>>,
}

/// The members of the line that are metrics, and their dimensions.
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

/// Metrics of the reads that it took to measure an image.
const MEASURED: &[Metric] =
    &[Metric { name: "gets", unit: "Count" }, Metric { name: "bytes", unit: "Bytes" }];

/// Metric that counts observations.
const OBSERVED: &[Metric] = &[Metric { name: "observations", unit: "Count" }];

/// Directive for a measured image: `gets` and `bytes`, by `format`.
pub(crate) fn measured(namespace: &str) -> Directive<'_> {
    Directive { namespace, dimensions: [&["format"]], metrics: MEASURED }
}

/// Directive for an observation: `observations`, by `observed` and `outcome`.
pub(crate) fn observed(namespace: &str) -> Directive<'_> {
    Directive { namespace, dimensions: [&["observed", "outcome"]], metrics: OBSERVED }
}
