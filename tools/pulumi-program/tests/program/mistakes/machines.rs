//! Mistakes in the calls that state machines make, and in Map states.

use super::{ANALYZE, Planted, RECONCILE, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(ANALYZE, "States.HeadObject").with(&[
        set(
            "Resource",
            "arn:${Partition}:states:::lambda:invok",
            "did you mean arn:${Partition}:states:::lambda:invoke?",
        ),
        set("Resource", "arn:aws:states:::lambda:invoke", "begin the ARN with arn:${Partition}")
            .at(ANALYZE),
        set("Arguments.FunctionNam", "1", "unknown field"),
        set("TimeoutSeconds", "0", "whole number from 1"),
        set("TimeoutSeconds", "5", "times out after 5 s, before headObject does after 10 s")
            .at("HeadObject.Arguments.FunctionName"),
        set("Arguments.FunctionName", "${HeadObjectArn}", "does not replace ${HeadObjectArn}")
            .at(ANALYZE),
        set("Arguments.FunctionName", "${HeadObjectFunctionArn}:live", "write a placeholder"),
        set("Retry[0].JitterStrategy", REMOVED, "JitterStrategy is missing"),
    ]),
    planted(ANALYZE, "States.HeadObject.Retry[0].ErrorEquals").with(&[
        set("[1]", "Lambda.TooManyRequestException", "did you mean TooManyRequestsException?"),
        set("[12]", "Sandbox.TimedOut", "unknown error Sandbox.TimedOut"),
        set("[9]", "Lambda.Runtime.ExitError", "unknown error Lambda.Runtime.ExitError"),
        set("[3]", REMOVED, "must also retry Lambda.ServiceException"),
    ]),
    // A Map state inside another Map state.
    planted(RECONCILE, "States.CompareParts.ItemProcessor.States.RepairKeys").with(&[
        set(
            "ItemProcessor.States.Repair.Resource",
            "arn:${Partitions}:states:::aws-sdk:sfn:startSyncExecution",
            "does not replace ${Partitions}",
        )
        .at(RECONCILE),
        set(
            "ItemProcessor.States.Repair.Resource",
            "arn:${Partition}:states:::aws-sdk:sfn:startSynchronousExecution",
            "unknown integration",
        ),
        set(
            "ItemProcessor.States.Repair.Retry[0].ErrorEquals[0]",
            "Sfn.SfnExceptions",
            "did you mean SfnException?",
        ),
        set("Output", r#""{% $counts($states.result) %}""#, "no function $counts"),
        set("ItemReader", "{}", "only a Map whose Mode is DISTRIBUTED takes ItemReader"),
    ]),
    planted(ANALYZE, "States").with(&[
        set("ReadRecord.Arguments.TableName", REMOVED, "TableName is missing"),
        set("ReportFailure.Arguments.MessageBody", REMOVED, "MessageBody is missing"),
        set(
            "ReadDimensions.Arguments.FunctionName",
            "${TableName}",
            "must be the output arn of a resource, not ${table.name}",
        ),
        set(
            "ReportFailure.Arguments.QueueUrl",
            "https://sqs.us-east-1.amazonaws.com/123456789012/failures",
            "belongs to no stack",
        ),
        set(
            "PutMetadata.Retry[0].ErrorEquals[0]",
            "TableUnavailible",
            "no function reports TableUnavailible",
        )
        .at(ANALYZE),
    ]),
    planted(ANALYZE, "").with(&[text(
        r#"  "StartAt""#,
        "  StartAt",
        "analyze-image.asl.json:4",
        "is not JSON",
    )]),
    // A Distributed Map: each of its iterations is an execution.
    planted(RECONCILE, "States.CompareParts").with(&[
        set("MaxConcurrency", r#""10""#, "must be a number"),
        set("Label", "all parts", "letters and digits"),
        set("Label", "a23456789b23456789c23456789d23456789e2345", "longer than 40"),
        set("ItemProcessor.ProcessorConfig.Mode", "PARALLEL", "must be INLINE or DISTRIBUTED"),
        set("ItemProcessor.ProcessorConfig.Mode", "INLINE", "takes Label").at("CompareParts.Label"),
        set("ItemProcessor.ProcessorConfig.ExecutionType", "FAST", "STANDARD or EXPRESS"),
        set(
            "ItemProcessor",
            "{ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: EXPRESS}, States: {Wait: \
             {Resource: 'arn:${Partition}:states:::states:startExecution.sync:2'}}}",
            "an EXPRESS execution cannot wait for this",
        ),
        set(
            "ItemReader",
            "{Resource: 'arn:${Partition}:states:::dynamodb:scan'}",
            "listObjectsV2 or",
        ),
        set("ItemReader", "{Arguments: {}}", "must name the Bucket"),
        set("ItemReader", "{}", "not both"),
        set("ItemReader", "b", "must be an object"),
        set("ItemBatcher", "{}", "needs MaxItemsPerBatch"),
        set("ItemBatcher", "{MaxItemsPerBatch: 0}", "must be at least 1"),
        set("ItemBatcher", "{MaxInputBytesPerBatch: 300000}", "must be from 1 to"),
        set("ItemProcessor.QueryLanguage", "JSONata", "unknown field"),
        set("ItemProcessor.States.Report", "{Type: Fail}", "has the name of States.").at("States."),
        set(
            "ItemProcessor.States.NextStep?.Choices[0].Next",
            "Repair",
            r#"there is no state "Repair""#,
        ),
        set("ItemProcessor.States.CompareObjects.TimeoutSeconds", "20", "times out after 20 s")
            .at("CompareObjects.Arguments.FunctionName"),
    ]),
    planted(RECONCILE, "States").with(&[
        set(
            "RecountTotals.Catch",
            "[{ErrorEquals: [States.ALL], Next: Report}]",
            "must catch States.ALL",
        )
        .at("StartSuccessor.Catch"),
        set("Report.Output", r#""{% $total %}""#, "no variable $total"),
        set("Begin.Assign", "{sums: '{% $sums %}'}", "only this state assigns it"),
    ]),
];
