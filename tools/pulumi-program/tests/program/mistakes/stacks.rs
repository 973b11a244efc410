//! Mistakes in the stacks' files, in the protections of production's data, and in the documentation
//! of the configuration.

use super::{LOCAL, MAIN, PRODUCTION, PROJECT, Planted, README, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(PRODUCTION, "config").with(&[
        set("pixgauge:versioning", "Suspended", r#"must be "Enabled""#),
        set("pixgauge:versioning", REMOVED, r#"must be "Enabled""#).at("config.versioning.default"),
        set("pixgauge:deletionProtection", REMOVED, "deletionProtectionEnabled must be true")
            .at("Pulumi.production.yaml: table"),
        set("pixgauge:forceDestroy", "true", "not both"),
        set("pixgauge:pointInTimeRecovery", "false", "must be true"),
        set("pixgauge:reconcileSchedule", "cron(0 3 * * * *)", "must be `?`"),
        set(
            "pixgauge:reconcileSchedule",
            "cron(0 25 * * ? *)",
            r#""25" is not allowed in the field for hours"#,
        ),
        set("pixgauge:stateMachineTracing", "yes", "boolean"),
    ]),
    planted(LOCAL, "config").with(&[
        set("aws:endpoints[0].dynamo", "http://127.0.0.1:4566", "no setting dynamo"),
        set(
            "aws:endpoints[0].sqs",
            REMOVED,
            "has no endpoint for sqs: the program would call it on AWS",
        ),
        set("aws:endpoints[0].sqs", "127.0.0.1:4566", "is not a URL")
            .at("config.aws:endpoints.sqs"),
        set("aws:s3UsePathStyle", "yes", "must be a boolean"),
    ]),
    // An edit of the text, because the check for the region reads the file's lines. `set` would
    // rewrite the file as JSON.
    planted(PRODUCTION, "").with(&[text(
        "  aws:region: us-east-1\n",
        "",
        "Pulumi.production.yaml: config",
        "aws:region is missing",
    )]),
    // Edits of the program that would remove a protection of production's data, or keep old
    // versions of the data forever.
    planted(MAIN, "").in_production().with(&[
        set(
            "resources.table.properties.deletionProtectionEnabled",
            "false",
            "deletionProtectionEnabled must be true",
        )
        .at("Pulumi.production.yaml: table"),
        set("resources.table.properties.pointInTimeRecovery.enabled", "false", "must be true"),
        set(
            "resources.bucket.properties.forceDestroy",
            "true",
            "a protected bucket must not have forceDestroy",
        ),
        set(
            "resources.bucketVersioning.properties.versioningConfiguration.status",
            "Suspended",
            r#"must be "Enabled""#,
        ),
        set("resources.bucket.options.protect", "false", "holds data that this stack protects"),
        set("resources.table.options.protect", "false", "holds data that this stack protects"),
        set("variables.lifecycleRulesOfStack[1].status", "Disabled", "keeps old versions forever")
            .at("resources.bucket"),
    ]),
    // Edits after which a configuration key has no description, or its row in the README is wrong.
    planted(PROJECT, "config").with(&[
        set("presignedUrlSeconds.default", "600", "| `presignedUrlSeconds` | `600` |")
            .at("README.md"),
        set("throttlingBurst.description", REMOVED, "has no description"),
        set("throttlingBurst.description", "API requests", "throttlingBurst").at("README.md"),
    ]),
    planted(README, "").with(&[
        text("| `shards` | `8` |", "| `shards` | `16` |", "README.md", "shards"),
        text("| `shards` |", "| `shard` |", "README.md", "shards"),
    ]),
];
