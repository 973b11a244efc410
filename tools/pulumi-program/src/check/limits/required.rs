//! Properties that are optional in the schema but must be set: AWS requires them, or the provider's
//! default is unsuitable.

use serde_json::Value;

use crate::check::Checker;
use crate::check::read::nested;
use crate::document::Resource;

/// Properties that must be set: type, path, and the reason or the consequence.
const REQUIRED: &[(&str, &[&str], &str)] = &[
    ("aws:dynamodb:Table", &["hashKey"], "every table has a hash key"),
    ("aws:dynamodb:Table", &["billingMode"], "the default is provisioned capacity"),
    ("aws:dynamodb:Table", &["name"], NAME),
    ("aws:dynamodb:Table", &["ttl", "enabled"], "nothing expires by default"),
    ("aws:dynamodb:Table", &["pointInTimeRecovery", "enabled"], "there are no backups by default"),
    ("aws:s3:Bucket", &["bucket"], NAME),
    ("aws:lambda:Function", &["code"], "the function would have nothing to run"),
    ("aws:lambda:Function", &["runtime"], "functions from an archive require it"),
    ("aws:lambda:Function", &["handler"], "functions from an archive require it"),
    ("aws:lambda:Function", &["timeout"], "the default is 3 seconds"),
    ("aws:lambda:EventSourceMapping", &["startingPosition"], "streams require it"),
    (
        "aws:lambda:EventSourceMapping",
        &["maximumRecordAgeInSeconds"],
        "by default, records that keep failing are lost when the stream expires them",
    ),
    (
        "aws:lambda:EventSourceMapping",
        &["destinationConfig", "onFailure", "destinationArn"],
        "by default, records that keep failing are lost",
    ),
    ("aws:lambda:Permission", &["sourceArn"], "by default, any API may invoke the function"),
    ("aws:apigatewayv2:Integration", &["payloadFormatVersion"], "the default is 1.0"),
    ("aws:apigatewayv2:Stage", &["autoDeploy"], "changes are not deployed by default"),
    ("aws:apigatewayv2:Stage", &["accessLogSettings"], "requests are not logged by default"),
    ("aws:sqs:Queue", &["name"], NAME),
    ("aws:sqs:Queue", &["messageRetentionSeconds"], "the default is 4 days"),
    ("aws:sqs:Queue", &["sqsManagedSseEnabled"], "encryption must be explicit"),
    ("aws:cloudwatch:MetricAlarm", &["name"], NAME),
    ("aws:cloudwatch:MetricAlarm", &["alarmActions"], "the alarm would notify nobody"),
    (
        "aws:cloudwatch:MetricAlarm",
        &["treatMissingData"],
        "by default, the alarm is INSUFFICIENT_DATA without data",
    ),
    ("aws:cloudwatch:EventBus", &["name"], NAME),
    ("aws:cloudwatch:EventRule", &["name"], NAME),
    ("aws:cloudwatch:EventRule", &["eventPattern"], "no event matches by default"),
    ("aws:cloudwatch:EventTarget", &["roleArn"], "a rule needs a role to start executions"),
    ("aws:scheduler:Schedule", &["name"], NAME),
];

const NAME: &str = "Pulumi would generate a random name";

/// Properties that must be true for a bucket to be private:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
const PRIVATE: [&str; 4] =
    ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

impl Checker<'_> {
    pub(super) fn required_settings(&mut self, resource: &Resource) {
        for (_, path, why) in REQUIRED.iter().filter(|it| it.0 == resource.type_token) {
            if nested(&resource.properties, path).is_none() {
                let message = format!("{} is missing: {why}", path.join("."));
                self.error(&resource.properties_place, message);
            }
        }
        if resource.type_token == "aws:s3:BucketPublicAccessBlock" && self.is_of_stack() {
            for property in PRIVATE {
                let known = self.known_at(&resource.properties, &[property]).pop();
                if known.is_none_or(|known| known.value != Value::Bool(true)) {
                    let message = format!("{property} must be true: the images are private");
                    self.error(&resource.properties_place, message);
                }
            }
        }
    }
}
