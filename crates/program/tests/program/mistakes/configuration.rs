//! Mistakes in the project file and in a stack's.

use super::{DEV, Mistake, PROJECT, mistake};

/// In the configuration.
pub(super) const CONFIGURATION: &[Mistake] = &[
    mistake(PROJECT, "main: pulumi", "main: program", ["program/Main.yaml", "cannot read"]),
    mistake(
        PROJECT,
        "runtime: yaml",
        "runtime: nodejs",
        ["Pulumi.yaml:5: runtime", "only the runtime `yaml`"],
    ),
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
