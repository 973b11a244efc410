//! Mistakes in `Pulumi.yaml` and in `Pulumi.dev.yaml`.

use super::{DEV, PROJECT, Planted, REMOVED, planted, set};

pub(super) const MISTAKES: &[Planted] = &[
    planted(PROJECT, "config").with(&[
        set("bucketLifecycleRules.items.type", "objects", "needs a type"),
        set("memorySize.type", "int", "needs a type"),
        set("memorySize.default", "many", "must be of type integer"),
        set("memorySize.defalt", "256", "unknown field"),
        set("memorySize.default", REMOVED, "has no default, and Pulumi.dev.yaml does not set it"),
        set("architecture.default", "arm", "must be one of arm64, x86_64"),
        set("logLevel.default", "VERBOSE", "one of TRACE"),
        set("stateMachineType.default", "FAST", "EXPRESS"),
        set("reconcileSchedule.default", "daily", "not a schedule"),
        set("reconcileScheduleState.default", "OFF", "ENABLED"),
        set("shards.default", "0", "from 1 to 100, not 0"),
        set("shards.default", "101", "from 1 to 100, not 101"),
        set("presignedUrlSeconds.default", "0", "from 1 to 43200"),
        set("imageCacheSeconds.default", "-1", "from 0"),
        set("authorization.default", "IAM", "one of NONE, AWS_IAM"),
        set("corsOrigins.default[0]", "https://a.example/", "not an origin"),
        set("throttlingRate.default", "0", "from 1 to 100000"),
        set("throttlingBurst.default", "60000", "from 1 to 50000"),
        set("reservedConcurrency.default", "0", "0 stops the function: use -1"),
        set("reservedConcurrency.default", "-2", "must be -1"),
        set("listingBurst.default", "60000", "from 1 to 50000"),
        set("permissionsBoundary.default", "boundary", "not the ARN of a policy"),
        set("versioning.default", "Off", "Enabled, Suspended"),
        set("color", "{type: string, default: red, description: None}", "nothing refers to color"),
        set("bucketPolicyStatements.default[0].Resource[1]", r#""{bucket}/*""#, "must be an ARN"),
        set("bucketName.default", "Pixgauge-{stack}-{account}-{region}", "only lower-case letters")
            .at("bucket.properties.bucket"),
        set(
            "bucketName.default",
            "pixgauge-images-of-all-uploads-to-be-measured-{stack}-{account}-{region}",
            "must have from 3 to 63 characters",
        )
        .at("bucket.properties.bucket"),
        set("bucketObjectOwnership.default", "BucketOwner", "must be one of BucketOwnerEnforced"),
        set("bucketCorsRules.default[0].allowedMethods[1]", "OPTIONS", "must be one of GET, PUT"),
    ]),
    planted(PROJECT, "config.bucketEncryptionRules.default[0]").with(&[
        set(
            "aplyServerSideEncryptionByDefault",
            "{}",
            "did you mean applyServerSideEncryptionByDefault?",
        ),
        set("applyServerSideEncryptionByDefault.sseAlgorithm", "AES-256", "did you mean AES256?"),
    ]),
    planted(DEV, "config").with(&[
        set("pixgauge:bucketTags", "[a]", "must be of type object"),
        set("pixgauge:functiontracing", "Active", r#"declares no key "functiontracing""#),
        set("pixgage:functionTracing", "Active", "keys begin with `pixgauge:`"),
        set("pixgauge:functionTracing", "{secure: 'v1:abc'}", "only the Pulumi CLI can read it"),
        set("pixgauge:logRetentionDays", "0", "forever"),
        set("pixgauge:functionTracing", "On", "PassThrough"),
        set("pixgauge:kmsKeyArns", "[key/1]", "must be an ARN"),
        set(
            "pixgauge:bucketLifecycleRules",
            "[{id: a, status: Enabled, filtr: {}}]",
            "did you mean filter?",
        )
        .at("bucketLifecycle.properties.rules"),
        set("pixgauge:logRetentionDays", "8", "not 8"),
        set("aws:regoin", "us-east-1", "no setting regoin (did you mean region?)"),
        set("aws:defaultTags.tag", "{}", "no setting tag (did you mean tags?)"),
        set("aws:region", "us-east", "not a region"),
        set("pixgauge:bucketRestrictPublicBuckets", "false", "restrictPublicBuckets must be true")
            .at("bucketPublicAccess.properties"),
    ]),
    planted(PROJECT, "").with(&[
        set("main", "program", "cannot read").at("program/Main.yaml"),
        set("runtime", "nodejs", "only the runtime `yaml`"),
        set("requiredPulumiVersions", r#"">=3.246.0""#, "unknown field"),
        set("runtime", REMOVED, "has no runtime").at("Pulumi.yaml"),
        set("name", REMOVED, "has no name").at("Pulumi.yaml"),
    ]),
    planted(DEV, "").with(&[set("environment", "[secrets]", "unknown field")]),
];
