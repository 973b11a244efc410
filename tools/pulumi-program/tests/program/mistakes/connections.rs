//! Mistakes that leave a resource without a dependency, a property or a connection that it needs.

use super::{MAIN, Planted, REMOVED, planted, set};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "resources").with(&[
        set(
            "infoImagesRoute.properties.authorizationType",
            REMOVED,
            "lacks authorizationType, which every other",
        ),
        set("unmanagedBucket.options", REMOVED, "does not wait for bucket: add it to dependsOn"),
        set("table.options.dependsOn", REMOVED, "does not wait for bucket: add it to dependsOn"),
        set("headObjectRole.properties.name", REMOVED, "lacks name"),
        set(
            "bucketPolicy.options.dependsOn[0]",
            REMOVED,
            "must have bucketPublicAccess in dependsOn",
        ),
        set(
            "bucketLifecycle.options.dependsOn[0]",
            REMOVED,
            "must have bucketVersioning in dependsOn",
        ),
        set(
            "objectEventsTarget.options.dependsOn[1]",
            REMOVED,
            "must have undeliveredEventQueuePolicy in dependsOn",
        ),
        set("objectEventsTarget.properties.deadLetterConfig", REMOVED, "has no deadLetterConfig"),
        set(
            "reconciliations.properties.target.deadLetterConfig",
            REMOVED,
            "has no deadLetterConfig",
        ),
        set(
            "objectEventsTarget.properties.deadLetterConfig.arn",
            "${failureQueue.arn}",
            "no aws:sqs:QueuePolicy allows messages to failureQueue",
        ),
        set("bucketNotification.properties.eventbridge", REMOVED, "S3 sends no events")
            .at("resources.objectEvents"),
        set(
            "apiStage.properties.accessLogSettings.destinationArn",
            "${apiLogs.arn}:*",
            "must be ${….arn}, with the arn",
        ),
        set(
            "headObjectPolicy.properties.policy.fn::toJSON.Statement[1]",
            REMOVED,
            "headObjectRole does not allow xray:PutTraceSegments",
        )
        .at("resources.headObject"),
    ]),
    planted(MAIN, "resources.analyzeImage.properties.loggingConfiguration").with(&[
        set("includeExecutionData", REMOVED, "lacks loggingConfiguration.includeExecutionData"),
        set("logDestination", "${analyzeImageLogs.arn}", "must be ${….arn}:*"),
    ]),
    // A function that lacks a property that every other function has.
    planted(MAIN, "resources.headObject.properties").with(&[
        set("memorySize", REMOVED, "lacks memorySize"),
        set("tracingConfig", REMOVED, "lacks tracingConfig.mode"),
    ]),
    // Missing permissions for logs and traces.
    planted(MAIN, "resources.analyzeImagePolicy.properties.policy.fn::toJSON.Statement").with(&[
        set("[3].Action[5]", REMOVED, "analyzeImageRole does not allow logs:PutResourcePolicy")
            .at("resources.analyzeImage"),
        set("[4].Action[2]", REMOVED, "does not allow xray:GetSamplingRules")
            .at("resources.analyzeImage"),
    ]),
];
