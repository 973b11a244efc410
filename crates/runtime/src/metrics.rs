//! Metrics inside the summary line, in CloudWatch's embedded metric format.
//!
//! CloudWatch Logs makes metrics of a line whose member `_aws` says which of the line's other
//! members are values and which are dimensions, so no function calls CloudWatch. Specification:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! Every combination of a metric's name and its dimensions' values is paid for, so dimensions are
//! what takes few values: never a key, never a message.

use serde::Serialize;

/// Names the namespace of the metrics; a function without it writes none.
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

/// Which members of the line make metrics, and by which dimensions.
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

/// What it took to measure an image.
const MEASURED: &[Metric] =
    &[Metric { name: "gets", unit: "Count" }, Metric { name: "bytes", unit: "Bytes" }];

/// That something was observed of an object.
const OBSERVED: &[Metric] = &[Metric { name: "observations", unit: "Count" }];

/// For the line of an image that was measured: `gets` and `bytes` by `format`.
pub(crate) fn measured(namespace: &str) -> Directive<'_> {
    Directive { namespace, dimensions: [&["format"]], metrics: MEASURED }
}

/// For the line of an observation: how many by `observed` and `outcome`.
pub(crate) fn observed(namespace: &str) -> Directive<'_> {
    Directive { namespace, dimensions: [&["observed", "outcome"]], metrics: OBSERVED }
}
