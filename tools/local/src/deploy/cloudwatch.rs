//! CloudWatch alarms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};
use crate::aws::REGION;

/// `aws:cloudwatch:MetricAlarm`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MetricAlarm {
    name: String,
    alarm_description: Option<String>,
    comparison_operator: String,
    threshold: f64,
    /// Number of periods to evaluate.
    evaluation_periods: u32,
    /// Number of evaluated periods that must breach; all of them if absent.
    datapoints_to_alarm: Option<u32>,
    /// `breaching`, `notBreaching`, `ignore` or `missing`.
    treat_missing_data: Option<String>,
    /// `evaluate` or `ignore`.
    evaluate_low_sample_count_percentiles: Option<String>,
    #[serde(default)]
    metric_queries: Vec<MetricQuery>,
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default, deserialize_with = "string_map")]
    dimensions: BTreeMap<String, String>,
    statistic: Option<String>,
    /// A percentile, for example `p99`.
    extended_statistic: Option<String>,
    /// Seconds.
    period: Option<u32>,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default)]
    ok_actions: Vec<String>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

/// A metric, or an expression over the other metrics of the alarm.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MetricQuery {
    id: String,
    expression: Option<String>,
    label: Option<String>,
    #[serde(default)]
    return_data: bool,
    metric: Option<Metric>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Metric {
    namespace: String,
    metric_name: String,
    #[serde(default, deserialize_with = "string_map")]
    dimensions: BTreeMap<String, String>,
    stat: String,
    /// Seconds.
    period: u32,
}

impl Resource for MetricAlarm {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let input = serde_json::to_value(PutMetricAlarm::from(&self));
        let input = input.map_err(|error| Failure::Invalid(error.to_string()))?;
        to.aws.cloudwatch.call("PutMetricAlarm", &input).await?;
        let arn = format!("arn:aws:cloudwatch:{REGION}:{}:alarm:{}", to.account, self.name);
        Ok(outputs([("id", &self.name), ("name", &self.name), ("arn", &arn)]))
    }
}

/// The input of the operation:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutMetricAlarm<'a> {
    alarm_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_description: Option<&'a str>,
    comparison_operator: &'a str,
    threshold: f64,
    evaluation_periods: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    treat_missing_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluate_low_sample_count_percentile: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<MetricDataQuery<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dimensions: Vec<Dimension<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    alarm_actions: &'a [String],
    #[serde(rename = "OKActions")]
    ok_actions: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataQuery<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    return_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<MetricStat<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat<'a> {
    metric: NamedMetric<'a>,
    stat: &'a str,
    period: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NamedMetric<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: Vec<Dimension<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag<'a> {
    key: &'a str,
    value: &'a str,
}

impl<'a> From<&'a MetricAlarm> for PutMetricAlarm<'a> {
    fn from(alarm: &'a MetricAlarm) -> Self {
        let percentiles = alarm.evaluate_low_sample_count_percentiles.as_deref();
        Self {
            alarm_name: &alarm.name,
            alarm_description: alarm.alarm_description.as_deref(),
            comparison_operator: &alarm.comparison_operator,
            threshold: alarm.threshold,
            evaluation_periods: alarm.evaluation_periods,
            datapoints_to_alarm: alarm.datapoints_to_alarm,
            treat_missing_data: alarm.treat_missing_data.as_deref(),
            evaluate_low_sample_count_percentile: percentiles,
            metrics: alarm.metric_queries.iter().map(MetricDataQuery::from).collect(),
            namespace: alarm.namespace.as_deref(),
            metric_name: alarm.metric_name.as_deref(),
            dimensions: dimensions(&alarm.dimensions),
            statistic: alarm.statistic.as_deref(),
            extended_statistic: alarm.extended_statistic.as_deref(),
            period: alarm.period,
            alarm_actions: &alarm.alarm_actions,
            ok_actions: &alarm.ok_actions,
            tags: alarm.tags.iter().map(|(key, value)| Tag { key, value }).collect(),
        }
    }
}

impl<'a> From<&'a MetricQuery> for MetricDataQuery<'a> {
    fn from(query: &'a MetricQuery) -> Self {
        Self {
            id: &query.id,
            expression: query.expression.as_deref(),
            label: query.label.as_deref(),
            return_data: query.return_data,
            metric_stat: query.metric.as_ref().map(MetricStat::from),
        }
    }
}

impl<'a> From<&'a Metric> for MetricStat<'a> {
    fn from(metric: &'a Metric) -> Self {
        let named = NamedMetric {
            namespace: &metric.namespace,
            metric_name: &metric.metric_name,
            dimensions: dimensions(&metric.dimensions),
        };
        Self { metric: named, stat: &metric.stat, period: metric.period }
    }
}

fn dimensions(dimensions: &BTreeMap<String, String>) -> Vec<Dimension<'_>> {
    dimensions.iter().map(|(name, value)| Dimension { name, value }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn input(properties: Value) -> Value {
        let alarm: MetricAlarm = serde_json::from_value(properties).unwrap();
        serde_json::to_value(PutMetricAlarm::from(&alarm)).unwrap()
    }

    #[test]
    fn one_metric_is_sent_in_the_form_of_the_api() {
        let input = input(json!({
            "name": "slow", "comparisonOperator": "GreaterThanThreshold", "threshold": 2000,
            "evaluationPeriods": 3, "evaluateLowSampleCountPercentiles": "ignore",
            "namespace": "AWS/ApiGateway", "metricName": "Latency",
            "dimensions": {"ApiId": "a"}, "extendedStatistic": "p99", "period": 300,
            "alarmActions": ["arn:topic"],
        }));
        assert_eq!(
            input,
            json!({
                "AlarmName": "slow", "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 2000.0, "EvaluationPeriods": 3,
                "EvaluateLowSampleCountPercentile": "ignore", "Namespace": "AWS/ApiGateway",
                "MetricName": "Latency", "Dimensions": [{"Name": "ApiId", "Value": "a"}],
                "ExtendedStatistic": "p99", "Period": 300, "AlarmActions": ["arn:topic"],
                "OKActions": [],
            })
        );
    }

    #[test]
    fn an_expression_and_its_metrics_are_sent_in_the_form_of_the_api() {
        let input = input(json!({
            "name": "failed", "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "threshold": 1, "evaluationPeriods": 1,
            "metricQueries": [
                {"id": "total", "expression": "SUM(METRICS())", "label": "Failed", "returnData": true},
                {"id": "m", "metric": {"namespace": "AWS/States", "metricName": "ExecutionsFailed",
                    "dimensions": {"StateMachineArn": "arn"}, "stat": "Sum", "period": 300}},
            ],
        }));
        let metric = json!({"Metric": {"Namespace": "AWS/States", "MetricName": "ExecutionsFailed",
            "Dimensions": [{"Name": "StateMachineArn", "Value": "arn"}]}, "Stat": "Sum", "Period": 300});
        assert_eq!(
            input["Metrics"],
            json!([
                {"Id": "total", "Expression": "SUM(METRICS())", "Label": "Failed", "ReturnData": true},
                {"Id": "m", "ReturnData": false, "MetricStat": metric},
            ])
        );
        assert!(input.get("MetricName").is_none(), "{input}");
    }
}
