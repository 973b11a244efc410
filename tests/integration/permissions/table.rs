//! Every permission of the program, and what shows that it is needed.

use super::roles::Grant;
use super::scenario::Scenario::{self, *};

/// What notices that a permission is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Something that the stack does for its users fails without it.
    Behaviour(Scenario),
    /// The emulator has no such part (X-Ray, deliveries of logs, dead letters of Scheduler, what
    /// Step Functions does about executions that it waits for); AWS documents the permission, and
    /// `documented.rs` asks for it.
    Documented,
}

use Proof::{Behaviour, Documented};

const TABLE: &str = "table/catalog";
const BY_SIZE: &str = "table/catalog/index/by-size";
const BY_KEY: &str = "table/catalog/index/by-key";
const BUCKET: &str = "bucket";
const UPLOADS: &str = "bucket/uploads/*";
const MANAGED_RULE: &str = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// Role, action, resource, proof: all that is not the same for every role of a kind.
const OWN: &[(&str, &str, &str, Proof)] = &[
    ("head-object", "s3:GetObject", UPLOADS, Behaviour(HeadOfAnObject)),
    ("head-object", "s3:ListBucket", BUCKET, Behaviour(HeadOfNothing)),
    ("read-dimensions", "s3:GetObject", UPLOADS, Behaviour(DimensionsOfAnObject)),
    ("read-dimensions", "s3:ListBucket", BUCKET, Behaviour(DimensionsOfNothing)),
    ("put-metadata", "dynamodb:GetItem", TABLE, Behaviour(RecordAfterReading)),
    ("put-metadata", "dynamodb:PutItem", TABLE, Behaviour(RecordAnImage)),
    ("put-metadata", "dynamodb:UpdateItem", TABLE, Behaviour(RecordAnImage)),
    ("compare-objects", "dynamodb:BatchGetItem", TABLE, Behaviour(ObjectsWithoutRecord)),
    ("compare-records", "dynamodb:Scan", TABLE, Behaviour(RecordsWithoutObject)),
    ("compare-records", "s3:GetObject", UPLOADS, Behaviour(RecordsWithoutObject)),
    ("compare-records", "s3:ListBucket", BUCKET, Behaviour(RecordsWithoutObject)),
    ("recount-totals", "dynamodb:GetItem", TABLE, Behaviour(Recount)),
    ("recount-totals", "dynamodb:PutItem", TABLE, Behaviour(RecountOfWrongTotals)),
    ("recount-totals", "dynamodb:Scan", TABLE, Behaviour(Recount)),
    ("get-metadata", "dynamodb:GetItem", TABLE, Behaviour(GetMetadata)),
    ("get-image", "dynamodb:GetItem", TABLE, Behaviour(GetFile)),
    ("get-image", "s3:GetObject", UPLOADS, Behaviour(GetFile)),
    ("get-image", "s3:ListBucket", BUCKET, Behaviour(GetFileOfNothing)),
    ("info-images", "dynamodb:Query", BY_SIZE, Behaviour(GetInfo)),
    ("info-images", "dynamodb:BatchGetItem", TABLE, Behaviour(GetInfo)),
    ("list-images", "dynamodb:Query", BY_SIZE, Behaviour(ListBySize)),
    ("list-images", "dynamodb:Query", BY_KEY, Behaviour(ListByKey)),
    ("analyze-image", "lambda:InvokeFunction", "function:head-object", Behaviour(Analyze)),
    ("analyze-image", "lambda:InvokeFunction", "function:read-dimensions", Behaviour(Analyze)),
    ("analyze-image", "lambda:InvokeFunction", "function:put-metadata", Behaviour(Analyze)),
    ("analyze-image", "dynamodb:GetItem", TABLE, Behaviour(AnalyzeByHand)),
    ("analyze-image", "sqs:SendMessage", "failures", Behaviour(ReportFailure)),
    ("object-events", "states:StartExecution", "stateMachine:analyze-image", Behaviour(Upload)),
    ("reconcile", "s3:ListBucket", BUCKET, Behaviour(Reconcile)),
    ("reconcile", "lambda:InvokeFunction", "function:compare-objects", Behaviour(Reconcile)),
    ("reconcile", "lambda:InvokeFunction", "function:compare-records", Behaviour(Reconcile)),
    ("reconcile", "lambda:InvokeFunction", "function:recount-totals", Behaviour(Reconcile)),
    ("reconcile", "states:StartExecution", "stateMachine:reconcile", Behaviour(Reconcile)),
    ("reconcile", "states:StartExecution", "stateMachine:repair-image", Behaviour(Reconcile)),
    ("reconcile", "states:DescribeExecution", "execution:repair-image:*", Documented),
    ("reconcile", "states:StopExecution", "execution:repair-image:*", Documented),
    ("reconcile", "states:DescribeExecution", "execution:reconcile:*", Documented),
    ("reconcile", "states:StopExecution", "execution:reconcile:*", Documented),
    ("reconcile", "states:RedriveExecution", "execution:reconcile/*", Documented),
    ("reconcile", "states:DescribeExecution", "execution:reconcile/*", Documented),
    ("reconcile", "states:StopExecution", "execution:reconcile/*", Documented),
    ("reconcile", "events:PutTargets", MANAGED_RULE, Documented),
    ("reconcile", "events:PutRule", MANAGED_RULE, Documented),
    ("reconcile", "events:DescribeRule", MANAGED_RULE, Documented),
    ("reconcile-schedule", "states:StartExecution", "stateMachine:reconcile", Behaviour(Schedule)),
    ("reconcile-schedule", "sqs:SendMessage", "undelivered-events", Documented),
];

/// The same for every function: its log group, and traces.
const LINES: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];
const TRACES: &[&str] = &["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

/// The same for every state machine that writes logs and may send traces.
const OF_STATE_MACHINES: &[&str] = &[
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
];

/// The whole table for these functions and state machines.
pub(super) fn grants(functions: &[String], machines: &[&str]) -> Vec<(Grant, Proof)> {
    let own = OWN.iter().map(|(role, action, on, proof)| (Grant::new(role, action, on), *proof));
    let of_functions = functions.iter().flat_map(|function| {
        let group = format!("log-group:/aws/lambda/{function}:*");
        let lines =
            LINES.iter().map(move |action| (Grant::new(function, action, &group), Behaviour(Log)));
        let traces = TRACES.iter().map(|action| (Grant::new(function, action, "*"), Documented));
        lines.chain(traces)
    });
    let of_machines = machines.iter().flat_map(|machine| {
        OF_STATE_MACHINES.iter().map(|action| (Grant::new(machine, action, "*"), Documented))
    });
    own.chain(of_functions).chain(of_machines).collect()
}
