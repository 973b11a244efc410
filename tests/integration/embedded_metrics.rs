//! A parser of CloudWatch's embedded metric format that panics where CloudWatch rejects a line:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! CloudWatch extracts no metrics from an invalid line. The only trace of such a line is the metric
//! `EMFValidationErrors` in the namespace `AWS/Logs`.

use serde_json::{Map, Value};

/// Maximum size of a line, in bytes, in older versions of the specification. Newer versions allow
/// 1 MB.
const MAX_LINE: usize = 256 * 1024;

/// The units of the functions' metrics, a subset of
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>.
const UNITS: [&str; 3] = ["Count", "Bytes", "Milliseconds"];

/// The metrics of a log line, as `namespace name dimension=value …`; empty if the line is not in
/// embedded metric format.
pub(crate) fn of(line: &Value) -> Vec<String> {
    let root = line.as_object().unwrap();
    let Some(metadata) = root.get("_aws") else { return Vec::new() };
    assert!(line.to_string().len() <= MAX_LINE);
    let metadata = members(metadata, &["Timestamp", "CloudWatchMetrics"]);
    assert!(metadata["Timestamp"].as_u64().unwrap() > 1_600_000_000_000, "not in milliseconds");
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap();
    directives.iter().flat_map(|directive| of_directive(directive, root)).collect()
}

fn of_directive(directive: &Value, root: &Map<String, Value>) -> Vec<String> {
    let directive = members(directive, &["Namespace", "Dimensions", "Metrics"]);
    let namespace = directive["Namespace"].as_str().unwrap();
    assert!((1..=255).contains(&namespace.len()), "{namespace}");
    assert!(!namespace.starts_with(':') && !namespace.starts_with("AWS/"), "{namespace}");
    let (metrics, sets) = (directive["Metrics"].as_array().unwrap(), &directive["Dimensions"]);
    assert!((1..=100).contains(&metrics.len()), "{metrics:?}");
    let mut made = Vec::new();
    for set in sets.as_array().unwrap() {
        let dimensions = dimensions(set.as_array().unwrap(), root);
        made.extend(
            metrics.iter().map(|it| format!("{namespace} {} {dimensions}", name(it, root))),
        );
    }
    made
}

/// The names and values of the dimensions in `set`. The values are strings at the top level of the
/// line.
fn dimensions(set: &[Value], root: &Map<String, Value>) -> String {
    assert!(set.len() <= 30, "{set:?}");
    let dimension = |name: &Value| {
        let name = name.as_str().unwrap();
        let value = root[name].as_str().unwrap_or_else(|| panic!("{name} is not a string"));
        assert!((1..=1024).contains(&value.len()) && value.is_ascii(), "{name}={value}");
        format!("{name}={value}")
    };
    set.iter().map(dimension).collect::<Vec<_>>().join(" ")
}

/// The name of a metric. The metric's value is a number at the top level of the line.
fn name<'a>(metric: &'a Value, root: &Map<String, Value>) -> &'a str {
    let metric = members(metric, &["Name", "Unit"]);
    let (name, unit) = (metric["Name"].as_str().unwrap(), metric["Unit"].as_str().unwrap());
    assert!(UNITS.contains(&unit), "{unit}");
    assert!(root[name].is_number(), "{name} is not a number");
    name
}

/// Checks that an object has exactly these members: the format forbids additional members.
fn members<'a>(value: &'a Value, names: &[&str]) -> &'a Map<String, Value> {
    let object = value.as_object().unwrap();
    assert_eq!(object.keys().collect::<Vec<_>>(), names);
    object
}
