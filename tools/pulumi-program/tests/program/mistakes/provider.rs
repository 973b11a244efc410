//! Mistakes against the provider's schema: types, properties, values.

use super::{DEV, MAIN, Mistake, PROJECT, mistake};

pub(super) const PROVIDER: &[Mistake] = &[
    mistake(
        MAIN,
        "type: aws:s3:Bucket\n",
        "type: aws:s3:Buckets\n",
        ["bucket.type", "did you mean aws:s3:Bucket?"],
    ),
    mistake(MAIN, "type: aws:s3:Bucket\n", "type: aws:kms:Key\n", ["bucket.type", "generate.py"]),
    mistake(
        MAIN,
        "      memorySize: ",
        "      memorysize: ",
        ["headObject.properties.memorysize", "did you mean memorySize?"],
    ),
    mistake(
        MAIN,
        "      role: ${headObjectRole.arn}\n",
        "",
        ["headObject.properties", "required property role is missing"],
    ),
    mistake(
        MAIN,
        "          projectionType: ALL\n",
        "",
        ["globalSecondaryIndexes[0]", "required property projectionType is missing"],
    ),
    mistake(
        MAIN,
        "      timeout: 10\n",
        "      timeout: ten\n",
        ["headObject.properties.timeout", "must be an integer, not a string (\"ten\")"],
    ),
    mistake(
        MAIN,
        "      timeout: 10\n",
        "      timeout: ${logLevel}\n",
        ["headObject.properties.timeout", "must be an integer, not a string"],
    ),
    mistake(
        MAIN,
        "eventbridge: true",
        "eventbridge: \"true\"",
        ["bucketNotification.properties.eventbridge", "must be a boolean"],
    ),
    mistake(
        DEV,
        "config:\n",
        "config:\n  pixgauge:bucketLifecycleRules: [{id: a, status: Enabled, filtr: {}}]\n",
        ["bucketLifecycle.properties.rules", "did you mean filter?"],
    ),
    mistake(
        MAIN,
        "ignoreChanges: [queues,",
        "ignoreChanges: [queue,",
        ["bucketNotification.options.ignoreChanges[0]", "did you mean queues?"],
    ),
    mistake(
        MAIN,
        "architectures: [\"${architecture}\"]",
        "architectures: ${architecture}",
        ["headObject.properties.architectures", "must be an array"],
    ),
    mistake(
        MAIN,
        "fn::fileArchive: ${artifacts}/head",
        "fn::readFile: ${artifacts}/head",
        ["headObject.properties.code", "must be an archive"],
    ),
    mistake(
        MAIN,
        "runtime: provided.al2023",
        "runtime: provided.al2024",
        ["warning", "did you mean provided.al2023?"],
    ),
    mistake(
        MAIN,
        "      forceDestroy: ${forceDestroy}\n",
        "      forceDestroy: ${forceDestroy}\n      acl: private\n",
        ["bucket.properties.acl", "is deprecated"],
    ),
    mistake(
        PROJECT,
        "applySer",
        "aplySer",
        [
            "config.bucketEncryptionRules.default[0].aplyServerSideEncryptionByDefault",
            "did you mean applyServerSideEncryptionByDefault?",
        ],
    ),
    mistake(
        MAIN,
        "      eventPattern:\n        fn::toJSON:\n          source: [aws.s3]\n",
        "      eventPattern:\n          source: [aws.s3]\n",
        ["objectEvents.properties.eventPattern", "wrap it in fn::toJSON"],
    ),
    mistake(
        MAIN,
        "PAY_PER_REQUEST",
        "PAYG",
        ["table.properties.billingMode", "must be one of PAY_PER_REQUEST"],
    ),
    mistake(
        MAIN,
        "attributeName: shard",
        "attributeName: shards",
        ["table.properties.attributes", "the key shards is not declared as an attribute"],
    ),
    mistake(
        MAIN,
        "- {name: size, type: N}",
        "- {name: size, type: N}\n        - {name: width, type: N}",
        ["table.properties.attributes", "the attribute width is not a key"],
    ),
    mistake(
        MAIN,
        "maximumRetryAttempts: 185",
        "maximumRetryAttempts: 186",
        ["objectEventsTarget", "must be from 0 to 185"],
    ),
    mistake(
        PROJECT,
        "default: 256\n",
        "default: 25\n",
        ["Pulumi.yaml:22: config.memorySize.default", "must be from 128 to 10240, not 25"],
    ),
    mistake(
        DEV,
        "logRetentionDays: 7",
        "logRetentionDays: 8",
        ["Pulumi.dev.yaml:10: config.pixgauge:logRetentionDays", "not 8"],
    ),
    mistake(
        DEV,
        "aws:region:",
        "aws:regoin:",
        ["Pulumi.dev.yaml", "no setting regoin (did you mean region?)"],
    ),
    mistake(
        DEV,
        "    tags:\n",
        "    tag:\n",
        ["aws:defaultTags", "no setting tag (did you mean tags?)"],
    ),
];
