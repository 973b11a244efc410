//! Mistakes in the project's file, and in configuration values.

use super::{DEV, Mistake, PROJECT, mistake};

/// Mistakes in `Pulumi.yaml` and in the configuration of `dev`.
pub(super) const CONFIGURATION: &[Mistake] = &[
    mistake(
        PROJECT,
        "      type: object\n    default: []",
        "      type: objects\n    default: []",
        ["config.bucketLifecycleRules.items", "needs a type"],
    ),
    mistake(
        DEV,
        "config:\n",
        "config:\n  pixgauge:bucketTags: [a]\n",
        ["pixgauge:bucketTags", "must be of type object"],
    ),
    mistake(PROJECT, "main: pulumi", "main: program", ["program/Main.yaml", "cannot read"]),
    mistake(
        PROJECT,
        "runtime: yaml",
        "runtime: nodejs",
        ["Pulumi.yaml:5: runtime", "only the runtime `yaml`"],
    ),
    mistake(
        PROJECT,
        "requiredPulumiVersion:",
        "requiredPulumiVersions:",
        ["Pulumi.yaml:9: requiredPulumiVersions", "unknown field"],
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
        ["pixgauge:functiontracing", "declares no key \"functiontracing\""],
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

/// Configuration values that no stack may have, as a default or in a stack's file.
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
        ["config.reconcileSchedule.default", "not a schedule"],
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
        ["config.corsOrigins.default[0]", "not an origin"],
    ),
    mistake(
        PROJECT,
        "default: 100\n",
        "default: 0\n",
        ["config.throttlingRate.default", "from 1 to 100000"],
    ),
    mistake(
        PROJECT,
        "default: 200\n",
        "default: 60000\n",
        ["config.throttlingBurst.default", "from 1 to 50000"],
    ),
    mistake(
        PROJECT,
        "default: -1\n",
        "default: 0\n",
        ["config.reservedConcurrency.default", "0 stops the function: use -1"],
    ),
    mistake(
        PROJECT,
        "default: -1\n",
        "default: -2\n",
        ["config.reservedConcurrency.default", "must be -1"],
    ),
    mistake(
        PROJECT,
        "default: 40\n",
        "default: 60000\n",
        ["config.listingBurst.default", "from 1 to 50000"],
    ),
    mistake(
        PROJECT,
        "default: \"\"\n",
        "default: boundary\n",
        ["config.permissionsBoundary.default", "not the ARN of a policy"],
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
        "config:\n  color: {type: string, default: red, description: None}\n",
        ["config.color", "nothing refers to color"],
    ),
    mistake(
        DEV,
        "logRetentionDays: 7",
        "logRetentionDays: 0",
        ["pixgauge:logRetentionDays", "forever"],
    ),
    mistake(
        DEV,
        "functionTracing: Active",
        "functionTracing: On",
        ["pixgauge:functionTracing", "PassThrough"],
    ),
];
