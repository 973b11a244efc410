//! Mistakes against the provider's schema: types, properties, values.

use super::{MAIN, Planted, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "resources").with(&[
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
    ]),
    planted(MAIN, "resources.headObject.properties").with(&[
        set("memorysize", "${memorySize}", "did you mean memorySize?"),
        set("role", REMOVED, "required property role is missing"),
        set("timeout", "${logLevel}", "must be an integer, not a string"),
        set("architectures", "${architecture}", "must be an array"),
        set("code", "{fn::readFile: a.zip}", "must be an archive"),
        set("runtime", "provided.al2024", "did you mean provided.al2023?").at("warning"),
    ]),
    planted(MAIN, "resources.table.properties").with(&[
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
    ]),
    // An event pattern that is an object instead of text.
    planted(MAIN, "").with(&[text(
        "      eventPattern:\n        fn::toJSON:\n          source: [aws.s3]\n",
        "      eventPattern:\n          source: [aws.s3]\n",
        "objectEvents.properties.eventPattern",
        "wrap it in fn::toJSON",
    )]),
];
