//! Mistakes in the stacks' files, and in the documentation of the configuration.

use super::{DEV, LOCAL, Mistake, PRODUCTION, PROJECT, README, mistake};

pub(super) const STACKS: &[Mistake] = &[
    mistake(
        PRODUCTION,
        "versioning: Enabled",
        "versioning: Suspended",
        ["Pulumi.production.yaml:12: config.pixgauge:versioning", "must be \"Enabled\""],
    ),
    mistake(
        PRODUCTION,
        "  pixgauge:versioning: Enabled\n",
        "",
        ["config.versioning.default", "must be \"Enabled\""],
    ),
    mistake(
        PRODUCTION,
        "  pixgauge:deletionProtection: true\n",
        "",
        ["Pulumi.production.yaml: table", "deletionProtectionEnabled must be true"],
    ),
    mistake(
        PRODUCTION,
        "  pixgauge:deletionProtection: true\n",
        "  pixgauge:deletionProtection: true\n  pixgauge:forceDestroy: true\n",
        ["config.pixgauge:forceDestroy", "not both"],
    ),
    mistake(
        PRODUCTION,
        "  pixgauge:deletionProtection: true\n",
        "  pixgauge:deletionProtection: true\n  pixgauge:pointInTimeRecovery: false\n",
        ["config.pixgauge:pointInTimeRecovery", "must be true"],
    ),
    mistake(
        PRODUCTION,
        "cron(0 3 * * ? *)",
        "cron(0 3 * * * *)",
        ["pixgauge:reconcileSchedule", "must be `?`"],
    ),
    mistake(
        PRODUCTION,
        "cron(0 3 * * ? *)",
        "cron(0 25 * * ? *)",
        ["pixgauge:reconcileSchedule", "\"25\" is not allowed in the field for hours"],
    ),
    mistake(
        PRODUCTION,
        "memorySize: 512",
        "memorySize: 64",
        ["pixgauge:memorySize", "from 128 to 10240, not 64"],
    ),
    mistake(
        PRODUCTION,
        "logRetentionDays: 90",
        "logRetentionDays: 91",
        ["pixgauge:logRetentionDays", "not 91"],
    ),
    mistake(
        PRODUCTION,
        "throttlingRate: 1000",
        "throttlingRate: -1",
        ["pixgauge:throttlingRate", "from 1 to 100000"],
    ),
    mistake(
        PRODUCTION,
        "stateMachineTracing: true",
        "stateMachineTracing: yes",
        ["pixgauge:stateMachineTracing", "boolean"],
    ),
    mistake(
        PRODUCTION,
        "State: ENABLED",
        "State: ENABLE",
        ["reconcileScheduleState", "did you mean ENABLED?"],
    ),
    mistake(
        LOCAL,
        "architecture: x86_64",
        "architecture: x64",
        ["pixgauge:architecture", "must be one of arm64, x86_64"],
    ),
    mistake(
        LOCAL,
        "      dynamodb: http",
        "      dynamo: http",
        ["aws:endpoints[0].dynamo", "no setting dynamo"],
    ),
    mistake(
        LOCAL,
        "s3UsePathStyle: \"true\"",
        "s3UsePathStyle: \"yes\"",
        ["aws:s3UsePathStyle", "must be a boolean"],
    ),
    mistake(
        LOCAL,
        "aws:skipMetadataApiCheck:",
        "aws:skipMetadataApiChek:",
        ["aws:skipMetadataApiChek", "did you mean skipMetadataApiCheck?"],
    ),
    mistake(
        LOCAL,
        "      sqs: http://127.0.0.1:4566\n",
        "",
        ["config.aws:endpoints", "has no endpoint for sqs: the program would call it on AWS"],
    ),
    mistake(
        LOCAL,
        "sqs: http://127.0.0.1:4566",
        "sqs: 127.0.0.1:4566",
        ["config.aws:endpoints.sqs", "is not a URL"],
    ),
    mistake(
        DEV,
        "aws:region: us-east-1",
        "aws:region: us-east",
        ["config.aws:region", "not a region"],
    ),
    mistake(
        PRODUCTION,
        "  aws:region: us-east-1\n",
        "",
        ["Pulumi.production.yaml: config", "aws:region is missing"],
    ),
    mistake(
        LOCAL,
        "pixgauge:forceDestroy",
        "pixgauge:forceDelete",
        ["pixgauge:forceDelete", "declares no key"],
    ),
];

/// Mistakes in descriptions of configuration keys, and in the README's table of them.
pub(super) const TEXTS: &[Mistake] = &[
    mistake(
        PROJECT,
        "default: 300\n",
        "default: 600\n",
        ["README.md", "| `presignedUrlSeconds` | `600` |"],
    ),
    mistake(
        PROJECT,
        "    description: API requests at once\n",
        "",
        ["config.throttlingBurst", "has no description"],
    ),
    mistake(PROJECT, "API requests at once", "API requests", ["README.md", "throttlingBurst"]),
    mistake(README, "| `shards` | `8` |", "| `shards` | `16` |", ["README.md", "shards"]),
    mistake(README, "| `shards` |", "| `shard` |", ["README.md", "shards"]),
];
