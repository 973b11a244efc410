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
        "arn:${Partition}:states:::s3:listObjectsV2",
        "arn:${Partitions}:states:::s3:listObjectsV2",
        ["statemachine/reconcile.asl.json:10", "does not replace ${Partitions}"],
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
        "\"ExecutionType\": \"EXPRESS\"",
        ["CompareObjects", "cannot wait"],
    ),
    mistake(
        RECONCILE,
        "\"MaxItemsPerBatch\": 500",
        "\"MaxItemsPerBatch\": 0",
        ["ItemBatcher.MaxItemsPerBatch", "at least 1"],
    ),
    mistake(
        RECONCILE,
        "\"MaxInputBytesPerBatch\": 131072",
        "\"MaxInputBytesPerBatch\": 1310720",
        ["ItemBatcher.MaxInputBytesPerBatch", "from 1 to 262144"],
    ),
    json(
        RECONCILE,
        "/States/CompareObjects/MaxConcurrency",
        r#""10""#,
        ["CompareObjects.MaxConcurrency", "must be a number"],
    ),
    json(
        RECONCILE,
        "/States/CompareObjects/ItemBatcher/MaxItemsPerBatch",
        r#""500""#,
        ["ItemBatcher.MaxItemsPerBatch", "must be a number"],
    ),
    mistake(
        RECONCILE,
        "\"Label\": \"objects\"",
        "\"Label\": \"all objects\"",
        ["CompareObjects.Label", "letters and digits"],
    ),
    json(
        RECONCILE,
        "/States/CompareObjects/ItemProcessor/QueryLanguage",
        r#""JSONata""#,
        ["CompareObjects.ItemProcessor.QueryLanguage", "unknown field"],
    ),
    json(
        RECONCILE,
        "/States/CompareRecords/ItemProcessor/States/Failed",
        r#"{"Type": "Fail"}"#,
        ["States.", "has the name of States."],
    ),
    mistake(
        RECONCILE,
        "\"{% $states.input.sums %}\"",
        "\"{% $objects %}\"",
        ["SumPages.Output", "no variable $objects: a child execution"],
    ),
    json(
        RECONCILE,
        "/States/SumRecords/Output",
        r#""{% $records %}""#,
        ["SumRecords.Output", "only this state assigns it"],
    ),
    mistake(
        RECONCILE,
        "s3:listObjectsV2",
        "s3:listObjects",
        ["CompareObjects.ItemReader.Resource", "must be"],
    ),
    mistake(
        RECONCILE,
        "startExecution.sync:2",
        "startExecution.sync:3",
        ["States.RepairObject.Resource", "unknown integration"],
    ),
    mistake(
        RECONCILE,
        "\"Next\": \"RepairObjects\"",
        "\"Next\": \"RepairObject\"",
        ["CompareBatch.Next", "there is no state \"RepairObject\""],
    ),
    mistake(
        RECONCILE,
        "$count($states.result",
        "$counts($states.result",
        ["RepairObjects.Output", "no function $counts"],
    ),
    mistake(
        RECONCILE,
        "'objects': $objects,",
        "'objects': $object,",
        ["RecountTotals.Output", "no variable $object"],
    ),
    mistake(
        RECONCILE,
        "\"TimeoutSeconds\": 60",
        "\"TimeoutSeconds\": 20",
        ["CompareBatch.Arguments.FunctionName", "times out after 20 s"],
    ),
];
