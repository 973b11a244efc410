//! Mistakes in documents that the provider takes as text: policies, event patterns and the access
//! log's format.

use super::{DEV, MAIN, Mistake, PROJECT, mistake};

/// Mistakes in policies and in the access log's format.
pub(super) const POLICIES: &[Mistake] = &[
    mistake(
        MAIN,
        "            - Effect: Allow\n",
        "            - Efect: Allow\n",
        ["Statement[0].Efect", "did you mean Effect?"],
    ),
    mistake(
        MAIN,
        "Sid: DenyUnencryptedTransport\n          Effect: Deny",
        "Effect: Denied",
        ["policyOfStack", "must be Allow or Deny"],
    ),
    mistake(
        MAIN,
        "Version: \"2012-10-17\"",
        "Version: \"2008-10-17\"",
        ["bucketPolicyDocument", "must be \"2012-10-17\""],
    ),
    mistake(
        MAIN,
        "Action: s3:GetObject\n",
        "Action: s3:Get*\n",
        ["headObjectPolicy", "name each action"],
    ),
    mistake(
        MAIN,
        "Resource:\n                fn::join: [\"/\", [\"${bucket.arn}\", \"${keyPrefix}*\"]]\n",
        "Resource: \"*\"\n",
        ["headObjectPolicy", "name the resources"],
    ),
    mistake(
        MAIN,
        "Action: [logs:CreateLogStream, logs:PutLogEvents]",
        "Action: [CreateLogStream]",
        ["headObjectPolicy", "write service:Action"],
    ),
    mistake(
        MAIN,
        "Action: s3:GetObject\n",
        "Action: s3:GetObjekt\n",
        ["headObjectPolicy", "did you mean s3:GetObject?"],
    ),
    mistake(
        MAIN,
        "Action: s3:GetObject\n",
        "Action: S3.GetObject\n",
        ["headObjectPolicy", "write service:Action"],
    ),
    mistake(
        MAIN,
        "Resource:\n                fn::join: [\"/\", [\"${bucket.arn}\", \"${keyPrefix}*\"]]\n",
        "Resource: ${bucket.arn}\n",
        ["headObjectPolicy", "s3:GetObject applies to objects"],
    ),
    mistake(
        MAIN,
        "Action: s3:ListBucket\n              Resource: ${bucket.arn}\n",
        "Action: s3:ListBucket\n              Resource: ${bucket.arn}/*\n",
        ["headObjectPolicy", "s3:ListBucket applies to a bucket"],
    ),
    mistake(
        MAIN,
        "Resource: ${headObjectLogs.arn}:*",
        "Resource: ${headObjectLogs.arn}",
        ["headObjectPolicy", "logs:PutLogEvents applies to log streams"],
    ),
    mistake(
        MAIN,
        "Action: [dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem]\n              Resource: ${table.arn}",
        "Action: [dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem]\n              Resource: ${bucket.arn}",
        ["putMetadataPolicy", "dynamodb:GetItem applies to a table, not to a bucket"],
    ),
    mistake(
        MAIN,
        "Action: dynamodb:Query\n              Resource: ${table.arn}/index/by-size",
        "Action: dynamodb:BatchGetItem\n              Resource: ${table.arn}/index/by-size",
        ["infoImagesPolicy", "dynamodb:BatchGetItem applies to a table, not to an index"],
    ),
    mistake(
        MAIN,
        "\"${accountId}\", stateMachine,",
        "\"${accountId}\", execution,",
        ["reconcilePolicy", "states:StartExecution applies to a state machine"],
    ),
    mistake(
        MAIN,
        "StringLikeIfExists: {\"s3:prefix\"",
        "StringLikeIfExist: {\"s3:prefix\"",
        ["headObjectPolicy", "unknown condition operator StringLikeIfExist"],
    ),
    mistake(
        MAIN,
        "{\"s3:prefix\"",
        "{\"s3:prefixes\"",
        ["headObjectPolicy", "unknown condition key s3:prefixes"],
    ),
    mistake(
        MAIN,
        "Principal: {Service: lambda.amazonaws.com}",
        "Principal: {Service: lamda.amazonaws.com}",
        ["functionTrust", "did you mean lambda.amazonaws.com?"],
    ),
    mistake(
        MAIN,
        "          Principal: {Service: lambda.amazonaws.com}\n",
        "",
        ["functionTrust", "must have a Principal"],
    ),
    mistake(
        MAIN,
        "              Resource:\n                fn::join: [\"/\", [\"${bucket.arn}\", \"${keyPrefix}*\"]]\n",
        "",
        ["headObjectPolicy", "must have a Resource"],
    ),
    mistake(
        MAIN,
        "Sid: DenyUnencryptedTransport\n          Effect: Deny",
        "Effect: Allow",
        ["policyOfStack", "allows everyone"],
    ),
    mistake(
        MAIN,
        "Resource: [\"{bucketArn}\", \"{bucketArn}/*\"]",
        "Resource: [\"{bucketArn}\", \"{bucket}/*\"]",
        ["policyOfStack", "must be an ARN"],
    ),
    mistake(
        MAIN,
        "Action: s3:*\n",
        "Action: s4:*\n",
        ["policyOfStack", "s4:* matches no known action"],
    ),
    mistake(MAIN, "Principal: \"*\"", "Principal: all", ["policyOfStack", "a Principal must be"]),
    mistake(
        MAIN,
        "Resource: ${table.arn}/index/by-size",
        "Resource: ${table.arn}/index/by-sizes",
        ["infoImagesPolicy", "table has no index by-sizes"],
    ),
    mistake(
        MAIN,
        "[arn, \"${partition}\", states,",
        "[arn, aws, states,",
        ["reconcilePolicy", "begin the ARN with arn:${partition}"],
    ),
    mistake(
        MAIN,
        "states:RedriveExecution",
        "states:RedriveExecutions",
        ["reconcilePolicy", "did you mean states:RedriveExecution?"],
    ),
    mistake(
        MAIN,
        "\"pixgauge-${pulumi.stack}-reconcile\"]",
        "\"pixgauge-${pulumi.stack}-reconciliation\"]",
        ["reconcilePolicy", "no state machine named pixgauge-dev-reconciliation"],
    ),
    mistake(
        MAIN,
        "\"pixgauge-${pulumi.stack}-reconcile:*\"]",
        "\"pixgauge-${pulumi.stack}-reconciled:*\"]",
        ["reconcilePolicy", "no state machine named pixgauge-dev-reconciled"],
    ),
    mistake(
        MAIN,
        "$context.requestTime\n",
        "$context.requestTimes\n",
        ["apiStage.properties.accessLogSettings.format", "did you mean requestTime?"],
    ),
    mistake(
        PROJECT,
        "Resource: [\"{bucketArn}\", \"{bucketArn}/*\"]",
        "Resource: [\"{bucketArn}\", \"{bucket}/*\"]",
        ["config.bucketPolicyStatements.default[0].Resource[1]", "must be an ARN"],
    ),
    mistake(
        PROJECT,
        "        Principal: \"*\"\n",
        "",
        ["config.bucketPolicyStatements.default[0]", "must have a Principal"],
    ),
    mistake(
        DEV,
        "config:\n",
        "config:\n  pixgauge:kmsKeyArns: [key/1]\n",
        ["pixgauge:kmsKeyArns[0]", "must be an ARN"],
    ),
    mistake(MAIN, "127.0.0.0/8", "127.0.0.0/80", ["policyOfStack", "not an IP address or a range"]),
    mistake(
        MAIN,
        "            # Actions on X-Ray traces and sampling rules support no resource types, so they require
            # `*`.
",
        "",
        ["pulumi/Main.yaml:", "a wildcard needs a comment"],
    ),
];

/// Mistakes in the pattern of the events that start executions.
pub(super) const EVENTS: &[Mistake] = &[
    mistake(
        MAIN,
        "source: [aws.s3]",
        "source: [aws.s4]",
        ["objectEvents.properties.eventPattern", "did you mean aws.s3?"],
    ),
    mistake(
        MAIN,
        "          source: [aws.s3]\n",
        "",
        ["objectEvents.properties.eventPattern", "source is missing"],
    ),
    mistake(
        MAIN,
        "source: [aws.s3]",
        "source: aws.s3",
        ["eventPattern.fn::toJSON.source", "must be a list"],
    ),
    mistake(
        MAIN,
        "[Object Created, Object Deleted,",
        "[Object Created, Object Removed,",
        ["eventPattern", "unknown detail-type \"Object Removed\""],
    ),
    mistake(
        MAIN,
        "          detail-type:",
        "          detailType:",
        ["eventPattern", "did you mean detail-type?"],
    ),
    mistake(
        MAIN,
        "              name: [\"${bucket.id}\"]",
        "              names: [\"${bucket.id}\"]",
        ["eventPattern", "did you mean bucket.name?"],
    ),
    mistake(
        MAIN,
        "key: [{prefix: \"${keyPrefix}\"}]",
        "key: [{prefx: \"${keyPrefix}\"}]",
        ["eventPattern", "prefix?"],
    ),
    mistake(
        MAIN,
        "- deletion-type: [{exists: false}, {anything-but: Permanently Deleted}]",
        "- deletion-typ: [{exists: false}, {anything-but: Permanently Deleted}]",
        ["eventPattern", "did you mean deletion-type?"],
    ),
    mistake(
        MAIN,
        "- object: {version-id: [{exists: false}, \"null\", {anything-but: {wildcard: \"*\"}}]}",
        "- object: {version: [{exists: false}, \"null\"]}",
        ["eventPattern", "the event has no field detail.object.version"],
    ),
    mistake(
        MAIN,
        "              - reason: [{exists: false}, {anything-but: Lifecycle Expiration}]\n              - deletion-type: [{exists: false}, {anything-but: Permanently Deleted}]\n",
        "",
        ["eventPattern", "at least two patterns"],
    ),
    mistake(
        MAIN,
        "              - reason: [{exists: false}, {anything-but: Lifecycle Expiration}]\n",
        "              - reason\n",
        ["eventPattern", "must be a pattern"],
    ),
];
