//! Mistakes in the stacks' files, and in the documentation of the configuration.

use super::{DEV, LOCAL, MAIN, PRODUCTION, PROJECT, Planted, README, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(
        PRODUCTION,
        "config",
        &[
            set("pixgauge:versioning", "Suspended", r#"must be "Enabled""#),
            set("pixgauge:versioning", REMOVED, r#"must be "Enabled""#)
                .at("config.versioning.default"),
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
        ],
    ),
    planted(
        LOCAL,
        "config.aws:endpoints[0]",
        &[
            set("dynamo", "http://127.0.0.1:4566", "no setting dynamo"),
            set("sqs", REMOVED, "has no endpoint for sqs: the program would call it on AWS"),
            set("sqs", "127.0.0.1:4566", "is not a URL").at("config.aws:endpoints.sqs"),
        ],
    ),
    planted(LOCAL, "config", &[set("aws:s3UsePathStyle", "yes", "must be a boolean")]),
    planted(DEV, "config", &[set("aws:region", "us-east", "not a region")]),
    planted(
        PRODUCTION,
        "",
        &[text(
            "  aws:region: us-east-1\n",
            "",
            "Pulumi.production.yaml: config",
            "aws:region is missing",
        )],
    ),
    // Edits of the program that would remove a protection of production's data, or keep old
    // versions of the data forever.
    planted(
        MAIN,
        "resources",
        &[
            set(
                "table.properties.deletionProtectionEnabled",
                "false",
                "deletionProtectionEnabled must be true",
            )
            .at("Pulumi.production.yaml: table"),
            set("table.properties.pointInTimeRecovery.enabled", "false", "must be true"),
            set(
                "bucket.properties.forceDestroy",
                "true",
                "a protected bucket must not have forceDestroy",
            ),
            set(
                "bucketVersioning.properties.versioningConfiguration.status",
                "Suspended",
                r#"must be "Enabled""#,
            ),
            set("bucket.options.protect", "false", "holds data that this stack protects"),
            set("table.options.protect", "false", "holds data that this stack protects"),
        ],
    )
    .in_production(),
    planted(
        MAIN,
        "variables",
        &[set("lifecycleRulesOfStack[1].status", "Disabled", "keeps old versions forever")
            .at("resources.bucket")],
    )
    .in_production(),
    // Mistakes in descriptions of configuration keys, and in the README's table of them.
    planted(
        PROJECT,
        "config",
        &[
            set("presignedUrlSeconds.default", "600", "| `presignedUrlSeconds` | `600` |")
                .at("README.md"),
            set("throttlingBurst.description", REMOVED, "has no description"),
            set("throttlingBurst.description", "API requests", "throttlingBurst").at("README.md"),
        ],
    ),
    planted(
        README,
        "",
        &[
            text("| `shards` | `8` |", "| `shards` | `16` |", "README.md", "shards"),
            text("| `shards` |", "| `shard` |", "README.md", "shards"),
        ],
    ),
];
