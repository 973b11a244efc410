//! Alarms and the topic that they notify.

use std::collections::BTreeSet;

use pulumi_program::ResourceInputs;
use serde_json::{Map, Value, json};

use super::metrics::{Metric, dimensions};
use crate::evaluated::{Deployed, statements};
use crate::project::STACKS;

/// Maximum number of metrics in an alarm on a metric math expression:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>
const MAX_METRICS: usize = 10;

fn alarms(deployed: &Deployed) -> Vec<&ResourceInputs> {
    deployed.all("aws:cloudwatch:MetricAlarm")
}

/// The metrics that an alarm watches.
pub(super) fn metrics(alarm: &ResourceInputs) -> Vec<Metric> {
    let metric = |object: &Map<String, Value>| Metric {
        namespace: object["namespace"].as_str().unwrap().to_owned(),
        name: object["metricName"].as_str().unwrap().to_owned(),
        dimensions: dimensions(object),
    };
    match alarm.inputs.get("metricQueries") {
        None => vec![metric(&alarm.inputs)],
        Some(queries) => {
            let queries = queries.as_array().unwrap().iter();
            queries.filter_map(|query| Some(metric(query.get("metric")?.as_object()?))).collect()
        }
    }
}

#[test]
fn alarms_watch_metrics_that_exist() {
    for stack in STACKS {
        let deployed = Deployed::of(stack);
        for alarm in alarms(&deployed) {
            let metrics = metrics(alarm);
            assert!((1..=MAX_METRICS).contains(&metrics.len()), "{}: {metrics:?}", alarm.name);
            for metric in metrics {
                metric.assert_exists(&deployed);
            }
        }
    }
}

/// A failure that no alarm watches goes unnoticed.
#[test]
fn every_kind_of_failure_has_an_alarm() {
    let deployed = Deployed::of("production");
    let watched: BTreeSet<String> = alarms(&deployed)
        .iter()
        .flat_map(|alarm| metrics(alarm))
        .flat_map(|Metric { name, dimensions, .. }| {
            dimensions.into_values().map(move |value| format!("{name} {value}"))
        })
        .collect();
    let mut expected = Vec::new();
    for function in deployed.names("aws:lambda:Function") {
        // `read-dimensions` also fails on objects that are not images, so its errors have no alarm.
        if !function.ends_with("-read-dimensions") {
            expected.push(format!("Errors {function}"));
        }
        expected.push(format!("Throttles {function}"));
    }
    for queue in deployed.names("aws:sqs:Queue") {
        expected.push(format!("ApproximateNumberOfMessagesVisible {queue}"));
    }
    for machine in ["analyzeImage", "repairImage", "reconcile"] {
        for metric in ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"] {
            expected.push(format!("{metric} arn:{machine}"));
        }
    }
    for index in ["pixgauge-production-catalog", "by-size", "by-key"] {
        for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] {
            expected.push(format!("{metric} {index}"));
        }
    }
    expected.extend(["5xx api-id", "Latency api-id"].map(str::to_owned));
    let rule = "pixgauge-production-object-events";
    expected.push(format!("InvocationsFailedToBeSentToDlq {rule}"));
    let missing: Vec<_> = expected.iter().filter(|it| !watched.contains(*it)).collect();
    assert!(missing.is_empty(), "no alarm watches {missing:?}");
}

#[test]
fn alarms_notify_the_topic_when_they_go_off_and_when_they_recover() {
    let deployed = Deployed::of("production");
    for alarm in alarms(&deployed) {
        for actions in ["alarmActions", "okActions"] {
            assert_eq!(alarm.inputs[actions], json!(["arn:alarmTopic"]), "of {}", alarm.name);
        }
        let missing = alarm.inputs["treatMissingData"].as_str().unwrap();
        // SQS sends no data for an inactive queue, even if the queue has messages. So missing data
        // must not end an alarm on a queue.
        let expected = if alarm.name.ends_with("QueueAlarm") { "ignore" } else { "notBreaching" };
        assert_eq!(missing, expected, "of {}", alarm.name);
    }
}

#[test]
fn metrics_of_an_expression_share_one_period() {
    for alarm in alarms(&Deployed::of("production")) {
        let Some(queries) = alarm.inputs.get("metricQueries") else { continue };
        for query in queries.as_array().unwrap() {
            let period = query.get("metric").map(|metric| &metric["period"]);
            assert!(period.is_none_or(|period| *period == 300), "of {}: {query}", alarm.name);
            let expression = query.get("expression").and_then(Value::as_str).unwrap_or_default();
            assert!(!expression.contains("SEARCH"), "an alarm cannot search: {expression}");
        }
    }
}

#[test]
fn only_this_stacks_alarms_may_publish() {
    let deployed = Deployed::of("production");
    assert_eq!(
        statements(deployed.get("alarmTopicPolicy")),
        [json!({
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": "arn:alarmTopic",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn":
                    "arn:aws-us-gov:cloudwatch:eu-central-1:123456789012:alarm:pixgauge-production-*"},
            },
        })]
    );
}
