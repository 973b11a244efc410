//! Mistakes in the calls of state machines, and inside their Map states.

use super::{ANALYZE, Planted, RECONCILE, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    // Mistakes in calls, and in placeholders that the program replaces.
    planted(
        ANALYZE,
        "States.HeadObject",
        &[
            set(
                "Resource",
                "arn:${Partition}:states:::lambda:invok",
                "did you mean arn:${Partition}:states:::lambda:invoke?",
            ),
            set(
                "Resource",
                "arn:aws:states:::lambda:invoke",
                "begin the ARN with arn:${Partition}",
            )
            .at(ANALYZE),
            set("Arguments.FunctionNam", "1", "unknown field"),
            set(
                "Retry[0].ErrorEquals[1]",
                "Lambda.TooManyRequestException",
                "did you mean TooManyRequestsException?",
            ),
            set("Retry[0].ErrorEquals[12]", "Sandbox.TimedOut", "unknown error Sandbox.TimedOut"),
            set(
                "Retry[0].ErrorEquals[9]",
                "Lambda.Runtime.ExitError",
                "unknown error Lambda.Runtime.ExitError",
            ),
            set("TimeoutSeconds", "0", "whole number from 1"),
            set("TimeoutSeconds", "5", "times out after 5 s, before headObject does after 10 s")
                .at("HeadObject.Arguments.FunctionName"),
            set("Arguments.FunctionName", "${HeadObjectArn}", "does not replace ${HeadObjectArn}")
                .at(ANALYZE),
            set("Arguments.FunctionName", "${HeadObjectFunctionArn}:live", "write a placeholder"),
            set("Retry[0].JitterStrategy", REMOVED, "JitterStrategy is missing"),
            set("Retry[0].ErrorEquals[3]", REMOVED, "must also retry Lambda.ServiceException"),
        ],
    ),
    planted(
        RECONCILE,
        "States.CompareParts.ItemProcessor.States.RepairKeys",
        &[set(
            "ItemProcessor.States.Repair.Resource",
            "arn:${Partitions}:states:::aws-sdk:sfn:startSyncExecution",
            "does not replace ${Partitions}",
        )
        .at(RECONCILE)],
    ),
    planted(
        ANALYZE,
        "States",
        &[
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
        ],
    ),
    planted(
        ANALYZE,
        "",
        &[text(r#"  "StartAt""#, "  StartAt", "analyze-image.asl.json:4", "is not JSON")],
    ),
    // Mistakes in `reconcile`, most of them inside its Map states.
    planted(
        RECONCILE,
        "States.CompareParts.ItemProcessor.States.RepairKeys",
        &[
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
        ],
    ),
    planted(
        RECONCILE,
        "States.CompareParts",
        &[
            set("MaxConcurrency", r#""10""#, "must be a number"),
            set("Label", "all parts", "letters and digits"),
            set("ItemProcessor.QueryLanguage", "JSONata", "unknown field"),
            set("ItemProcessor.States.Report", "{Type: Fail}", "has the name of States.")
                .at("States."),
            set(
                "ItemProcessor.States.NextStep?.Choices[0].Next",
                "Repair",
                r#"there is no state "Repair""#,
            ),
            set("ItemProcessor.States.CompareObjects.TimeoutSeconds", "20", "times out after 20 s")
                .at("CompareObjects.Arguments.FunctionName"),
        ],
    ),
    planted(
        RECONCILE,
        "States",
        &[
            set(
                "RecountTotals.Catch",
                "[{ErrorEquals: [States.ALL], Next: Report}]",
                "must catch States.ALL",
            )
            .at("StartSuccessor.Catch"),
            set("Report.Output", r#""{% $total %}""#, "no variable $total"),
            set("Begin.Assign", "{sums: '{% $sums %}'}", "only this state assigns it"),
        ],
    ),
];
