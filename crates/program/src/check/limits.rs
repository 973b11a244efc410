//! Is every value one that the service takes? The schema knows a string from a number, but not
//! that a function has at least 128 MiB.

use super::{Checker, near};
use crate::document::Resource;
use crate::expression::{Expression, Kind};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a property may hold.
enum Allowed {
    OneOf(&'static [&'static str]),
    Integers(&'static [i64]),
    /// Both ends included.
    Range(i64, i64),
}

/// The values that one property of one resource type takes. In a path, `*` is every element.
struct Limit {
    token: &'static str,
    path: &'static [&'static str],
    allowed: Allowed,
}

const fn limit(token: &'static str, path: &'static [&'static str], allowed: Allowed) -> Limit {
    Limit { token, path, allowed }
}

/// From the API references of the services: <https://docs.aws.amazon.com/lambda/latest/api/>,
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/>,
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/>,
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/>,
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/>.
const LIMITS: &[Limit] = &[
    limit("aws:lambda:Function", &["memorySize"], Allowed::Range(128, 10_240)),
    limit("aws:lambda:Function", &["timeout"], Allowed::Range(1, 900)),
    limit("aws:lambda:Function", &["architectures", "*"], Allowed::OneOf(&["arm64", "x86_64"])),
    limit(
        "aws:lambda:Function",
        &["tracingConfig", "mode"],
        Allowed::OneOf(&["Active", "PassThrough"]),
    ),
    limit(
        "aws:lambda:Function",
        &["loggingConfig", "logFormat"],
        Allowed::OneOf(&["JSON", "Text"]),
    ),
    limit("aws:lambda:Function", &["loggingConfig", "applicationLogLevel"], LOG_LEVELS),
    limit("aws:cloudwatch:LogGroup", &["retentionInDays"], RETENTION_DAYS),
    limit(
        "aws:cloudwatch:EventTarget",
        &["retryPolicy", "maximumEventAgeInSeconds"],
        Allowed::Range(60, 86_400),
    ),
    limit(
        "aws:cloudwatch:EventTarget",
        &["retryPolicy", "maximumRetryAttempts"],
        Allowed::Range(0, 185),
    ),
    limit(
        "aws:dynamodb:Table",
        &["billingMode"],
        Allowed::OneOf(&["PAY_PER_REQUEST", "PROVISIONED"]),
    ),
    limit("aws:dynamodb:Table", &["attributes", "*", "type"], Allowed::OneOf(&["S", "N", "B"])),
    limit(
        "aws:dynamodb:Table",
        &["globalSecondaryIndexes", "*", "projectionType"],
        Allowed::OneOf(&["ALL", "INCLUDE", "KEYS_ONLY"]),
    ),
    limit(
        "aws:dynamodb:Table",
        &["globalSecondaryIndexes", "*", "keySchemas", "*", "keyType"],
        Allowed::OneOf(&["HASH", "RANGE"]),
    ),
    limit("aws:sfn:StateMachine", &["type"], Allowed::OneOf(&["STANDARD", "EXPRESS"])),
    limit(
        "aws:sfn:StateMachine",
        &["loggingConfiguration", "level"],
        Allowed::OneOf(&["ALL", "ERROR", "FATAL", "OFF"]),
    ),
    limit("aws:sqs:Queue", &["messageRetentionSeconds"], Allowed::Range(60, 1_209_600)),
    limit("aws:apigatewayv2:Api", &["protocolType"], Allowed::OneOf(&["HTTP", "WEBSOCKET"])),
    limit(
        "aws:apigatewayv2:Integration",
        &["payloadFormatVersion"],
        Allowed::OneOf(&["1.0", "2.0"]),
    ),
    limit(
        "aws:s3:BucketVersioning",
        &["versioningConfiguration", "status"],
        Allowed::OneOf(&["Enabled", "Suspended", "Disabled"]),
    ),
    limit(
        "aws:s3:BucketLifecycleConfiguration",
        &["rules", "*", "status"],
        Allowed::OneOf(&["Enabled", "Disabled"]),
    ),
    limit(
        "aws:s3:BucketOwnershipControls",
        &["rule", "objectOwnership"],
        Allowed::OneOf(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
    ),
];

const LOG_LEVELS: Allowed = Allowed::OneOf(&["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);

const RETENTION_DAYS: Allowed = Allowed::Integers(&[
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]);

impl Checker<'_> {
    pub(super) fn limits(&mut self) {
        let program = self.program;
        for resource in &program.resources {
            for limit in LIMITS.iter().filter(|limit| limit.token == resource.type_token) {
                for expression in at(&resource.properties, limit.path) {
                    self.limit(expression, &limit.allowed);
                }
            }
            if resource.type_token == "aws:dynamodb:Table" {
                self.key_attributes(resource);
            }
        }
    }

    fn limit(&mut self, expression: &Expression, allowed: &Allowed) {
        let Some(value) = self.known_value(expression) else { return };
        if let Some(message) = allowed.refusal(value) {
            self.error(&expression.place, message);
        }
    }

    /// `DynamoDB` takes exactly the attributes that are keys of the table or of an index.
    fn key_attributes(&mut self, table: &Resource) {
        let names = |path| at(&table.properties, path).into_iter().filter_map(text).collect();
        let attributes: BTreeSet<&str> = names(&["attributes", "*", "name"]);
        let mut keys: BTreeSet<&str> = names(&["hashKey"]);
        keys.append(&mut names(&["rangeKey"]));
        keys.append(&mut names(&[
            "globalSecondaryIndexes",
            "*",
            "keySchemas",
            "*",
            "attributeName",
        ]));
        let place = table.properties_place.key("attributes");
        for key in keys.difference(&attributes) {
            self.error(&place, format!("the key {key} is not among the attributes"));
        }
        for attribute in attributes.difference(&keys) {
            self.error(
                &place,
                format!("the attribute {attribute} is no key, so it cannot be here"),
            );
        }
    }
}

impl Allowed {
    /// Why `value` is not allowed, if it is not. A value of another type is the schema's concern.
    fn refusal(&self, value: &Value) -> Option<String> {
        match self {
            Self::OneOf(values) => {
                let text = value.as_str()?;
                (!values.contains(&text)).then(|| {
                    let near = near(text, values.iter().copied());
                    format!("must be one of {}, not {text:?}{near}", values.join(", "))
                })
            }
            Self::Integers(values) => {
                let number = value.as_i64()?;
                (!values.contains(&number))
                    .then(|| format!("must be one of {values:?}, not {number}"))
            }
            Self::Range(least, most) => {
                let number = value.as_i64()?;
                (!(*least..=*most).contains(&number))
                    .then(|| format!("must be from {least} to {most}, not {number}"))
            }
        }
    }
}

/// The expressions at `path` below `entries`.
pub(super) fn at<'e>(entries: &'e [(String, Expression)], path: &[&str]) -> Vec<&'e Expression> {
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let found = entries.iter().filter(|(key, _)| key == first).map(|(_, value)| value);
    found.flat_map(|value| below(value, rest)).collect()
}

fn below<'e>(expression: &'e Expression, path: &[&str]) -> Vec<&'e Expression> {
    match (&expression.kind, path) {
        (_, []) => vec![expression],
        (Kind::List(items), ["*", rest @ ..]) => {
            items.iter().flat_map(|item| below(item, rest)).collect()
        }
        (Kind::Object(entries), path) => at(entries, path),
        _ => Vec::new(),
    }
}

fn text(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::Constant(Value::String(text)) => Some(text),
        _ => None,
    }
}
