//! Checks that resources which work together are connected, and that a resource has a `dependsOn`
//! where Pulumi does not see that it depends on another.

use serde_json::Value;

use super::Checker;
use super::read::{elements, field, nested, output_and_rest, text};
use crate::document::Resource;
use crate::expression::{Call, Expression, Kind};

const LOG_GROUP: &str = "aws:cloudwatch:LogGroup";

/// Log destinations: resource type, property, and the suffix that must follow the log group's ARN.
const DESTINATIONS: [(&str, &[&str], &str); 2] = [
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_CloudWatchLogsLogGroup.html
    ("aws:sfn:StateMachine", &["loggingConfiguration", "logDestination"], ":*"),
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    ("aws:apigatewayv2:Stage", &["accessLogSettings", "destinationArn"], ""),
];

/// The order in which a bucket's settings must be created: a resource type, the type that it waits
/// for, and the reason.
const ORDER: [(&str, &str, &str); 2] = [
    (
        "aws:s3:BucketPolicy",
        "aws:s3:BucketPublicAccessBlock",
        "S3 refuses concurrent changes to a bucket's access",
    ),
    (
        "aws:s3:BucketLifecycleConfiguration",
        "aws:s3:BucketVersioning",
        "a lifecycle rule on versions needs the bucket's versioning first",
    ),
];

impl Checker<'_> {
    pub(super) fn connections(&mut self) {
        let program = self.program;
        for resource in &program.resources {
            for (_, path, rest) in DESTINATIONS.iter().filter(|it| it.0 == resource.type_token) {
                if let Some(destination) = nested(&resource.properties, path) {
                    self.destination(destination, rest);
                }
            }
            for (_, other, why) in ORDER.iter().filter(|it| it.0 == resource.type_token) {
                self.comes_after(resource, other, why);
            }
        }
        self.dead_letters();
        self.notifications();
    }

    fn destination(&mut self, destination: &Expression, rest: &str) {
        let group = output_and_rest(destination).filter(|(name, output, found)| {
            let token = self.program.resource(name).map(|one| one.type_token.as_str());
            token == Some(LOG_GROUP) && *output == "arn" && found == rest
        });
        if group.is_none() {
            let message = format!("must be ${{….arn}}{rest}, with the arn of an {LOG_GROUP}");
            self.error(&destination.place, message);
        }
    }

    fn comes_after(&mut self, resource: &Resource, token: &str, why: &str) {
        let program = self.program;
        let bucket = self.bucket_of(resource);
        for first in program.resources.iter().filter(|one| one.type_token == token) {
            let waits = resource.depends_on().any(|one| one.root == first.name);
            if bucket.is_some() && self.bucket_of(first) == bucket && !waits {
                let message = format!("must have {} in dependsOn: {why}", first.name);
                self.error(&resource.place, message);
            }
        }
    }

    /// The name of the bucket that `resource` is or configures; `None` if the name is not known.
    pub(super) fn bucket_of(&self, resource: &Resource) -> Option<Value> {
        self.known_at(&resource.properties, &["bucket"]).pop().map(|known| known.value)
    }

    /// Requires that every rule target and every schedule has a dead-letter queue. A rule target
    /// must also wait for the queue's policy, without which the queue accepts no messages from the
    /// rule.
    fn dead_letters(&mut self) {
        let program = self.program;
        let of = |token| program.resources.iter().filter(move |one| one.type_token == token);
        for target in of("aws:cloudwatch:EventTarget") {
            let queue = nested(&target.properties, &["deadLetterConfig", "arn"]);
            let Some((queue, _, _)) = queue.and_then(output_and_rest) else {
                self.error(&target.place, "has no deadLetterConfig: undelivered events are lost");
                continue;
            };
            let policy = of("aws:sqs:QueuePolicy").find(|policy| {
                field(&policy.properties, "queueUrl")
                    .and_then(output_and_rest)
                    .is_some_and(|(name, _, _)| name == queue)
            });
            match policy {
                None => self.error(
                    &target.place,
                    format!("no aws:sqs:QueuePolicy allows messages to {queue}"),
                ),
                Some(policy) if !target.depends_on().any(|one| one.root == policy.name) => {
                    self.error(&target.place, format!("must have {} in dependsOn", policy.name));
                }
                Some(_) => {}
            }
        }
        // A schedule uses its own role to send messages to its dead-letter queue, so the queue
        // needs no policy.
        for schedule in of("aws:scheduler:Schedule") {
            if nested(&schedule.properties, &["target", "deadLetterConfig", "arn"]).is_none() {
                let message = "has no deadLetterConfig: failed starts go unnoticed";
                self.error(&schedule.place, message);
            }
        }
    }

    /// If a rule matches S3 events, requires that a bucket sends its events to EventBridge.
    fn notifications(&mut self) {
        let program = self.program;
        let of = |token| program.resources.iter().filter(move |one| one.type_token == token);
        let sends = of("aws:s3:BucketNotification").any(|one| {
            let known = self.known_at(&one.properties, &["eventbridge"]).pop();
            known.is_some_and(|known| known.value == Value::Bool(true))
        });
        for rule in of("aws:cloudwatch:EventRule").filter(|_| !sends) {
            let source = pattern(rule).and_then(|pattern| field(pattern, "source"));
            if elements(source).iter().any(|source| text(source) == Some("aws.s3")) {
                let message =
                    "no aws:s3:BucketNotification has eventbridge: true, so S3 sends no events";
                self.error(&rule.place, message);
            }
        }
    }
}

/// The event pattern of a rule: the object inside its `fn::toJSON`.
pub(super) fn pattern(rule: &Resource) -> Option<&[(String, Expression)]> {
    let Kind::Call(call) = &field(&rule.properties, "eventPattern")?.kind else { return None };
    match call.as_ref() {
        Call::ToJson(pattern) => match &pattern.kind {
            Kind::Object(entries) => Some(entries),
            _ => None,
        },
        _ => None,
    }
}
