//! Mistakes in the wiring of resources: roles, log groups, archives, placeholders, routes.

use super::{MAIN, Mistake, mistake};

/// Mistakes in roles and functions.
pub(super) const FUNCTIONS: &[Mistake] = &[
    mistake(
        MAIN,
        "dependsOn: [\"${headObjectPolicy}\"]",
        "dependsOn: []",
        ["resources.headObject", "must have headObjectPolicy in dependsOn"],
    ),
    mistake(
        MAIN,
        "dependsOn: [\"${headObjectPolicy}\"]",
        "dependsOn: [\"${readDimensionsPolicy}\"]",
        ["resources.headObject", "must have headObjectPolicy in dependsOn"],
    ),
    mistake(
        MAIN,
        "dependsOn: [\"${analyzeImagePolicy}\"]",
        "dependsOn: []",
        ["resources.analyzeImage", "must have analyzeImagePolicy in dependsOn"],
    ),
    mistake(
        MAIN,
        "dependsOn: [\"${objectEventsPolicy}\", \"${undeliveredEventQueuePolicy}\"]",
        "dependsOn: [\"${undeliveredEventQueuePolicy}\"]",
        ["resources.objectEventsTarget", "must have objectEventsPolicy in dependsOn"],
    ),
    mistake(
        MAIN,
        "role: ${headObjectRole.arn}",
        "role: ${analyzeImageRole.arn}",
        ["headObject.properties.role", "analyzeImageRole does not trust lambda.amazonaws.com"],
    ),
    mistake(
        MAIN,
        "role: ${readDimensionsRole.arn}",
        "role: ${headObjectRole.arn}",
        ["readDimensions.properties.role", "is also the role of headObject"],
    ),
    mistake(
        MAIN,
        "role: ${headObjectRole.arn}",
        "role: ${headObjectRole.name}",
        ["headObject.properties.role", "must be the output arn of an aws:iam:Role"],
    ),
    mistake(
        MAIN,
        "Principal: {Service: scheduler.amazonaws.com}",
        "Principal: {Service: events.amazonaws.com}",
        ["reconciliations.properties.target.roleArn", "does not trust scheduler.amazonaws.com"],
    ),
    mistake(
        MAIN,
        "role: ${headObjectRole.id}",
        "role: ${readDimensionsRole.id}",
        ["headObject.properties.role", "headObjectRole has no policy"],
    ),
    mistake(
        MAIN,
        "        logGroup: ${headObjectLogs.name}\n",
        "",
        ["resources.headObject", "loggingConfig.logGroup must be"],
    ),
    mistake(
        MAIN,
        "logGroup: ${headObjectLogs.name}",
        "logGroup: ${readDimensionsLogs.name}",
        [
            "headObject.properties.loggingConfig.logGroup",
            "must be \"/aws/lambda/pixgauge-dev-head-object\"",
        ],
    ),
    mistake(
        MAIN,
        "Resource: ${headObjectLogs.arn}:*",
        "Resource: ${readDimensionsLogs.arn}:*",
        ["resources.headObject", "does not allow logs:PutLogEvents"],
    ),
    mistake(
        MAIN,
        "-head-object\n      retentionInDays: ${logRetentionDays}\n",
        "-head-object\n",
        ["resources.headObjectLogs", "forever"],
    ),
    mistake(
        MAIN,
        "retentionInDays: ${logRetentionDays}",
        "retentionInDays: 0",
        ["headObjectLogs.properties.retentionInDays", "forever"],
    ),
    mistake(
        MAIN,
        "${artifacts}/read-dimensions/bootstrap.zip",
        "${artifacts}/head-object/bootstrap.zip",
        ["readDimensions.properties.code", "headObject also uses the archive of head-object"],
    ),
    mistake(
        MAIN,
        "${artifacts}/head-object/bootstrap.zip",
        "${artifacts}/head-objects/bootstrap.zip",
        ["headObject.properties.code", "does not end in -head-objects"],
    ),
    mistake(
        MAIN,
        "${artifacts}/head-object/bootstrap.zip",
        "${artifacts}/head-object.zip",
        ["headObject.properties.code", "must be <folder>/<function>/bootstrap.zip"],
    ),
];

/// Mismatches between a state machine and the program.
pub(super) const MACHINES: &[Mistake] = &[
    mistake(
        MAIN,
        "Resource: [\"${headObject.arn}\", \"${readDimensions.arn}\", \"${putMetadata.arn}\"]",
        "Resource: [\"${headObject.arn}\", \"${putMetadata.arn}\"]",
        ["States.ReadDimensions", "does not allow lambda:InvokeFunction on ${readDimensions.arn}"],
    ),
    mistake(
        MAIN,
        "            - Effect: Allow\n              Action: sqs:SendMessage\n              Resource: ${failureQueue.arn}\n",
        "",
        ["States.ReportFailure", "does not allow sqs:SendMessage on ${failureQueue.arn}"],
    ),
    mistake(
        MAIN,
        "${failureQueue.url}\n      - fn::split",
        "${failureQueue.arn}\n      - fn::split",
        ["States.ReportFailure", "must be the output url of a resource"],
    ),
    mistake(
        MAIN,
        "$${FailureQueueUrl}",
        "$${FailureQueue}",
        ["statemachine/analyze-image.asl.json", "does not replace ${FailureQueueUrl}"],
    ),
    mistake(
        MAIN,
        "$${FailureQueueUrl}",
        "$${FailureQueue}",
        ["variables.definitionWithFailureQueue", "replaces ${FailureQueue}, which"],
    ),
    mistake(
        MAIN,
        "timeout: 20\n",
        "timeout: 30\n",
        ["States.ReadDimensions", "times out after 25 s, before readDimensions does after 30 s"],
    ),
];

pub(super) const API: &[Mistake] = &[
    mistake(
        MAIN,
        "        - ${infoImagesRoute}\n",
        "",
        [
            "resources.apiStage",
            "must have infoImagesRoute in dependsOn, the route for GET /images/info",
        ],
    ),
    mistake(
        MAIN,
        "        - routeKey: HEAD /images/info",
        "        - routeKey: HEAD /images/infos",
        [
            "apiStage.properties.routeSettings[3].routeKey",
            "there is no route for HEAD /images/infos",
        ],
    ),
    mistake(
        MAIN,
        "routeKey: HEAD /images/info\n      target",
        "routeKey: GET /images/info\n      target",
        ["infoImagesHeadRoute.properties.routeKey", "infoImagesRoute is already the route"],
    ),
    mistake(
        MAIN,
        "routeKey: GET /images/info\n      target",
        "routeKey: GTE /images/info\n      target",
        ["infoImagesRoute.properties.routeKey", "the method must be one of"],
    ),
    mistake(
        MAIN,
        "routeKey: GET /images/metadata/{s3objectkey+}",
        "routeKey: GET /images/{s3objectkey+}/metadata",
        ["getMetadataRoute.properties.routeKey", "must be the last segment"],
    ),
    mistake(
        MAIN,
        "routeKey: GET /openapi.json",
        "routeKey: GET /openapi.yaml",
        ["pulumi/Main.yaml: routes", "differ in GET /openapi.json"],
    ),
    mistake(
        MAIN,
        "target: integrations/${getMetadataIntegration.id}",
        "target: ${getMetadataIntegration.id}",
        ["getMetadataRoute.properties.target", "must be integrations/"],
    ),
    mistake(
        MAIN,
        "target: integrations/${getMetadataIntegration.id}",
        "target: integrations/${getMetadata.id}",
        ["getMetadataRoute.properties.target", "with the id of an integration"],
    ),
    mistake(
        MAIN,
        "integrationUri: ${getMetadata.invokeArn}",
        "integrationUri: ${getMetadata.arn}",
        ["getMetadataIntegration.properties.integrationUri", "must be the output invokeArn"],
    ),
    mistake(
        MAIN,
        "integrationUri: ${getMetadata.invokeArn}",
        "integrationUri: ${putMetadata.invokeArn}",
        ["resources.getMetadataRoute", "allows the API to invoke putMetadata"],
    ),
    mistake(
        MAIN,
        "/*/*/images/metadata/*",
        "/*/POST/images/metadata/*",
        [
            "resources.getMetadataRoute",
            "allows the API to invoke getMetadata for GET /images/metadata",
        ],
    ),
    mistake(
        MAIN,
        "/*/*/images/metadata/*",
        "/*/images/metadata/*/x",
        ["resources.getMetadataHeadRoute", "allows the API to invoke getMetadata"],
    ),
    mistake(
        MAIN,
        "principal: apigateway.amazonaws.com",
        "principal: events.amazonaws.com",
        ["resources.getMetadataRoute", "allows the API to invoke getMetadata"],
    ),
    mistake(
        MAIN,
        "sourceArn: ${api.executionArn}/*/*/images/metadata/*",
        "sourceArn: ${api.arn}/*/*/images/metadata/*",
        ["resources.getMetadataRoute", "allows the API to invoke getMetadata"],
    ),
];
