//! Mistakes in values that are just strings and numbers in the schema, but have a limited range or
//! syntax in AWS.

use super::{MAIN, Planted, REMOVED, planted, set};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "variables").with(&[
        set("lifecycleRulesOfStack[0].status", "On", "must be one of Enabled, Disabled")
            .at("bucketLifecycle.properties.rules"),
        set(
            "lifecycleRulesOfStack[0].abortIncompleteMultipartUpload.daysAfterInitiation",
            "0",
            "from 1",
        )
        .at("abortIncompleteMultipartUpload.daysAfterInitiation"),
        set("lifecycleRulesOfStack[2].expiration", "null", "has no value"),
        set("keyPrefixIsOfAscii.fn::select[0]", "-1", "index -1 is not an index")
            .at("variables.keyPrefixIsOfAscii"),
    ]),
    planted(MAIN, "resources.table.properties").with(&[
        set("name", "pixgauge/${pulumi.stack}/catalog", "contains '/'"),
        set("attributes[1].type", "Number", "must be one of S, N, B"),
        set("globalSecondaryIndexes[0].projectionType", "EVERYTHING", "must be one of ALL"),
        set(
            "globalSecondaryIndexes[0].keySchemas[1].keyType",
            "SORT",
            "must be one of HASH, RANGE",
        ),
        set("globalSecondaryIndexes[0].keySchemas[1].keyType", "HASH", "one HASH key"),
        set("globalSecondaryIndexes[1].name", "by-size", "two indexes are named by-size"),
        set("hashKey", "key", "the key key is not declared as an attribute")
            .at("table.properties.attributes"),
        // Missing properties of a table: optional in the schema, but required by the checks.
        set("hashKey", REMOVED, "hashKey is missing"),
        set("billingMode", REMOVED, "billingMode is missing"),
        set("ttl.enabled", REMOVED, "ttl.enabled is missing"),
    ]),
    planted(MAIN, "resources.headObject.properties").with(&[
        set("name", "pixgauge.${pulumi.stack}.head-object", "contains '.'"),
        set("loggingConfig.logFormat", "Json", "did you mean JSON?"),
    ]),
    planted(MAIN, "resources").with(&[
        set("recountTotals.properties.timeout", "901", "from 1 to 900"),
        set("failureQueue.properties.messageRetentionSeconds", "1209601", "from 60 to 1209600"),
        set(
            "objectEventsTarget.properties.retryPolicy.maximumEventAgeInSeconds",
            "30",
            "from 60 to 86400",
        ),
        set("reconcile.properties.loggingConfiguration.level", "ERRORS", "did you mean ERROR?"),
        set("reconcile.properties.type", "Standard", "must be one of STANDARD, EXPRESS"),
        set(
            "reconciliations.properties.flexibleTimeWindow.mode",
            "NONE",
            "must be one of OFF, FLEXIBLE",
        ),
        set("reconciliations.properties.target.input", r#""{""#, "is not JSON"),
        set("api.properties.protocolType", "REST", "must be one of HTTP"),
        set(
            "api.properties.corsConfiguration.allowMethods",
            "[GET, HEAD, OPTION]",
            "did you mean OPTIONS?",
        ),
        set("api.properties.corsConfiguration.maxAge", "864000", "86400"),
        set("openapiOptionsRoute.properties.authorizationType", "OPEN", "must be one of NONE"),
        set(
            "getMetadataPermission.properties.action",
            "lambda:Invoke",
            "must be one of lambda:InvokeFunction",
        ),
        set(
            "setAsidePublicAccess.properties.blockPublicPolicy",
            REMOVED,
            "blockPublicPolicy must be true",
        ),
        set(
            "failureQueue.properties.messageRetentionSeconds",
            REMOVED,
            "messageRetentionSeconds is missing",
        ),
        set("infoImagesPermission.properties.sourceArn", REMOVED, "sourceArn is missing"),
        set("apiStage.properties.autoDeploy", REMOVED, "autoDeploy is missing"),
        set("headObject.properties.code", REMOVED, "code is missing"),
    ]),
    planted(MAIN, "resources.getMetadataIntegration.properties").with(&[
        set("payloadFormatVersion", r#""2""#, "must be one of 1.0, 2.0"),
        set("integrationType", "AWS_PROXI", "did you mean AWS_PROXY?"),
    ]),
    planted(MAIN, "resources.executionsFailedAlarm.properties").with(&[
        set("comparisonOperator", "GreaterOrEqual", "must be one of GreaterThanOrEqualToThreshold"),
        set("treatMissingData", "notbreaching", "did you mean notBreaching?"),
        set("treatMissingData", REMOVED, "treatMissingData is missing"),
        set("datapointsToAlarm", "4", "4 datapoints of 3 periods"),
        set("metricQueries[1].metric.period", "45", "45 is not a period"),
        set("metricQueries[1].metric.stat", "Total", "not a statistic"),
        set("metricQueries[1].id", "total", "two queries have the id total"),
        set("metricQueries[1].id", "Analyze", "a lower-case letter"),
        set(
            "metricQueries[0].returnData",
            REMOVED,
            "exactly one query must have returnData: true, not 0",
        ),
        set("alarmActions[0]", REMOVED, "alarmActions is empty"),
        set("alarmActions[0]", "${alarmTopic.name}", "must be the output arn of a topic"),
    ]),
];
