//! Maps a resource's type token to the Rust type that reads its inputs and applies them.

use pulumi_program::{Finding, Place, ResourceInputs};
use serde_json::Value;

use super::logs_query;
use super::resource::{AnyResource, Resource};
use super::{apigateway, apigateway_route, apigateway_stage, cloudwatch, cloudwatch_dashboard};
use super::{dynamodb, eventbridge, iam, lambda, lambda_event_source, lambda_permission, logs};
use super::{s3, s3_cors, s3_lifecycle, s3_notification, scheduler, sfn, sns, sqs};

/// The type token of Lambda functions.
pub(super) const FUNCTION: &str = "aws:lambda:Function";

/// Reads a resource's inputs as the Rust type that belongs to the resource's type token.
///
/// # Errors
/// A finding that names the unknown type, or the property that is unknown, missing or invalid.
pub(super) fn read(resource: &ResourceInputs) -> Result<Box<dyn AnyResource>, Finding> {
    match resource.type_token.as_str() {
        "aws:apigatewayv2:Api" => read_as::<apigateway::Api>(resource),
        "aws:apigatewayv2:Integration" => read_as::<apigateway_route::Integration>(resource),
        "aws:apigatewayv2:Route" => read_as::<apigateway_route::Route>(resource),
        "aws:apigatewayv2:Stage" => read_as::<apigateway_stage::Stage>(resource),
        "aws:cloudwatch:Dashboard" => read_as::<cloudwatch_dashboard::Dashboard>(resource),
        "aws:cloudwatch:EventBus" => read_as::<eventbridge::EventBus>(resource),
        "aws:cloudwatch:EventRule" => read_as::<eventbridge::EventRule>(resource),
        "aws:cloudwatch:EventTarget" => read_as::<eventbridge::EventTarget>(resource),
        "aws:cloudwatch:LogGroup" => read_as::<logs::LogGroup>(resource),
        "aws:cloudwatch:MetricAlarm" => read_as::<cloudwatch::MetricAlarm>(resource),
        "aws:cloudwatch:QueryDefinition" => read_as::<logs_query::QueryDefinition>(resource),
        "aws:dynamodb:Table" => read_as::<dynamodb::Table>(resource),
        "aws:iam:Role" => read_as::<iam::Role>(resource),
        "aws:iam:RolePolicy" => read_as::<iam::RolePolicy>(resource),
        FUNCTION => read_as::<lambda::Function>(resource),
        "aws:lambda:EventSourceMapping" => {
            read_as::<lambda_event_source::EventSourceMapping>(resource)
        }
        "aws:lambda:Permission" => read_as::<lambda_permission::Permission>(resource),
        "aws:s3:Bucket" => read_as::<s3::Bucket>(resource),
        "aws:s3:BucketCorsConfiguration" => read_as::<s3_cors::BucketCorsConfiguration>(resource),
        "aws:s3:BucketLifecycleConfiguration" => {
            read_as::<s3_lifecycle::BucketLifecycleConfiguration>(resource)
        }
        "aws:s3:BucketNotification" => read_as::<s3_notification::BucketNotification>(resource),
        "aws:s3:BucketOwnershipControls" => read_as::<s3::BucketOwnershipControls>(resource),
        "aws:s3:BucketPolicy" => read_as::<s3::BucketPolicy>(resource),
        "aws:s3:BucketPublicAccessBlock" => read_as::<s3::BucketPublicAccessBlock>(resource),
        "aws:s3:BucketServerSideEncryptionConfiguration" => {
            read_as::<s3::BucketServerSideEncryptionConfiguration>(resource)
        }
        "aws:s3:BucketVersioning" => read_as::<s3::BucketVersioning>(resource),
        "aws:scheduler:Schedule" => read_as::<scheduler::Schedule>(resource),
        "aws:sfn:StateMachine" => read_as::<sfn::StateMachine>(resource),
        "aws:sns:Topic" => read_as::<sns::Topic>(resource),
        "aws:sns:TopicPolicy" => read_as::<sns::TopicPolicy>(resource),
        "aws:sqs:Queue" => read_as::<sqs::Queue>(resource),
        "aws:sqs:QueuePolicy" => read_as::<sqs::QueuePolicy>(resource),
        other => Err(Finding::error(
            place(&resource.name).key("type"),
            format!(
                "the local deploy does not support {other:?}; add the type to \
                 tools/local/src/deploy"
            ),
        )),
    }
}

fn read_as<R: Resource + 'static>(
    resource: &ResourceInputs,
) -> Result<Box<dyn AnyResource>, Finding> {
    let inputs = without_nulls(Value::Object(resource.inputs.clone()));
    match serde_path_to_error::deserialize::<_, R>(inputs) {
        Ok(read) => Ok(Box::new(read)),
        Err(error) => {
            let properties = properties(&resource.name);
            let place = match error.path().to_string().as_str() {
                "." => properties,
                path => properties.key(path),
            };
            let message = format!("the local deploy cannot apply this: {}", error.inner());
            Err(Finding::error(place, message))
        }
    }
}

/// Removes null properties, because Pulumi treats them as absent.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        scalar => scalar,
    }
}

fn place(resource: &str) -> Place {
    Place::default().key("resources").key(resource)
}

/// The place of a resource's properties in the program.
pub(super) fn properties(resource: &str) -> Place {
    place(resource).key("properties")
}

#[cfg(test)]
mod tests {
    use pulumi_program::ResourceOptions;
    use serde_json::json;

    use super::*;

    /// The finding about a resource with these inputs, as text; `nothing` if there is none.
    fn refusal(type_token: &str, inputs: &Value) -> String {
        match read(&resource(type_token, inputs)) {
            Ok(_) => String::from("nothing"),
            Err(finding) => finding.to_string(),
        }
    }

    fn resource(type_token: &str, inputs: &Value) -> ResourceInputs {
        ResourceInputs {
            name: "it".to_owned(),
            type_token: type_token.to_owned(),
            inputs: inputs.as_object().cloned().unwrap_or_default(),
            options: ResourceOptions::default(),
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let encryption = json!({"bucket": "b", "rules": [
            {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kms": true}}
        ]});
        for (type_token, inputs, place, message) in [
            ("aws:s3:BucketV2", json!({}), "resources.it.type", "\"aws:s3:BucketV2\""),
            (
                "aws:s3:Bucket",
                json!({"bucket": "b", "acl": "private"}),
                "resources.it.properties",
                "unknown field `acl`",
            ),
            (
                "aws:s3:BucketServerSideEncryptionConfiguration",
                encryption,
                "resources.it.properties.rules[0].applyServerSideEncryptionByDefault",
                "unknown field `kms`",
            ),
            // The local deploy needs the name. Pulumi would generate one and store it.
            (
                "aws:sqs:Queue",
                json!({"delaySeconds": 1}),
                "resources.it.properties",
                "missing field `name`",
            ),
            (
                "aws:sqs:Queue",
                json!({"name": "q", "delaySeconds": "soon"}),
                "properties.delaySeconds",
                "soon",
            ),
        ] {
            let refused = refusal(type_token, &inputs);
            assert!(refused.contains(place) && refused.contains(message), "{refused}");
        }
    }

    #[test]
    fn null_is_absent_at_every_depth() {
        let inputs = json!({"name": "api", "protocolType": "HTTP", "description": null,
            "corsConfiguration": {"maxAge": null}});
        assert_eq!(refusal("aws:apigatewayv2:Api", &inputs), "nothing");
        assert_eq!(refusal("aws:s3:Bucket", &json!({"bucket": "b", "acl": null})), "nothing");
    }

    #[test]
    fn numbers_and_booleans_are_strings_in_maps_of_strings() {
        let inputs = json!({"name": "f", "role": "r", "runtime": "provided.al2023",
            "handler": "bootstrap", "code": {"fn::fileArchive": "/bootstrap.zip"},
            "environment": {"variables": {"SHARDS": 8, "TRACE": true, "LEVEL": "info"}}});
        assert_eq!(refusal("aws:lambda:Function", &inputs), "nothing");
        let mut nested = inputs;
        nested["environment"]["variables"]["SHARDS"] = json!([8]);
        let message = refusal("aws:lambda:Function", &nested);
        assert!(message.contains("SHARDS"), "{message}");
    }
}
