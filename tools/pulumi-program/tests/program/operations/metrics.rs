//! The metrics that AWS has, and the values that their dimensions can have in a stack.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::evaluated::Deployed;

/// A metric that an alarm or the dashboard names.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) dimensions: BTreeMap<String, String>,
}

/// Metrics of one namespace that have the same sets of dimensions.
struct Family {
    namespace: &'static str,
    metrics: &'static [&'static str],
    /// Each metric exists with each of these sets of dimensions. The names in a set are sorted.
    dimensions: &'static [&'static [&'static str]],
}

const fn family(
    namespace: &'static str,
    metrics: &'static [&'static str],
    dimensions: &'static [&'static [&'static str]],
) -> Family {
    Family { namespace, metrics, dimensions }
}

/// The metrics of each service, from its documentation:
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html>,
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html>.
const KNOWN: &[Family] = &[
    family(
        "AWS/Lambda",
        &["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
        &[&["FunctionName"]],
    ),
    // This metric exists only for functions with an event source mapping on a stream.
    family("AWS/Lambda", &["IteratorAge"], &[&["FunctionName"]]),
    // These metrics exist only for event source mappings with `metricsConfig`.
    family(
        "AWS/Lambda",
        &["OnFailureDestinationDeliveredEventCount", "DroppedEventCount"],
        &[&["EventSourceMappingUUID"]],
    ),
    family(
        "AWS/States",
        &[
            "ExecutionsStarted",
            "ExecutionsSucceeded",
            "ExecutionsFailed",
            "ExecutionsTimedOut",
            "ExecutionsAborted",
            "ExecutionThrottled",
            "ExecutionTime",
        ],
        &[&["StateMachineArn"]],
    ),
    family("AWS/SQS", &["ApproximateNumberOfMessagesVisible"], &[&["QueueName"]]),
    family(
        "AWS/ApiGateway",
        &["Count", "4xx", "5xx", "Latency", "IntegrationLatency"],
        &[&["ApiId", "Stage"]],
    ),
    family(
        "AWS/DynamoDB",
        &[
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        ],
        &[&["TableName"], &["GlobalSecondaryIndexName", "TableName"]],
    ),
    family("AWS/DynamoDB", &["TransactionConflict"], &[&["TableName"]]),
    family("AWS/DynamoDB", &["SystemErrors"], &[&["Operation", "TableName"]]),
    family(
        "AWS/Events",
        &[
            "MatchedEvents",
            "Invocations",
            "RetryInvocationAttempts",
            "FailedInvocations",
            "InvocationsFailedToBeSentToDlq",
        ],
        &[&["RuleName"]],
    ),
];

impl Metric {
    /// Panics unless AWS has this metric and the stack has the resource that each dimension names.
    pub(super) fn assert_exists(&self, deployed: &Deployed) {
        let dimensions: Vec<&str> = self.dimensions.keys().map(String::as_str).collect();
        let known = KNOWN.iter().any(|family| {
            family.namespace == self.namespace
                && family.metrics.contains(&self.name.as_str())
                && family.dimensions.contains(&dimensions.as_slice())
        });
        assert!(known, "AWS has no metric {self:?}");
        for (dimension, value) in &self.dimensions {
            let values = values(deployed, dimension);
            assert!(values.contains(value), "{self:?}: {dimension} is not one of {values:?}");
        }
    }
}

/// The values that a dimension can have in this stack.
fn values(deployed: &Deployed, dimension: &str) -> Vec<String> {
    let named = |token| deployed.names(token).into_iter().map(str::to_owned).collect::<Vec<_>>();
    match dimension {
        "FunctionName" => named("aws:lambda:Function"),
        "EventSourceMappingUUID" => {
            let mappings = deployed.all("aws:lambda:EventSourceMapping");
            mappings.iter().map(|mapping| format!("{}.uuid", mapping.name)).collect()
        }
        "QueueName" => named("aws:sqs:Queue"),
        "TableName" => named("aws:dynamodb:Table"),
        "RuleName" => named("aws:cloudwatch:EventRule"),
        "Stage" => named("aws:apigatewayv2:Stage"),
        "ApiId" => vec!["api-id".to_owned()],
        "StateMachineArn" => machines(deployed, &named("aws:sfn:StateMachine")),
        "GlobalSecondaryIndexName" => indexes(deployed),
        "Operation" => OPERATIONS.map(str::to_owned).to_vec(),
        other => panic!("no metric has the dimension {other}"),
    }
}

/// Operations that the catalog calls on its table.
const OPERATIONS: [&str; 6] =
    ["BatchGetItem", "GetItem", "PutItem", "Query", "Scan", "TransactWriteItems"];

/// The ARNs of all state machines, in two forms: alarms contain ARNs that `offline::outputs`
/// invents, and the dashboard contains full ARNs.
fn machines(deployed: &Deployed, names: &[String]) -> Vec<String> {
    let outputs = deployed.all("aws:sfn:StateMachine");
    let outputs = outputs.iter().map(|machine| format!("arn:{}", machine.name));
    let written = names
        .iter()
        .map(|name| format!("arn:aws-us-gov:states:eu-central-1:123456789012:stateMachine:{name}"));
    outputs.chain(written).collect()
}

fn indexes(deployed: &Deployed) -> Vec<String> {
    let indexes = deployed.get("table").inputs["globalSecondaryIndexes"].as_array().unwrap();
    indexes.iter().map(|index| index["name"].as_str().unwrap().to_owned()).collect()
}

/// The dimensions of a metric. `object` is an alarm's inputs, or a metric in an alarm's query.
pub(super) fn dimensions(object: &Map<String, Value>) -> BTreeMap<String, String> {
    let text =
        |(name, value): (&String, &Value)| (name.clone(), value.as_str().unwrap().to_owned());
    object["dimensions"].as_object().unwrap().iter().map(text).collect()
}
