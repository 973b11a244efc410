//! Mistakes in values that are just strings and numbers in the schema, but have a limited range or
//! syntax in AWS.

use super::{DEV, MAIN, Mistake, PROJECT, mistake};

/// Mistakes in the bucket and the table.
pub(super) const STORAGE: &[Mistake] = &[
    mistake(
        PROJECT,
        "default: pixgauge-{stack}",
        "default: Pixgauge-{stack}",
        ["bucket.properties.bucket", "only lower-case letters"],
    ),
    mistake(
        PROJECT,
        "default: pixgauge-{stack}",
        "default: pixgauge-images-of-all-uploads-to-be-measured-{stack}",
        ["bucket.properties.bucket", "must have from 3 to 63 characters"],
    ),
    mistake(
        PROJECT,
        "sseAlgorithm: AES256",
        "sseAlgorithm: AES-256",
        ["config.bucketEncryptionRules", "did you mean AES256?"],
    ),
    mistake(
        PROJECT,
        "default: BucketOwnerEnforced",
        "default: BucketOwner",
        ["config.bucketObjectOwnership", "must be one of BucketOwnerEnforced"],
    ),
    mistake(
        MAIN,
        "      status: Enabled",
        "      status: On",
        ["bucketLifecycle.properties.rules", "must be one of Enabled, Disabled"],
    ),
    mistake(
        MAIN,
        "daysAfterInitiation: 1",
        "daysAfterInitiation: 0",
        ["abortIncompleteMultipartUpload.daysAfterInitiation", "from 1"],
    ),
    mistake(
        PROJECT,
        "allowedMethods: [GET, HEAD]",
        "allowedMethods: [GET, OPTIONS]",
        ["config.bucketCorsRules.default[0].allowedMethods[1]", "must be one of GET, PUT"],
    ),
    mistake(
        MAIN,
        "name: pixgauge-${pulumi.stack}-catalog",
        "name: pixgauge/${pulumi.stack}/catalog",
        ["table.properties.name", "contains '/'"],
    ),
    mistake(
        MAIN,
        "{name: shard, type: N}",
        "{name: shard, type: Number}",
        ["table.properties.attributes[1].type", "must be one of S, N, B"],
    ),
    mistake(
        MAIN,
        "projectionType: ALL",
        "projectionType: EVERYTHING",
        ["globalSecondaryIndexes[0].projectionType", "must be one of ALL"],
    ),
    mistake(
        MAIN,
        "{attributeName: size, keyType: RANGE}",
        "{attributeName: size, keyType: SORT}",
        ["keySchemas[1].keyType", "must be one of HASH, RANGE"],
    ),
    mistake(
        MAIN,
        "{attributeName: size, keyType: RANGE}",
        "{attributeName: size, keyType: HASH}",
        ["globalSecondaryIndexes[0].keySchemas", "one HASH key"],
    ),
    mistake(
        MAIN,
        "- name: by-key",
        "- name: by-size",
        ["globalSecondaryIndexes[1]", "two indexes are named by-size"],
    ),
    mistake(
        MAIN,
        "hashKey: s3objectkey",
        "hashKey: key",
        ["table.properties.attributes", "the key key is not declared as an attribute"],
    ),
];

/// Mistakes in functions, queues, state machines and what starts them.
pub(super) const COMPUTE: &[Mistake] = &[
    mistake(
        MAIN,
        "name: pixgauge-${pulumi.stack}-head-object\n      description",
        "name: pixgauge.${pulumi.stack}.head-object\n      description",
        ["headObject.properties.name", "contains '.'"],
    ),
    mistake(
        MAIN,
        "timeout: 540",
        "timeout: 901",
        ["recountTotals.properties.timeout", "from 1 to 900"],
    ),
    mistake(
        MAIN,
        "logFormat: JSON",
        "logFormat: Json",
        ["headObject.properties.loggingConfig.logFormat", "did you mean JSON?"],
    ),
    mistake(
        MAIN,
        "messageRetentionSeconds: 1209600",
        "messageRetentionSeconds: 1209601",
        ["failureQueue.properties.messageRetentionSeconds", "from 60 to 1209600"],
    ),
    mistake(
        MAIN,
        "maximumEventAgeInSeconds: 86400",
        "maximumEventAgeInSeconds: 30",
        ["objectEventsTarget", "from 60 to 86400"],
    ),
    mistake(
        MAIN,
        "level: ERROR",
        "level: ERRORS",
        ["reconcile.properties.loggingConfiguration.level", "did you mean ERROR?"],
    ),
    mistake(
        MAIN,
        "type: STANDARD",
        "type: Standard",
        ["reconcile.properties.type", "must be one of STANDARD, EXPRESS"],
    ),
    mistake(
        MAIN,
        "mode: \"OFF\"",
        "mode: \"NONE\"",
        ["reconciliations.properties.flexibleTimeWindow.mode", "must be one of OFF, FLEXIBLE"],
    ),
    mistake(
        MAIN,
        "input:\n          fn::toJSON: {remeasure: \"${reconcileScheduleRemeasures}\"}",
        "input: \"{\"",
        ["reconciliations.properties.target.input", "is not JSON"],
    ),
];

pub(super) const API: &[Mistake] = &[
    mistake(
        MAIN,
        "protocolType: HTTP",
        "protocolType: REST",
        ["api.properties.protocolType", "must be one of HTTP"],
    ),
    mistake(
        MAIN,
        "allowMethods: [GET, HEAD, OPTIONS, POST]",
        "allowMethods: [GET, HEAD, OPTION]",
        ["corsConfiguration.allowMethods[2]", "did you mean OPTIONS?"],
    ),
    mistake(
        MAIN,
        "        maxAge: 3600",
        "        maxAge: 864000",
        ["corsConfiguration.maxAge", "86400"],
    ),
    mistake(
        MAIN,
        "payloadFormatVersion: \"2.0\"",
        "payloadFormatVersion: \"2\"",
        ["getMetadataIntegration.properties.payloadFormatVersion", "must be one of 1.0, 2.0"],
    ),
    mistake(
        MAIN,
        "integrationType: AWS_PROXY",
        "integrationType: AWS_PROXI",
        ["getMetadataIntegration.properties.integrationType", "did you mean AWS_PROXY?"],
    ),
    mistake(
        MAIN,
        "authorizationType: NONE",
        "authorizationType: OPEN",
        ["openapiOptionsRoute.properties.authorizationType", "must be one of NONE"],
    ),
    mistake(
        MAIN,
        "action: lambda:InvokeFunction",
        "action: lambda:Invoke",
        ["getMetadataPermission.properties.action", "must be one of lambda:InvokeFunction"],
    ),
];

/// Missing properties that are optional only in the schema.
pub(super) const REQUIRED: &[Mistake] = &[
    mistake(MAIN, "      hashKey: s3objectkey\n", "", ["table.properties", "hashKey is missing"]),
    mistake(
        MAIN,
        "      billingMode: PAY_PER_REQUEST\n",
        "",
        ["table.properties", "billingMode is missing"],
    ),
    mistake(
        MAIN,
        "        attributeName: expiresAt\n        enabled: true\n",
        "        attributeName: expiresAt\n",
        ["table.properties", "ttl.enabled is missing"],
    ),
    mistake(
        MAIN,
        "      blockPublicPolicy: true\n",
        "",
        ["setAsidePublicAccess.properties", "blockPublicPolicy must be true"],
    ),
    mistake(
        DEV,
        "config:\n",
        "config:\n  pixgauge:bucketRestrictPublicBuckets: false\n",
        ["bucketPublicAccess.properties", "restrictPublicBuckets must be true"],
    ),
    mistake(
        MAIN,
        "      messageRetentionSeconds: 1209600\n",
        "",
        ["failureQueue.properties", "messageRetentionSeconds is missing"],
    ),
    mistake(
        MAIN,
        "      sourceArn: ${api.executionArn}/*/*/images/info\n",
        "",
        ["infoImagesPermission.properties", "sourceArn is missing"],
    ),
    mistake(MAIN, "        expiredObjectDeleteMarker: true\n", "", ["expiration", "has no value"]),
    mistake(
        MAIN,
        "      code:\n        fn::fileArchive: ${artifacts}/head-object/bootstrap.zip\n",
        "",
        ["headObject.properties", "code is missing"],
    ),
    mistake(MAIN, "      autoDeploy: true\n", "", ["apiStage.properties", "autoDeploy is missing"]),
];

pub(super) const ALARMS: &[Mistake] = &[
    mistake(
        MAIN,
        "comparisonOperator: GreaterThanOrEqualToThreshold",
        "comparisonOperator: GreaterOrEqual",
        ["Alarm.properties.comparisonOperator", "must be one of GreaterThanOrEqualToThreshold"],
    ),
    mistake(
        MAIN,
        "treatMissingData: notBreaching",
        "treatMissingData: notbreaching",
        ["Alarm.properties.treatMissingData", "did you mean notBreaching?"],
    ),
    mistake(
        MAIN,
        "      treatMissingData: notBreaching\n",
        "",
        ["Alarm.properties", "treatMissingData is missing"],
    ),
    mistake(
        MAIN,
        "datapointsToAlarm: 1\n",
        "datapointsToAlarm: 4\n",
        ["Alarm.properties.datapointsToAlarm", "4 datapoints of 3 periods"],
    ),
    mistake(
        MAIN,
        "            period: 300\n",
        "            period: 45\n",
        ["metricQueries[1].metric.period", "45 is not a period"],
    ),
    mistake(
        MAIN,
        "            stat: Sum\n",
        "            stat: Total\n",
        ["metricQueries[1].metric.stat", "not a statistic"],
    ),
    mistake(
        MAIN,
        "        - id: analyze\n",
        "        - id: total\n",
        ["Alarm.properties.metricQueries[1]", "two queries have the id total"],
    ),
    mistake(
        MAIN,
        "        - id: analyze\n",
        "        - id: Analyze\n",
        ["Alarm.properties.metricQueries[1].id", "a lower-case letter"],
    ),
    mistake(
        MAIN,
        "          returnData: true\n",
        "",
        ["Alarm.properties", "exactly one query must have returnData: true, not 0"],
    ),
    mistake(
        MAIN,
        "alarmActions: [\"${alarmTopic.arn}\"]",
        "alarmActions: []",
        ["Alarm.properties", "alarmActions is empty"],
    ),
    mistake(
        MAIN,
        "alarmActions: [\"${alarmTopic.arn}\"]",
        "alarmActions: [\"${alarmTopic.name}\"]",
        ["Alarm.properties.alarmActions[0]", "must be the output arn of a topic"],
    ),
    mistake(
        MAIN,
        "Action: sns:Publish\n              Resource: ${alarmTopic.arn}",
        "Action: sns:Publish\n              Resource: ${failureQueue.arn}",
        ["alarmTopicPolicy", "sns:Publish applies to a topic, not to a queue"],
    ),
];
