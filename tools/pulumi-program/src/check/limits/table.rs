//! The values that properties accept, by resource type.

use super::Allowed::{self, Integers, Length, Name, OneOf, Range, Syntax};
use crate::check::syntax;

/// The values that one property of a resource type accepts. In a path, `*` selects every element of
/// a list.
pub(super) struct Limit {
    pub(super) token: &'static str,
    pub(super) path: &'static [&'static str],
    pub(super) allowed: Allowed,
}

const fn limit(token: &'static str, path: &'static [&'static str], allowed: Allowed) -> Limit {
    Limit { token, path, allowed }
}

const FUNCTION: &str = "aws:lambda:Function";
const LOG_GROUP: &str = "aws:cloudwatch:LogGroup";
const RULE: &str = "aws:cloudwatch:EventRule";
const TARGET: &str = "aws:cloudwatch:EventTarget";
const ALARM: &str = "aws:cloudwatch:MetricAlarm";
const BUS: &str = "aws:cloudwatch:EventBus";
const MAPPING: &str = "aws:lambda:EventSourceMapping";
const SCHEDULE: &str = "aws:scheduler:Schedule";
const TABLE: &str = "aws:dynamodb:Table";
const MACHINE: &str = "aws:sfn:StateMachine";
const QUEUE: &str = "aws:sqs:Queue";
const API: &str = "aws:apigatewayv2:Api";
const INTEGRATION: &str = "aws:apigatewayv2:Integration";
const ROUTE: &str = "aws:apigatewayv2:Route";
const STAGE: &str = "aws:apigatewayv2:Stage";
const CORS: &str = "aws:s3:BucketCorsConfiguration";
const LIFECYCLE: &str = "aws:s3:BucketLifecycleConfiguration";

const ON_OFF: Allowed = OneOf(&["ENABLED", "DISABLED"]);

/// Retention periods of log groups, from
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
/// The provider also takes 0, which means forever; `Checker::retention` refuses it.
const RETENTION_DAYS: Allowed = Integers(&[
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]);

const LOG_LEVELS: Allowed = OneOf(&["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);

/// Throttling of an API: sustained requests per second, and bursts. The maxima are ten times an
/// account's default quotas, because AWS can raise an account's quotas.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const RATE: Allowed = Range(1, 100_000);
const BURST: Allowed = Range(1, 50_000);

pub(super) const LIMITS: &[Limit] = &[
    // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    limit(FUNCTION, &["name"], Name(1, 64, "-_")),
    limit(FUNCTION, &["description"], Length(0, 256)),
    limit(FUNCTION, &["memorySize"], Range(128, 10_240)),
    limit(FUNCTION, &["timeout"], Range(1, 900)),
    limit(FUNCTION, &["architectures", "*"], OneOf(&["arm64", "x86_64"])),
    limit(FUNCTION, &["reservedConcurrentExecutions"], Syntax(syntax::reserved_concurrency)),
    limit(FUNCTION, &["tracingConfig", "mode"], OneOf(&["Active", "PassThrough"])),
    limit(FUNCTION, &["loggingConfig", "logFormat"], OneOf(&["JSON", "Text"])),
    limit(FUNCTION, &["loggingConfig", "applicationLogLevel"], LOG_LEVELS),
    limit(FUNCTION, &["loggingConfig", "systemLogLevel"], OneOf(&["DEBUG", "INFO", "WARN"])),
    // crates/catalog has the same limits for SHARDS. The maximum of CACHE_SECONDS, a year, is lower
    // than in crates/api. The maximum of PRESIGNED_URL_SECONDS, 12 hours, is lower than in
    // functions/get-image, because a presigned URL expires no later than the credentials of the
    // function's role:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
    limit(FUNCTION, &["environment", "variables", "SHARDS"], Range(1, 100)),
    limit(FUNCTION, &["environment", "variables", "CACHE_SECONDS"], Range(0, 31_536_000)),
    limit(FUNCTION, &["environment", "variables", "PRESIGNED_URL_SECONDS"], Range(1, 43_200)),
    // https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
    limit(MAPPING, &["startingPosition"], OneOf(&["TRIM_HORIZON", "LATEST"])),
    limit(MAPPING, &["batchSize"], Range(1, 10_000)),
    limit(MAPPING, &["maximumBatchingWindowInSeconds"], Range(0, 300)),
    limit(MAPPING, &["maximumRetryAttempts"], Range(-1, 10_000)),
    // AWS also accepts -1, for no maximum age. But then a record that keeps failing would be lost
    // when it expires in the stream, after a day.
    limit(MAPPING, &["maximumRecordAgeInSeconds"], Range(60, 86_400)),
    limit(MAPPING, &["functionResponseTypes", "*"], OneOf(&["ReportBatchItemFailures"])),
    limit(MAPPING, &["metricsConfig", "metrics", "*"], OneOf(&["EventCount"])),
    limit(MAPPING, &["filterCriteria", "filters", "*", "pattern"], Syntax(syntax::json)),
    // https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    limit("aws:lambda:Permission", &["action"], OneOf(&["lambda:InvokeFunction"])),
    limit("aws:lambda:Permission", &["principal"], Syntax(syntax::service)),
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    limit(LOG_GROUP, &["name"], Name(1, 512, "-_/.#")),
    limit(LOG_GROUP, &["retentionInDays"], RETENTION_DAYS),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    limit(ALARM, &["name"], Length(1, 255)),
    limit(ALARM, &["comparisonOperator"], OneOf(COMPARISONS)),
    limit(ALARM, &["statistic"], OneOf(STATISTICS)),
    limit(ALARM, &["treatMissingData"], OneOf(&["breaching", "notBreaching", "ignore", "missing"])),
    limit(ALARM, &["evaluationPeriods"], Range(1, 1_440)),
    limit(ALARM, &["datapointsToAlarm"], Range(1, 1_440)),
    limit(ALARM, &["period"], Syntax(syntax::metric_period)),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
    limit(ALARM, &["metricQueries", "*", "id"], Syntax(syntax::query_id)),
    limit(ALARM, &["metricQueries", "*", "metric", "stat"], Syntax(syntax::statistic)),
    limit(ALARM, &["metricQueries", "*", "metric", "period"], Syntax(syntax::metric_period)),
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    limit(RULE, &["name"], Name(1, 64, "-_.")),
    limit(RULE, &["description"], Length(0, 512)),
    limit(RULE, &["state"], ON_OFF),
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html
    limit(BUS, &["name"], Name(1, 256, "/.-_")),
    limit(BUS, &["description"], Length(0, 512)),
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
    limit(TARGET, &["retryPolicy", "maximumEventAgeInSeconds"], Range(60, 86_400)),
    limit(TARGET, &["retryPolicy", "maximumRetryAttempts"], Range(0, 185)),
    // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
    limit(SCHEDULE, &["name"], Name(1, 64, "-_.")),
    limit(SCHEDULE, &["state"], ON_OFF),
    limit(SCHEDULE, &["scheduleExpression"], Syntax(syntax::schedule)),
    limit(SCHEDULE, &["flexibleTimeWindow", "mode"], OneOf(&["OFF", "FLEXIBLE"])),
    limit(SCHEDULE, &["target", "input"], Syntax(syntax::json)),
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    limit(TABLE, &["name"], Name(3, 255, "-_.")),
    limit(TABLE, &["billingMode"], OneOf(&["PAY_PER_REQUEST", "PROVISIONED"])),
    limit(TABLE, &["streamViewType"], OneOf(STREAM_VIEWS)),
    limit(TABLE, &["attributes", "*", "type"], OneOf(&["S", "N", "B"])),
    limit(TABLE, &["globalSecondaryIndexes", "*", "name"], Name(3, 255, "-_.")),
    limit(TABLE, &["globalSecondaryIndexes", "*", "projectionType"], OneOf(PROJECTIONS)),
    limit(
        TABLE,
        &["globalSecondaryIndexes", "*", "keySchemas", "*", "keyType"],
        OneOf(&["HASH", "RANGE"]),
    ),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    limit("aws:iam:Role", &["name"], Name(1, 64, "-_+=,.@")),
    limit("aws:iam:Role", &["permissionsBoundary"], Syntax(syntax::permissions_boundary)),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
    limit("aws:iam:RolePolicy", &["name"], Name(1, 128, "-_+=,.@")),
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    limit(MACHINE, &["name"], Name(1, 80, "-_")),
    limit(MACHINE, &["type"], OneOf(&["STANDARD", "EXPRESS"])),
    limit(MACHINE, &["loggingConfiguration", "level"], OneOf(&["ALL", "ERROR", "FATAL", "OFF"])),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    limit(QUEUE, &["name"], Name(1, 80, "-_")),
    limit(QUEUE, &["messageRetentionSeconds"], Range(60, 1_209_600)),
    limit(QUEUE, &["visibilityTimeoutSeconds"], Range(0, 43_200)),
    limit(QUEUE, &["delaySeconds"], Range(0, 900)),
    limit(QUEUE, &["receiveWaitTimeSeconds"], Range(0, 20)),
    // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    limit("aws:sns:Topic", &["name"], Name(1, 256, "-_")),
    // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
    limit(API, &["name"], Length(1, 128)),
    limit(API, &["protocolType"], OneOf(&["HTTP", "WEBSOCKET"])),
    limit(API, &["corsConfiguration", "allowOrigins", "*"], Syntax(syntax::origin)),
    limit(API, &["corsConfiguration", "allowMethods", "*"], OneOf(API_METHODS)),
    limit(API, &["corsConfiguration", "maxAge"], Range(-1, 86_400)),
    limit(INTEGRATION, &["integrationType"], OneOf(&["AWS_PROXY", "HTTP_PROXY"])),
    limit(INTEGRATION, &["integrationMethod"], OneOf(API_METHODS)),
    limit(INTEGRATION, &["payloadFormatVersion"], OneOf(&["1.0", "2.0"])),
    limit(ROUTE, &["routeKey"], Syntax(syntax::route_key)),
    limit(ROUTE, &["authorizationType"], OneOf(&["NONE", "AWS_IAM", "JWT", "CUSTOM"])),
    limit(STAGE, &["name"], Name(1, 128, "-_$")),
    limit(STAGE, &["defaultRouteSettings", "throttlingRateLimit"], RATE),
    limit(STAGE, &["defaultRouteSettings", "throttlingBurstLimit"], BURST),
    limit(STAGE, &["routeSettings", "*", "throttlingRateLimit"], RATE),
    limit(STAGE, &["routeSettings", "*", "throttlingBurstLimit"], BURST),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    limit("aws:s3:Bucket", &["bucket"], Syntax(syntax::bucket_name)),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_VersioningConfiguration.html
    limit(
        "aws:s3:BucketVersioning",
        &["versioningConfiguration", "status"],
        // Disabled is the provider's word for a bucket that was never versioned.
        OneOf(&["Enabled", "Suspended", "Disabled"]),
    ),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html
    limit(
        "aws:s3:BucketServerSideEncryptionConfiguration",
        &["rules", "*", "applyServerSideEncryptionByDefault", "sseAlgorithm"],
        OneOf(&["AES256", "aws:kms", "aws:kms:dsse"]),
    ),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
    limit(LIFECYCLE, &["rules", "*", "id"], Length(1, 255)),
    limit(LIFECYCLE, &["rules", "*", "status"], OneOf(&["Enabled", "Disabled"])),
    limit(LIFECYCLE, &["rules", "*", "noncurrentVersionExpiration", "noncurrentDays"], DAYS),
    limit(
        LIFECYCLE,
        &["rules", "*", "abortIncompleteMultipartUpload", "daysAfterInitiation"],
        DAYS,
    ),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControlsRule.html
    limit(
        "aws:s3:BucketOwnershipControls",
        &["rule", "objectOwnership"],
        OneOf(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
    ),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html
    limit(CORS, &["corsRules", "*", "allowedMethods", "*"], OneOf(S3_METHODS)),
    limit(CORS, &["corsRules", "*", "allowedOrigins", "*"], Syntax(syntax::origin)),
];

const DAYS: Allowed = Range(1, 36_500);
const STREAM_VIEWS: &[&str] = &["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];
const PROJECTIONS: &[&str] = &["ALL", "INCLUDE", "KEYS_ONLY"];
const S3_METHODS: &[&str] = &["GET", "PUT", "HEAD", "POST", "DELETE"];
const API_METHODS: &[&str] = &["*", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const STATISTICS: &[&str] = &["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const COMPARISONS: &[&str] = &[
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];
