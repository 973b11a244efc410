//! Tests of the dashboard's widgets. Every metric and log group in a widget exists, and every
//! function, queue, state machine and alarm is shown.

use std::collections::BTreeMap;

use serde_json::Value;

use super::metrics::Metric;
use crate::evaluated::{Deployed, document};

/// Number of columns of the dashboard's grid:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>
const COLUMNS: u64 = 24;

fn widgets(deployed: &Deployed) -> Vec<Value> {
    let body = document(deployed.get("dashboard"), "dashboardBody");
    body["widgets"].as_array().unwrap().clone()
}

/// The metrics that a widget lists by name. Rows that search for metrics are left out. In a widget,
/// a metric is an array: namespace, name, alternating names and values of dimensions, options.
fn metrics(widget: &Value) -> Vec<Metric> {
    let rows = widget["properties"]["metrics"].as_array().into_iter().flatten();
    rows.filter_map(|row| {
        let row: Vec<&str> = row.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let [namespace, name, dimensions @ ..] = row.as_slice() else { return None };
        let (namespace, name) = ((*namespace).to_owned(), (*name).to_owned());
        let pairs = dimensions.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
        Some(Metric { namespace, name, dimensions: pairs.collect() })
    })
    .collect()
}

#[test]
fn the_dashboard_shows_metrics_that_exist() {
    let deployed = Deployed::of("dev");
    let metrics: Vec<_> = widgets(&deployed).iter().flat_map(metrics).collect();
    assert!(metrics.len() > 80, "{}", metrics.len());
    for metric in metrics {
        metric.assert_exists(&deployed);
    }
}

#[test]
fn every_function_queue_state_machine_and_alarm_is_shown() {
    let deployed = Deployed::of("dev");
    let body = deployed.get("dashboard").inputs["dashboardBody"].as_str().unwrap();
    // `${PROP(` is no placeholder, but CloudWatch's syntax in the label of a searched metric.
    assert!(!body.replace("${PROP(", "").contains("${"), "a placeholder is left");
    for token in [
        "aws:lambda:Function",
        "aws:sqs:Queue",
        "aws:sfn:StateMachine",
        "aws:cloudwatch:MetricAlarm",
    ] {
        for name in deployed.names(token) {
            let shown = [format!("\"{name}\""), format!(":{name}\"")];
            assert!(shown.iter().any(|it| body.contains(it)), "{name} is not on the dashboard");
        }
    }
}

#[test]
fn functions_are_shown_in_every_widget_on_functions() {
    let deployed = Deployed::of("dev");
    let functions = deployed.all("aws:lambda:Function").len();
    let mut shown = BTreeMap::new();
    for metric in widgets(&deployed).iter().flat_map(metrics) {
        // Only functions that read a stream have the metric `IteratorAge`.
        if metric.namespace == "AWS/Lambda" && metric.name != "IteratorAge" {
            *shown.entry(metric.name).or_insert(0) += 1;
        }
    }
    assert_eq!(shown.len(), 5, "{shown:?}");
    assert!(shown.values().all(|number| *number == functions), "{shown:?}");
}

/// The dashboard searches for the metrics that the functions' summary lines contain. The namespace
/// is the one that the functions are configured with. Names and dimensions are those of
/// `crates/runtime/src/metrics.rs`, which an integration test compares with real lines.
#[test]
fn searches_are_for_this_stacks_own_metrics() {
    let deployed = Deployed::of("dev");
    let namespace = &deployed.get("readDimensions").inputs["environment"]["variables"];
    let namespace = namespace["METRICS_NAMESPACE"].as_str().unwrap();
    let mut searched = Vec::new();
    for widget in widgets(&deployed) {
        for row in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let Some(expression) = row[0]["expression"].as_str() else { continue };
            let (schema, rest) = expression.split_once("} ").unwrap();
            assert!(schema.starts_with(&format!("SEARCH('{{\"{namespace}\",")), "{expression}");
            let dimensions = schema.split_once(',').unwrap().1.to_owned();
            let name = rest.split('"').nth(1).unwrap().to_owned();
            searched.push((name, dimensions));
        }
    }
    let expected = [("observations", "observed,outcome"), ("gets", "format"), ("bytes", "format")];
    let expected = expected.map(|(name, by)| (name.to_owned(), by.to_owned()));
    assert_eq!(searched, expected);
}

#[test]
fn widgets_stay_in_the_grid_and_do_not_overlap() {
    let mut taken = BTreeMap::new();
    for (index, widget) in widgets(&Deployed::of("dev")).iter().enumerate() {
        let [x, y, width, height] =
            ["x", "y", "width", "height"].map(|side| widget[side].as_u64().unwrap());
        assert!(x + width <= COLUMNS, "{widget}");
        for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
            let before = taken.insert(cell, index);
            assert_eq!(before, None, "widgets {before:?} and {index} overlap at {cell:?}");
        }
    }
}

#[test]
fn log_widgets_read_log_groups_that_exist() {
    let deployed = Deployed::of("dev");
    let names = deployed.names("aws:cloudwatch:LogGroup");
    let mut sources = 0;
    for widget in widgets(&deployed).iter().filter(|widget| widget["type"] == "log") {
        let query = widget["properties"]["query"].as_str().unwrap();
        for source in query.split(" | ").filter_map(|part| part.strip_prefix("SOURCE '")) {
            assert!(names.contains(&source.trim_end_matches('\'')), "{source}");
            sources += 1;
        }
    }
    assert!(sources >= 7, "{sources}");
}
