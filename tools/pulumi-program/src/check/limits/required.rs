//! Properties that the schema takes for optional, and that are not: what AWS asks for, and where
//! the provider's default is a slip.

use serde_json::Value;

use crate::check::Checker;
use crate::check::read::nested;
use crate::document::Resource;

/// A property that has to be set: type, path, and what happens otherwise.
const REQUIRED: &[(&str, &[&str], &str)] = &[
    ("aws:dynamodb:Table", &["hashKey"], "a table has a hash key"),
    ("aws:dynamodb:Table", &["billingMode"], "the default asks for capacities"),
    ("aws:dynamodb:Table", &["name"], NAME),
    ("aws:dynamodb:Table", &["ttl", "enabled"], "nothing expires by default"),
    ("aws:dynamodb:Table", &["pointInTimeRecovery", "enabled"], "there are no backups by default"),
    ("aws:s3:Bucket", &["bucket"], NAME),
    ("aws:lambda:Function", &["code"], "there is nothing to run"),
    ("aws:lambda:Function", &["runtime"], "an archive needs one"),
    ("aws:lambda:Function", &["handler"], "an archive needs one"),
    ("aws:lambda:Function", &["timeout"], "the default is 3 seconds"),
    ("aws:lambda:Permission", &["sourceArn"], "anyone's API may call the function by default"),
    ("aws:apigatewayv2:Integration", &["payloadFormatVersion"], "the default is 1.0"),
    ("aws:apigatewayv2:Stage", &["autoDeploy"], "nothing is deployed by default"),
    ("aws:apigatewayv2:Stage", &["accessLogSettings"], "requests leave no trace by default"),
    ("aws:sqs:Queue", &["name"], NAME),
    ("aws:sqs:Queue", &["messageRetentionSeconds"], "messages are gone after 4 days by default"),
    ("aws:sqs:Queue", &["sqsManagedSseEnabled"], "say that messages are encrypted"),
    ("aws:cloudwatch:MetricAlarm", &["name"], NAME),
    ("aws:cloudwatch:MetricAlarm", &["alarmActions"], "nobody hears it"),
    (
        "aws:cloudwatch:MetricAlarm",
        &["treatMissingData"],
        "it is undecided without data by default",
    ),
    ("aws:cloudwatch:EventRule", &["name"], NAME),
    ("aws:cloudwatch:EventRule", &["eventPattern"], "no event matches by default"),
    ("aws:cloudwatch:EventTarget", &["roleArn"], "a rule may start nothing by itself"),
    ("aws:scheduler:Schedule", &["name"], NAME),
];

const NAME: &str = "a name of Pulumi's is another each time";

/// What a bucket must have to be private:
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
        if resource.type_token == "aws:s3:BucketPublicAccessBlock" {
            for property in PRIVATE {
                let known = self.known_at(&resource.properties, &[property]).pop();
                if known.is_none_or(|known| known.value != Value::Bool(true)) {
                    let message = format!("{property} must be true: images are private");
                    self.error(&resource.properties_place, message);
                }
            }
        }
    }
}
