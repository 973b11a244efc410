//! Mistakes in documents that the provider takes as text: policies, event patterns and the access
//! log's format.

use super::{MAIN, Planted, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "resources.headObjectPolicy.properties.policy.fn::toJSON").with(&[
        set("Statement[0].Efect", "Allow", "did you mean Effect?"),
        set("Statement[2].Action", "s3:Get*", "name each action"),
        set("Statement[2].Resource", r#""*""#, "name the resources"),
        set("Statement[0].Action", "[CreateLogStream]", "write service:Action"),
        set("Statement[2].Action", "s3:GetObjekt", "did you mean s3:GetObject?"),
        set("Statement[2].Action", "S3.GetObject", "write service:Action"),
        set("Statement[2].Resource", "${bucket.arn}", "s3:GetObject applies to objects"),
        set("Statement[3].Resource", "${bucket.arn}/*", "s3:ListBucket applies to a bucket"),
        set(
            "Statement[0].Resource",
            "${headObjectLogs.arn}",
            "logs:PutLogEvents applies to log streams",
        ),
        set("Statement[2].Resource", REMOVED, "must have a Resource"),
    ]),
    planted(MAIN, "resources.headObjectPolicy.properties.policy.fn::toJSON.Statement[3].Condition")
        .with(&[
            set("StringLikeIfExist", "{}", "unknown condition operator StringLikeIfExist"),
            set(
                "StringLikeIfExists.s3:prefixes",
                "${keyPrefix}*",
                "unknown condition key s3:prefixes",
            ),
        ]),
    // The policy of unmanagedBucket and setAsideBucket.
    planted(MAIN, "variables.policyOfStack.fn::toJSON.Statement[0]").with(&[
        set("Effect", "Denied", "must be Allow or Deny"),
        set("Effect", "Allow", "allows everyone"),
        set("Resource[1]", r#""{bucket}/*""#, "must be an ARN"),
        set("Action", "s4:*", "s4:* matches no known action"),
        set("Principal", "all", "a Principal must be"),
        set("Condition.NotIpAddress.aws:SourceIp", "127.0.0.0/80", "not an IP address or a range"),
    ]),
    planted(MAIN, "").with(&[
        set(
            "variables.bucketPolicyDocument.fn::toJSON.Version",
            "2008-10-17",
            r#"must be "2012-10-17""#,
        ),
        text(
            "list_awsx-ray.html\n            - Effect",
            "list_awsx-ray.html\n\n            - Effect",
            "pulumi/Main.yaml:",
            "a wildcard needs a comment",
        ),
    ]),
    planted(MAIN, "resources").with(&[
        set(
            "alarmTopicPolicy.properties.policy.fn::toJSON.Statement[0].Resource",
            "${failureQueue.arn}",
            "sns:Publish applies to a topic, not to a queue",
        ),
        set(
            "putMetadataPolicy.properties.policy.fn::toJSON.Statement[2].Resource",
            "${bucket.arn}",
            "dynamodb:GetItem applies to a table, not to a bucket",
        ),
        set(
            "infoImagesPolicy.properties.policy.fn::toJSON.Statement[2].Action",
            "dynamodb:BatchGetItem",
            "dynamodb:BatchGetItem applies to a table, not to an index",
        )
        .at("infoImagesPolicy"),
        set(
            "infoImagesPolicy.properties.policy.fn::toJSON.Statement[2].Resource",
            "${table.arn}/index/by-sizes",
            "table has no index by-sizes",
        ),
        set(
            "apiStage.properties.accessLogSettings.format.fn::toJSON.time",
            "$context.requestTimes",
            "did you mean requestTime?",
        ),
    ]),
    // A policy with ARNs that are joined from parts.
    planted(MAIN, "resources.reconcilePolicy.properties.policy.fn::toJSON").with(&[
        set(
            "Statement[3].Resource.fn::join[1][5]",
            "execution",
            "states:StartExecution applies to a state machine",
        ),
        set("Statement[3].Resource.fn::join[1][1]", "aws", "begin the ARN with arn:${partition}"),
        set(
            "Statement[5].Action",
            "states:RedriveExecutions",
            "did you mean states:RedriveExecution?",
        ),
        set(
            "Statement[3].Resource.fn::join[1][6]",
            "pixgauge-${pulumi.stack}-reconciliation",
            "no state machine named pixgauge-dev-reconciliation",
        ),
        set(
            "Statement[4].Resource[0].fn::join[1][6]",
            "pixgauge-${pulumi.stack}-reconciled:*",
            "no state machine named pixgauge-dev-reconciled",
        ),
    ]),
    planted(MAIN, "variables.functionTrust.fn::toJSON.Statement[0]").with(&[
        set("Principal.Service", "lamda.amazonaws.com", "did you mean lambda.amazonaws.com?"),
        set("Principal", REMOVED, "must have a Principal"),
    ]),
    planted(MAIN, "resources.objectEvents.properties.eventPattern.fn::toJSON").with(&[
        set("source[0]", "aws.s4", "did you mean aws.s3?"),
        set("source", REMOVED, "source is missing"),
        set("source", "aws.s3", "must be a list"),
        set("detail-type[1]", "Object Removed", r#"unknown detail-type "Object Removed""#),
        set("detailType", "[Object Created]", "did you mean detail-type?"),
        set("detail.bucket.names", "['${bucket.id}']", "did you mean bucket.name?"),
        set("detail.object.key[0].prefx", "${keyPrefix}", "prefix?"),
        set("detail.$or[1].deletion-typ", "[{exists: false}]", "did you mean deletion-type?"),
        set(
            "detail.$or[2].object.version",
            "[{exists: false}]",
            "the event has no field detail.object.version",
        ),
        set("detail.$or", "[{reason: [{exists: false}]}]", "at least two patterns"),
        set("detail.$or[0]", "reason", "must be a pattern"),
    ]),
];
