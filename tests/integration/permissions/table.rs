//! Every permission of the program, with the proof that it is needed.

use Proof::{Behaviour, Documented};

use super::roles::Grant;
use super::scenario::Scenario::{self, *};

/// The way to detect that a permission is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// This scenario fails without the permission.
    Behaviour(Scenario),
    /// The emulator does not check the permission (for X-Ray, log delivery, Scheduler's dead-letter
    /// queue, and waiting for executions), but AWS documents that it is required: see
    /// `documented.rs`.
    Documented,
}

const TABLE: &str = "table/catalog";
const BY_SIZE: &str = "table/catalog/index/by-size";
const BY_KEY: &str = "table/catalog/index/by-key";
const BUCKET: &str = "bucket";
const UPLOADS: &str = "bucket/uploads/*";
const MANAGED_RULE: &str = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// Role, action, resource and proof of the permissions that differ from role to role.
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
    ("reconcile", "states:DescribeExecution", "execution:reconcile/*", Documented),
    ("reconcile", "states:StopExecution", "execution:reconcile/*", Documented),
    ("reconcile", "events:PutTargets", MANAGED_RULE, Documented),
    ("reconcile", "events:PutRule", MANAGED_RULE, Documented),
    ("reconcile", "events:DescribeRule", MANAGED_RULE, Documented),
    ("reconcile-schedule", "states:StartExecution", "stateMachine:reconcile", Behaviour(Schedule)),
    ("reconcile-schedule", "sqs:SendMessage", "undelivered-events", Documented),
];

/// Actions of every function on its own log group.
const LINES: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

/// Actions of every function on all resources.
const TRACES: &[&str] = &["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

/// Actions of every state machine on all resources: they write logs and may send traces.
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
