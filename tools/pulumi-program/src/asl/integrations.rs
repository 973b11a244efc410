//! What a Task calls, and with which arguments.
//!
//! From <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html> and the
//! pages of the services that it names. An integration that is not here is a finding, so that a
//! slip in its name is one too.

use super::{Linter, QueryLanguage, State, inner_machines};
use crate::finding::Place;
use serde_json::{Map, Value};

/// A service's action that a state can call.
struct Integration {
    /// The `Resource` without `arn:` and the partition, which differs between stacks.
    resource: &'static str,
    arguments: &'static [&'static str],
    required: &'static [&'static str],
    /// The IAM action that it needs, the argument that says on what, and which output of a
    /// resource that argument takes.
    action: &'static str,
    on: &'static str,
    output: &'static str,
}

const START_EXECUTION: Integration = Integration {
    resource: "states:::states:startExecution",
    arguments: &["StateMachineArn", "Input", "Name"],
    required: &["StateMachineArn"],
    action: "states:StartExecution",
    on: "StateMachineArn",
    output: "arn",
};

const INTEGRATIONS: [Integration; 8] = [
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
        on: "FunctionName",
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
        on: "TableName",
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
        on: "QueueUrl",
        output: "url",
    },
    Integration {
        resource: "states:::sns:publish",
        arguments: &["TopicArn", "Message", "Subject", "MessageAttributes", "MessageStructure"],
        required: &["Message"],
        action: "sns:Publish",
        on: "TopicArn",
        output: "arn",
    },
    START_EXECUTION,
    Integration { resource: "states:::states:startExecution.sync", ..START_EXECUTION },
    Integration { resource: "states:::states:startExecution.sync:2", ..START_EXECUTION },
    // An ItemReader's.
    Integration {
        resource: "states:::s3:listObjectsV2",
        arguments: &["Bucket", "Prefix"],
        required: &["Bucket"],
        action: "s3:ListBucket",
        on: "Bucket",
        output: "id",
    },
];

/// One call that a state makes, as far as its permission is concerned.
pub(crate) struct Call<'a> {
    /// Where it says on what.
    pub(crate) place: Place,
    pub(crate) action: &'static str,
    /// What the argument says: a placeholder, a name, an expression.
    pub(crate) on: &'a str,
    /// Which output of a resource belongs there.
    pub(crate) output: &'static str,
    /// Seconds after which the state gives up.
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
            // An expression may give any arguments.
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

/// The calls of a state, and those inside it.
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
    let on = fields.get("Arguments")?.get(known.on)?.as_str()?;
    let place = place.key("Arguments").key(known.on);
    Some(Call { place, action: known.action, on, output: known.output, timeout })
}
