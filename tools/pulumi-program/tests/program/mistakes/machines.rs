//! Mistakes in the calls of state machines, and inside their Map states.

use super::{ANALYZE, Mistake, RECONCILE, REMOVED, json, mistake};

/// Mistakes in calls, and in placeholders that the program replaces.
pub(super) const CALLS: &[Mistake] = &[
    mistake(
        ANALYZE,
        "arn:${Partition}:states:::lambda:invoke",
        "arn:${Partition}:states:::lambda:invok",
        ["States.HeadObject.Resource", "did you mean arn:${Partition}:states:::lambda:invoke?"],
    ),
    mistake(
        ANALYZE,
        "arn:${Partition}:states:::lambda:invoke",
        "arn:aws:states:::lambda:invoke",
        ["statemachine/analyze-image.asl.json:9", "begin the ARN with arn:${Partition}"],
    ),
    mistake(
        RECONCILE,
        "arn:${Partition}:states:::aws-sdk:sfn",
        "arn:${Partitions}:states:::aws-sdk:sfn",
        ["statemachine/reconcile.asl.json:177", "does not replace ${Partitions}"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Arguments/FunctionNam",
        "1",
        ["HeadObject.Arguments.FunctionNam", "unknown field"],
    ),
    json(
        ANALYZE,
        "/States/ReadRecord/Arguments/TableName",
        REMOVED,
        ["ReadRecord.Arguments", "TableName is missing"],
    ),
    json(
        ANALYZE,
        "/States/ReportFailure/Arguments/MessageBody",
        REMOVED,
        ["ReportFailure.Arguments", "MessageBody is missing"],
    ),
    mistake(
        ANALYZE,
        "Lambda.TooManyRequestsException",
        "Lambda.TooManyRequestException",
        ["Retry[0].ErrorEquals", "did you mean TooManyRequestsException?"],
    ),
    mistake(
        ANALYZE,
        "Sandbox.Timedout",
        "Sandbox.TimedOut",
        ["Retry[0].ErrorEquals", "unknown error Sandbox.TimedOut"],
    ),
    mistake(
        ANALYZE,
        "Runtime.ExitError",
        "Lambda.Runtime.ExitError",
        ["Retry[0].ErrorEquals", "unknown error Lambda.Runtime.ExitError"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/TimeoutSeconds",
        "0",
        ["HeadObject.TimeoutSeconds", "whole number from 1"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/TimeoutSeconds",
        "5",
        [
            "HeadObject.Arguments.FunctionName",
            "times out after 5 s, before headObject does after 10 s",
        ],
    ),
    mistake(
        ANALYZE,
        "${HeadObjectFunctionArn}",
        "${HeadObjectArn}",
        ["analyze-image.asl.json:11", "does not replace ${HeadObjectArn}"],
    ),
    mistake(
        ANALYZE,
        "${ReadDimensionsFunctionArn}",
        "${TableName}",
        [
            "ReadDimensions.Arguments.FunctionName",
            "must be the output arn of a resource, not ${table.name}",
        ],
    ),
    mistake(
        ANALYZE,
        "\"${HeadObjectFunctionArn}\"",
        "\"${HeadObjectFunctionArn}:live\"",
        ["HeadObject.Arguments.FunctionName", "write a placeholder"],
    ),
    mistake(
        ANALYZE,
        "\"${FailureQueueUrl}\"",
        "\"https://sqs.us-east-1.amazonaws.com/123456789012/failures\"",
        ["ReportFailure.Arguments.QueueUrl", "belongs to no stack"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Retry/0/JitterStrategy",
        REMOVED,
        ["HeadObject.Retry[0]", "JitterStrategy is missing"],
    ),
    mistake(
        ANALYZE,
        "            \"Lambda.ServiceException\",\n",
        "",
        ["HeadObject.Retry", "must also retry Lambda.ServiceException"],
    ),
    mistake(
        ANALYZE,
        "\"TableUnavailable\"",
        "\"TableUnavailible\"",
        ["analyze-image.asl.json: ErrorEquals", "no function reports TableUnavailible"],
    ),
    mistake(ANALYZE, "  \"StartAt\"", "  StartAt", ["analyze-image.asl.json:4", "is not JSON"]),
    mistake(
        ANALYZE,
        "  \"StartAt\": \"HeadObject\",",
        "  \"StartAt\": \"HeadObject\", \"StartAt\": \"Failed\",",
        ["analyze-image.asl.json:4", "twice"],
    ),
];

/// Mistakes in `reconcile`, most of them inside its Map states.
pub(super) const RECONCILIATION: &[Mistake] = &[
    mistake(
        RECONCILE,
        "\"Mode\": \"INLINE\"",
        "\"Mode\": \"IN\"",
        ["ProcessorConfig.Mode", "INLINE or"],
    ),
    mistake(
        RECONCILE,
        "\"ExecutionType\": \"STANDARD\"",
        "\"ExecutionType\": \"STANDART\"",
        ["CompareParts", "STANDARD or EXPRESS"],
    ),
    json(
        RECONCILE,
        "/States/CompareParts/MaxConcurrency",
        r#""10""#,
        ["CompareParts.MaxConcurrency", "must be a number"],
    ),
    json(
        RECONCILE,
        "/States/CompareParts/ItemReader",
        r#"{"Resource": "arn:${Partition}:states:::s3:listObjects", "Arguments": {"Bucket": "${BucketName}"}}"#,
        ["CompareParts.ItemReader.Resource", "must be"],
    ),
    json(
        RECONCILE,
        "/States/CompareParts/ItemBatcher",
        r#"{"MaxItemsPerBatch": 0}"#,
        ["ItemBatcher.MaxItemsPerBatch", "at least 1"],
    ),
    json(
        RECONCILE,
        "/States/CompareParts/ItemBatcher",
        r#"{"MaxInputBytesPerBatch": 1310720}"#,
        ["ItemBatcher.MaxInputBytesPerBatch", "from 1 to 262144"],
    ),
    mistake(
        RECONCILE,
        "\"Label\": \"parts\"",
        "\"Label\": \"all parts\"",
        ["CompareParts.Label", "letters and digits"],
    ),
    json(
        RECONCILE,
        "/States/CompareParts/ItemProcessor/QueryLanguage",
        r#""JSONata""#,
        ["CompareParts.ItemProcessor.QueryLanguage", "unknown field"],
    ),
    json(
        RECONCILE,
        "/States/CompareParts/ItemProcessor/States/Report",
        r#"{"Type": "Fail"}"#,
        ["States.", "has the name of States."],
    ),
    json(
        RECONCILE,
        "/States/RecountTotals/Catch",
        r#"[{"ErrorEquals": ["States.ALL"], "Next": "Report"}]"#,
        ["StartSuccessor.Catch", "must catch States.ALL"],
    ),
    mistake(
        RECONCILE,
        "startSyncExecution",
        "startSynchronousExecution",
        ["States.Repair.Resource", "unknown integration"],
    ),
    mistake(
        RECONCILE,
        "\"Sfn.SfnException\"",
        "\"Sfn.SfnExceptions\"",
        ["Repair.Retry", "did you mean SfnException?"],
    ),
    mistake(
        RECONCILE,
        "\"Next\": \"RepairKeys\"",
        "\"Next\": \"Repair\"",
        ["NextStep?.Choices[0].Next", "there is no state \"Repair\""],
    ),
    mistake(
        RECONCILE,
        "$count($states.result[",
        "$counts($states.result[",
        ["RepairKeys.Output", "no function $counts"],
    ),
    mistake(
        RECONCILE,
        "'totals': $totals,",
        "'totals': $total,",
        ["Report.Output", "no variable $total"],
    ),
    mistake(
        RECONCILE,
        "\"TimeoutSeconds\": 90",
        "\"TimeoutSeconds\": 20",
        ["CompareObjects.Arguments.FunctionName", "times out after 20 s"],
    ),
    json(
        RECONCILE,
        "/States/Begin/Assign",
        r#"{"sums": "{% $sums %}"}"#,
        ["Begin.Assign.sums", "only this state assigns it"],
    ),
];
