//! Mistakes against the provider's schema: types, properties, values.

use super::{MAIN, Mistake, Planted, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "resources", RESOURCES),
    planted(MAIN, "resources.headObject.properties", FUNCTION),
    planted(MAIN, "resources.table.properties", TABLE),
    planted(MAIN, "", MAIN_FILE),
];

/// Resources of the bucket, and an event target.
const RESOURCES: &[Mistake] = &[
    set("bucket.type", "aws:s3:Buckets", "did you mean aws:s3:Bucket?"),
    set("bucket.type", "aws:kms:Key", "generate.py"),
    set("bucketNotification.properties.eventbridge", r#""true""#, "must be a boolean"),
    set("bucketNotification.options.ignoreChanges[0]", "queue", "did you mean queues?"),
    set("bucket.properties.acl", "private", "is deprecated"),
    set(
        "objectEventsTarget.properties.retryPolicy.maximumRetryAttempts",
        "186",
        "must be from 0 to 185",
    ),
];

/// A function.
const FUNCTION: &[Mistake] = &[
    set("memorysize", "${memorySize}", "did you mean memorySize?"),
    set("role", REMOVED, "required property role is missing"),
    set("timeout", "${logLevel}", "must be an integer, not a string"),
    set("architectures", "${architecture}", "must be an array"),
    set("code", "{fn::readFile: a.zip}", "must be an archive"),
    set("runtime", "provided.al2024", "did you mean provided.al2023?").at("warning"),
];

/// The table.
const TABLE: &[Mistake] = &[
    set(
        "globalSecondaryIndexes[0].projectionType",
        REMOVED,
        "required property projectionType is missing",
    ),
    set("billingMode", "PAYG", "must be one of PAY_PER_REQUEST"),
    set(
        "globalSecondaryIndexes[0].keySchemas[0].attributeName",
        "shards",
        "the key shards is not declared as an attribute",
    )
    .at("table.properties.attributes"),
    set("attributes[3]", "{name: width, type: N}", "the attribute width is not a key")
        .at("table.properties.attributes"),
];

/// A document that is not text.
const MAIN_FILE: &[Mistake] = &[text(
    "      eventPattern:\n        fn::toJSON:\n          source: [aws.s3]\n",
    "      eventPattern:\n          source: [aws.s3]\n",
    "objectEvents.properties.eventPattern",
    "wrap it in fn::toJSON",
)];
