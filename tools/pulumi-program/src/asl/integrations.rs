//! Checks that every Task calls a known service integration, with arguments that the integration
//! accepts.
//!
//! Integrations are from
//! <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html> and from the
//! pages about the services listed there. An integration that is not in `INTEGRATIONS` is a
//! finding, because its name may be misspelled.

use serde_json::{Map, Value};

use super::{Linter, QueryLanguage, State, inner_machines};
use crate::finding::Place;

/// A service integration: an API action that a state can call.
struct Integration {
    /// The state's `Resource`, without `arn:PARTITION:`.
    resource: &'static str,
    arguments: &'static [&'static str],
    required: &'static [&'static str],
    /// The IAM action that the call needs.
    action: &'static str,
    /// The argument that names the AWS resource that the action applies to.
    target: &'static str,
    /// The Pulumi output by which the argument `target` names the AWS resource: `arn`, `name`,
    /// `url` or `id`.
    output: &'static str,
}

const START_EXECUTION: Integration = Integration {
    resource: "states:::states:startExecution",
    arguments: &["StateMachineArn", "Input", "Name"],
    required: &["StateMachineArn"],
    action: "states:StartExecution",
    target: "StateMachineArn",
    output: "arn",
};

const INTEGRATIONS: [Integration; 9] = [
    Integration {
        resource: "states:::lambda:invoke",
        arguments: &[
            "FunctionName",
            "Payload",
            "Qualifier",
            "InvocationType",
            "ClientContext",
            "LogType",
        ],
        required: &["FunctionName"],
        action: "lambda:InvokeFunction",
        target: "FunctionName",
        output: "arn",
    },
    Integration {
        resource: "states:::dynamodb:getItem",
        arguments: &[
            "TableName",
            "Key",
            "ConsistentRead",
            "ProjectionExpression",
            "ExpressionAttributeNames",
            "ReturnConsumedCapacity",
        ],
        required: &["TableName", "Key"],
        action: "dynamodb:GetItem",
        target: "TableName",
        output: "name",
    },
    Integration {
        resource: "states:::sqs:sendMessage",
        arguments: &[
            "QueueUrl",
            "MessageBody",
            "DelaySeconds",
            "MessageAttributes",
            "MessageDeduplicationId",
            "MessageGroupId",
        ],
        required: &["QueueUrl", "MessageBody"],
        action: "sqs:SendMessage",
        target: "QueueUrl",
        output: "url",
    },
    Integration {
        resource: "states:::sns:publish",
        arguments: &["TopicArn", "Message", "Subject", "MessageAttributes", "MessageStructure"],
        required: &["Message"],
        action: "sns:Publish",
        target: "TopicArn",
        output: "arn",
    },
    START_EXECUTION,
    Integration { resource: "states:::states:startExecution.sync", ..START_EXECUTION },
    Integration { resource: "states:::states:startExecution.sync:2", ..START_EXECUTION },
    // An SDK integration:
    // <https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html>
    Integration {
        resource: "states:::aws-sdk:sfn:startSyncExecution",
        arguments: &["StateMachineArn", "Input", "Name", "TraceHeader", "IncludedData"],
        action: "states:StartSyncExecution",
        ..START_EXECUTION
    },
    // Called by an ItemReader, not by a Task.
    Integration {
        resource: "states:::s3:listObjectsV2",
        arguments: &["Bucket", "Prefix"],
        required: &["Bucket"],
        action: "s3:ListBucket",
        target: "Bucket",
        output: "id",
    },
];

/// A call that a state makes, with the data that the check `definitions` needs.
pub(crate) struct Call<'a> {
    /// The place of `target` in the definition.
    pub(crate) place: Place,
    /// The IAM action that the call needs.
    pub(crate) action: &'static str,
    /// The value of the argument that [`Integration::target`] names: a placeholder (`${…}`), a
    /// name, or a `JSONata` expression (`{%…%}`).
    pub(crate) target: &'a str,
    /// The Pulumi output by which `target` must name the AWS resource.
    pub(crate) output: &'static str,
    /// The state's timeout in seconds.
    pub(crate) timeout: Option<u64>,
}

fn integration(resource: &str) -> Option<&'static Integration> {
    let (_, resource) = in_partition(resource)?;
    INTEGRATIONS.iter().find(|one| one.resource == resource)
}

/// Splits an ARN into its partition, which may be a placeholder, and what follows it:
/// `arn:${Partition}:states:::lambda:invoke` into `${Partition}` and `states:::lambda:invoke`.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html> lists the partitions.
pub(super) fn in_partition(arn: &str) -> Option<(&str, &str)> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let known = partition == "${Partition}" || partition == "aws" || partition.starts_with("aws-");
    known.then_some((partition, rest))
}

impl Linter {
    pub(super) fn integration(&mut self, state: &State<'_>) {
        let (Some(resource), "Task") = (state.text("Resource"), state.kind) else { return };
        let Some(known) = integration(resource) else {
            let (partition, _) = in_partition(resource).unwrap_or(("${Partition}", ""));
            let names: Vec<_> = INTEGRATIONS
                .iter()
                .map(|one| format!("arn:{partition}:{}", one.resource))
                .collect();
            let near = crate::suggestion::near(resource, names.iter().map(String::as_str));
            let message = format!(
                "unknown integration {resource}{near}; if it exists, add it to tools/pulumi-program/src/asl/integrations.rs"
            );
            return self.error(&state.place.key("Resource"), message);
        };
        if state.language == QueryLanguage::Jsonata {
            self.arguments(state, known);
        }
    }

    fn arguments(&mut self, state: &State<'_>, known: &Integration) {
        let place = state.place.key("Arguments");
        let empty = Map::new();
        let arguments = match state.fields.get("Arguments") {
            // Arguments given as an expression cannot be checked.
            Some(Value::String(_)) => return,
            Some(Value::Object(arguments)) => arguments,
            _ => &empty,
        };
        self.known(&place, arguments, known.arguments);
        for required in known.required.iter().filter(|it| !arguments.contains_key(**it)) {
            self.error(&place, format!("{required} is missing"));
        }
    }
}

/// Collects the calls of a state and of the states inside it.
pub(super) fn calls<'a>(state: &State<'a>, found: &mut Vec<Call<'a>>) {
    let timeout = state.fields.get("TimeoutSeconds").and_then(Value::as_u64);
    found.extend(call(&state.place, state.fields, timeout));
    if let Some(reader) = state.fields.get("ItemReader").and_then(Value::as_object) {
        found.extend(call(&state.place.key("ItemReader"), reader, None));
    }
    for (place, machine) in inner_machines(state) {
        super::each_state(&place, machine, &mut |inner| calls(inner, found));
    }
}

fn call<'a>(
    place: &Place,
    fields: &'a Map<String, Value>,
    timeout: Option<u64>,
) -> Option<Call<'a>> {
    let known = integration(fields.get("Resource")?.as_str()?)?;
    let target = fields.get("Arguments")?.get(known.target)?.as_str()?;
    let place = place.key("Arguments").key(known.target);
    Some(Call { place, action: known.action, target, output: known.output, timeout })
}
