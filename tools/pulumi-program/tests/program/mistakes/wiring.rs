//! Mistakes in the wiring of resources: roles, log groups, archives, placeholders, routes.

use super::{MAIN, Planted, REMOVED, planted, set};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "resources").with(&[
        set("headObject.options.dependsOn[0]", REMOVED, "must have headObjectPolicy in dependsOn"),
        set(
            "headObject.options.dependsOn[0]",
            "${readDimensionsPolicy}",
            "must have headObjectPolicy in dependsOn",
        ),
        set(
            "analyzeImage.options.dependsOn[0]",
            REMOVED,
            "must have analyzeImagePolicy in dependsOn",
        ),
        set(
            "objectEventsTarget.options.dependsOn[0]",
            REMOVED,
            "must have objectEventsPolicy in dependsOn",
        ),
        set(
            "headObjectPolicy.properties.role",
            "${readDimensionsRole.id}",
            "headObjectRole has no policy",
        )
        .at("headObject.properties.role"),
        set("headObjectLogs.properties.retentionInDays", REMOVED, "forever"),
        set("headObjectLogs.properties.retentionInDays", "0", "forever"),
        set(
            "headObjectPolicy.properties.policy.fn::toJSON.Statement[0].Resource",
            "${readDimensionsLogs.arn}:*",
            "does not allow logs:PutLogEvents",
        )
        .at("resources.headObject"),
        set(
            "reconcileScheduleRole.properties.assumeRolePolicy.fn::toJSON.Statement[0].Principal.Service",
            "events.amazonaws.com",
            "does not trust scheduler.amazonaws.com",
        )
        .at("reconciliations.properties.target.roleArn"),
        // Routes of the API.
        set(
            "apiStage.options.dependsOn[2]",
            REMOVED,
            "must have infoImagesRoute in dependsOn, the route for GET /images/info",
        ),
        set(
            "apiStage.properties.routeSettings[3].routeKey",
            "HEAD /images/infos",
            "there is no route for HEAD /images/infos",
        ),
        set(
            "infoImagesHeadRoute.properties.routeKey",
            "GET /images/info",
            "infoImagesRoute is already the route",
        ),
        set("infoImagesRoute.properties.routeKey", "GTE /images/info", "the method must be one of"),
        set("openapiRoute.properties.routeKey", "GET /openapi.yaml", "differ in GET /openapi.json")
            .at("pulumi/Main.yaml: routes"),
    ]),
    planted(MAIN, "resources.readDimensions.properties").with(&[
        set(
            "role",
            "${headObjectRole.arn}",
            "is also the role of headObject",
        ),
        set(
            "code.fn::fileArchive",
            "${artifacts}/head-object/bootstrap.zip",
            "headObject also uses the archive of head-object",
        ),
        set(
            "timeout",
            "30",
            "times out after 25 s, before readDimensions does after 30 s",
        )
        .at("States.ReadDimensions"),
    ]),
    planted(MAIN, "resources.getMetadataPermission.properties").with(&[
        set(
            "sourceArn",
            "${api.executionArn}/*/POST/images/metadata/*",
            "allows the API to invoke getMetadata for GET /images/metadata",
        )
        .at("resources.getMetadataRoute"),
        set(
            "principal",
            "events.amazonaws.com",
            "allows the API to invoke getMetadata",
        )
        .at("resources.getMetadataRoute"),
        set(
            "sourceArn",
            "${api.arn}/*/*/images/metadata/*",
            "allows the API to invoke getMetadata",
        )
        .at("resources.getMetadataRoute"),
    ]),
    planted(MAIN, "resources.getMetadataIntegration.properties").with(&[
        set("integrationUri", "${getMetadata.arn}", "must be the output invokeArn"),
        set("integrationUri", "${putMetadata.invokeArn}", "allows the API to invoke putMetadata")
            .at("resources.getMetadataRoute"),
    ]),
    planted(MAIN, "resources.getMetadataRoute.properties").with(&[
        set("target", "${getMetadataIntegration.id}", "must be integrations/"),
        set("target", "integrations/${getMetadata.id}", "with the id of an integration"),
    ]),
    planted(MAIN, "resources.headObject.properties").with(&[
        set(
            "role",
            "${analyzeImageRole.arn}",
            "analyzeImageRole does not trust lambda.amazonaws.com",
        ),
        set("role", "${headObjectRole.name}", "must be the output arn of an aws:iam:Role"),
        set("loggingConfig.logGroup", REMOVED, "loggingConfig.logGroup must be"),
        set(
            "loggingConfig.logGroup",
            "${readDimensionsLogs.name}",
            r#"must be "/aws/lambda/pixgauge-dev-head-object""#,
        ),
        set(
            "code.fn::fileArchive",
            "${artifacts}/head-objects/bootstrap.zip",
            "does not end in -head-objects",
        ),
        set(
            "code.fn::fileArchive",
            "${artifacts}/head-object.zip",
            "must be <folder>/<function>/bootstrap.zip",
        ),
    ]),
    // Missing permissions for the calls that a state machine makes.
    planted(MAIN, "resources.analyzeImagePolicy.properties.policy.fn::toJSON.Statement").with(&[
        set(
            "[0].Resource[1]",
            REMOVED,
            "does not allow lambda:InvokeFunction on ${readDimensions.arn}",
        )
        .at("States.ReadDimensions"),
        set("[2]", REMOVED, "does not allow sqs:SendMessage on ${failureQueue.arn}")
            .at("States.ReportFailure"),
    ]),
    // The failure queue's URL in the definition of a state machine.
    planted(MAIN, "variables.definitionWithFailureQueue").with(&[
        set("fn::join[0]", "${failureQueue.arn}", "must be the output url of a resource")
            .at("States.ReportFailure"),
        set("fn::join[1].fn::split[0]", "$${FailureQueue}", "does not replace ${FailureQueueUrl}")
            .at("statemachine/analyze-image.asl.json"),
        set("fn::join[1].fn::split[0]", "$${FailureQueue}", "replaces ${FailureQueue}, which")
            .at("variables.definitionWithFailureQueue"),
    ]),
];
