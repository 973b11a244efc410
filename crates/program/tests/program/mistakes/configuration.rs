//! Mistakes in the project file and in a stack's.

use super::{DEV, LOCAL, Mistake, PRODUCTION, PROJECT, README, mistake};

/// In the configuration.
pub(super) const CONFIGURATION: &[Mistake] = &[
    mistake(PROJECT, "main: pulumi", "main: program", ["program/Main.yaml", "cannot read"]),
    mistake(
        PROJECT,
        "runtime: yaml",
        "runtime: nodejs",
        ["Pulumi.yaml:5: runtime", "only the runtime `yaml`"],
    ),
    mistake(PROJECT, "runtime: yaml\n", "", ["Pulumi.yaml", "has no runtime"]),
    mistake(PROJECT, "name: pixgauge\n", "", ["Pulumi.yaml", "has no name"]),
    mistake(
        PROJECT,
        "    type: integer\n",
        "    type: int\n",
        ["config.memorySize", "needs a type"],
    ),
    mistake(
        PROJECT,
        "default: 256\n",
        "default: many\n",
        ["config.memorySize.default", "must be of type integer"],
    ),
    mistake(
        PROJECT,
        "default: 256\n",
        "defalt: 256\n",
        ["config.memorySize.defalt", "unknown field"],
    ),
    mistake(
        PROJECT,
        "    default: 256\n",
        "",
        ["config.memorySize", "has no default, and Pulumi.dev.yaml does not set it"],
    ),
    mistake(
        DEV,
        "logRetentionDays: 7",
        "logRetentionDays: week",
        ["pixgauge:logRetentionDays", "must be of type integer"],
    ),
    mistake(
        DEV,
        "pixgauge:functionTracing",
        "pixgauge:functiontracing",
        ["pixgauge:functiontracing", "declares no \"functiontracing\""],
    ),
    mistake(
        DEV,
        "pixgauge:functionTracing",
        "pixgage:functionTracing",
        ["pixgage:functionTracing", "keys begin with `pixgauge:`"],
    ),
    mistake(
        DEV,
        "functionTracing: Active",
        "functionTracing: {secure: v1:abc}",
        ["pixgauge:functionTracing", "only the Pulumi CLI can read it"],
    ),
    mistake(
        DEV,
        "config:\n",
        "environment: [secrets]\nconfig:\n",
        ["environment", "unknown field"],
    ),
];

/// In values that no stack may have: the default, or one stack's.
pub(super) const VALUES: &[Mistake] = &[
    mistake(
        PROJECT,
        "default: arm64",
        "default: arm",
        ["config.architecture.default", "must be one of arm64, x86_64"],
    ),
    mistake(
        PROJECT,
        "default: INFO",
        "default: VERBOSE",
        ["config.logLevel.default", "one of TRACE"],
    ),
    mistake(
        PROJECT,
        "default: STANDARD",
        "default: FAST",
        ["config.stateMachineType.default", "EXPRESS"],
    ),
    mistake(
        PROJECT,
        "default: rate(1 day)",
        "default: daily",
        ["config.reconcileSchedule.default", "no schedule"],
    ),
    mistake(
        PROJECT,
        "default: DISABLED",
        "default: OFF",
        ["config.reconcileScheduleState.default", "ENABLED"],
    ),
    mistake(
        PROJECT,
        "default: 8\n",
        "default: 0\n",
        ["config.shards.default", "from 1 to 100, not 0"],
    ),
    mistake(
        PROJECT,
        "default: 8\n",
        "default: 101\n",
        ["config.shards.default", "from 1 to 100, not 101"],
    ),
    mistake(
        PROJECT,
        "default: 300\n",
        "default: 0\n",
        ["config.presignedUrlSeconds.default", "from 1 to 43200"],
    ),
    mistake(
        PROJECT,
        "default: 60\n",
        "default: -1\n",
        ["config.imageCacheSeconds.default", "from 0"],
    ),
    mistake(
        PROJECT,
        "default: NONE",
        "default: IAM",
        ["config.authorization.default", "one of NONE, AWS_IAM"],
    ),
    mistake(
        PROJECT,
        "default: [\"*\"]",
        "default: [\"https://a.example/\"]",
        ["config.corsOrigins.default[0]", "no origin"],
    ),
    mistake(
        PROJECT,
        "default: 100\n",
        "default: 0\n",
        ["config.throttlingRate.default", "from 1 to 10000"],
    ),
    mistake(
        PROJECT,
        "default: 200\n",
        "default: 6000\n",
        ["config.throttlingBurst.default", "from 1 to 5000"],
    ),
    mistake(
        PROJECT,
        "default: Suspended",
        "default: Off",
        ["config.versioning.default", "Enabled, Suspended"],
    ),
    mistake(
        PROJECT,
        "config:\n",
        "config:\n  colour: {type: string, default: red, description: None}\n",
        ["config.colour", "nothing refers to colour"],
    ),
    mistake(
        DEV,
        "logRetentionDays: 7",
        "logRetentionDays: 0",
        ["pixgauge:logRetentionDays", "for ever"],
    ),
    mistake(
        DEV,
        "functionTracing: Active",
        "functionTracing: On",
        ["pixgauge:functionTracing", "PassThrough"],
    ),
];

/// In the stack files.
pub(super) const STACKS: &[Mistake] = &[
    mistake(
        PRODUCTION,
        "versioning: Enabled",
        "versioning: Suspended",
        ["Pulumi.production.yaml:8: config.pixgauge:versioning", "must be \"Enabled\""],
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
        ["pixgauge:reconcileSchedule", "25 is no hours"],
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
        ["pixgauge:throttlingRate", "from 1 to 10000"],
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
        "aws:accessKey: test",
        "aws:accesKey: test",
        ["aws:accesKey", "did you mean accessKey?"],
    ),
    mistake(
        LOCAL,
        "      sqs: http://127.0.0.1:4566\n",
        "",
        ["config.aws:endpoints", "has no sqs: the program would call it at AWS"],
    ),
    mistake(
        LOCAL,
        "sqs: http://127.0.0.1:4566",
        "sqs: 127.0.0.1:4566",
        ["config.aws:endpoints.sqs", "is no URL"],
    ),
    mistake(
        DEV,
        "aws:region: us-east-1",
        "aws:region: us-east",
        ["config.aws:region", "no region"],
    ),
    mistake(
        LOCAL,
        "pixgauge:forceDestroy",
        "pixgauge:forceDelete",
        ["pixgauge:forceDelete", "declares no"],
    ),
];

/// In what is written about the configuration.
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
