//! Resources that lack a property or connection that others of their type have, or a dependency
//! that they need.

use super::{MAIN, Mistake, mistake};

pub(super) const CONNECTIONS: &[Mistake] = &[
    mistake(
        MAIN,
        "      routeKey: GET /images/info\n      target: integrations/${infoImagesIntegration.id}\n      authorizationType: ${authorization}\n",
        "      routeKey: GET /images/info\n      target: integrations/${infoImagesIntegration.id}\n",
        ["infoImagesRoute.properties", "lacks authorizationType, which every other"],
    ),
    mistake(
        MAIN,
        "    options: {dependsOn: [\"${bucket}\"]}\n",
        "",
        ["resources.unmanagedBucket", "does not wait for bucket: add it to dependsOn"],
    ),
    mistake(
        MAIN,
        "      protect: ${deletionProtection}\n      dependsOn: [\"${bucket}\"]\n",
        "      protect: ${deletionProtection}\n",
        ["resources.table", "does not wait for bucket: add it to dependsOn"],
    ),
    mistake(
        MAIN,
        "      memorySize: ${memorySize}\n",
        "",
        ["headObject.properties", "lacks memorySize"],
    ),
    mistake(
        MAIN,
        "      tracingConfig:\n        mode: ${functionTracing}\n",
        "",
        ["headObject.properties", "lacks tracingConfig.mode"],
    ),
    mistake(
        MAIN,
        "        includeExecutionData: ${executionLogData}\n",
        "",
        ["analyzeImage.properties", "lacks loggingConfiguration.includeExecutionData"],
    ),
    mistake(
        MAIN,
        "      name: pixgauge-${pulumi.stack}-head-object\n      permissionsBoundary",
        "      permissionsBoundary",
        ["headObjectRole.properties", "lacks name"],
    ),
    mistake(
        MAIN,
        "      dependsOn: [\"${bucketPublicAccess}\"]\n",
        "      dependsOn: []\n",
        ["resources.bucketPolicy", "must have bucketPublicAccess in dependsOn"],
    ),
    mistake(
        MAIN,
        "      dependsOn: [\"${bucketVersioning}\"]\n",
        "      dependsOn: []\n",
        ["resources.bucketLifecycle", "must have bucketVersioning in dependsOn"],
    ),
    mistake(
        MAIN,
        ", \"${undeliveredEventQueuePolicy}\"]",
        "]",
        ["resources.objectEventsTarget", "must have undeliveredEventQueuePolicy in dependsOn"],
    ),
    mistake(
        MAIN,
        "      deadLetterConfig:\n        arn: ${undeliveredEventQueue.arn}\n",
        "",
        ["resources.objectEventsTarget", "has no deadLetterConfig"],
    ),
    mistake(
        MAIN,
        "        deadLetterConfig:\n          arn: ${undeliveredEventQueue.arn}\n",
        "",
        ["resources.reconciliations", "has no deadLetterConfig"],
    ),
    mistake(
        MAIN,
        "arn: ${undeliveredEventQueue.arn}\n    options:\n      dependsOn: [\"${objectEventsPolicy}\"",
        "arn: ${failureQueue.arn}\n    options:\n      dependsOn: [\"${objectEventsPolicy}\"",
        ["resources.objectEventsTarget", "no aws:sqs:QueuePolicy allows messages to failureQueue"],
    ),
    mistake(
        MAIN,
        "      eventbridge: true\n",
        "",
        ["resources.objectEvents", "S3 sends no events"],
    ),
    mistake(
        MAIN,
        "logDestination: ${analyzeImageLogs.arn}:*",
        "logDestination: ${analyzeImageLogs.arn}",
        ["analyzeImage.properties.loggingConfiguration.logDestination", "must be ${….arn}:*"],
    ),
    mistake(
        MAIN,
        "destinationArn: ${apiLogs.arn}",
        "destinationArn: ${apiLogs.arn}:*",
        ["apiStage.properties.accessLogSettings.destinationArn", "must be ${….arn}, with the arn"],
    ),
    mistake(
        MAIN,
        "                - logs:PutResourcePolicy\n",
        "",
        ["resources.analyzeImage", "analyzeImageRole does not allow logs:PutResourcePolicy"],
    ),
    mistake(
        MAIN,
        "                - xray:GetSamplingRules\n",
        "",
        ["resources.analyzeImage", "does not allow xray:GetSamplingRules"],
    ),
    mistake(
        MAIN,
        "            - ${sendTraces}\n",
        "",
        ["resources.headObject", "headObjectRole does not allow xray:PutTraceSegments"],
    ),
];
