//! Every permission of the program, with the proof that it is needed.

use Proof::{Behavior, Documented};

use super::documented::{DELIVERY, SAMPLING, TRACES};
use super::roles::Grant;
use super::scenario::Scenario::{self, *};

/// The proof that a permission is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// This scenario fails without the permission.
    Behavior(Scenario),
    /// The emulator does not check the permission, but AWS documents that it is required: see
    /// `documented.rs`.
    Documented,
}

const TABLE: &str = "table/catalog";
const BY_SIZE: &str = "table/catalog/index/by-size";
const BY_KEY: &str = "table/catalog/index/by-key";
const BUCKET: &str = "bucket";
const STREAM: &str = "table/catalog/stream/*";
const KEY: &str = "key/none";
const SET_ASIDE: &str = "set-aside";
const RECORDS: &str = "set-aside/aws/lambda/*";
const UPLOADS: &str = "bucket/prefix/*";

/// Role, action, resource and proof of the permissions that differ from role to role.
const OWN: &[(&str, &str, &str, Proof)] = &[
    ("head-object", "s3:GetObject", UPLOADS, Behavior(HeadOfAnObject)),
    ("head-object", "s3:ListBucket", BUCKET, Behavior(HeadOfNothing)),
    ("read-dimensions", "kms:Decrypt", KEY, Documented),
    ("read-dimensions", "s3:GetObject", UPLOADS, Behavior(DimensionsOfAnObject)),
    ("read-dimensions", "s3:ListBucket", BUCKET, Behavior(DimensionsOfNothing)),
    ("put-metadata", "dynamodb:GetItem", TABLE, Behavior(RecordAfterReading)),
    ("put-metadata", "dynamodb:PutItem", TABLE, Behavior(RecordAnImage)),
    ("put-metadata", "dynamodb:UpdateItem", TABLE, Behavior(RecordAnImage)),
    ("compare-objects", "dynamodb:BatchGetItem", TABLE, Behavior(ObjectsWithoutRecord)),
    ("compare-objects", "kms:Decrypt", KEY, Documented),
    ("compare-objects", "s3:GetObject", UPLOADS, Behavior(ObjectsReadableAgain)),
    ("compare-objects", "s3:ListBucket", BUCKET, Behavior(ObjectsWithoutRecord)),
    ("compare-records", "dynamodb:Scan", TABLE, Behavior(RecordsWithoutObject)),
    ("compare-records", "s3:GetObject", UPLOADS, Behavior(RecordsWithoutObject)),
    ("compare-records", "s3:ListBucket", BUCKET, Behavior(RecordsWithoutObject)),
    ("recount-totals", "dynamodb:GetItem", TABLE, Behavior(Recount)),
    ("recount-totals", "dynamodb:PutItem", TABLE, Behavior(RecountOfWrongTotals)),
    ("recount-totals", "dynamodb:Scan", TABLE, Behavior(Recount)),
    ("publish-results", "events:PutEvents", "event-bus/results", Behavior(Publish)),
    ("publish-results", "dynamodb:DescribeStream", STREAM, Behavior(Publish)),
    ("publish-results", "dynamodb:GetRecords", STREAM, Behavior(Publish)),
    ("publish-results", "dynamodb:GetShardIterator", STREAM, Behavior(Publish)),
    ("publish-results", "dynamodb:ListStreams", "*", Behavior(Publish)),
    ("publish-results", "s3:ListBucket", SET_ASIDE, Behavior(SetAside)),
    ("publish-results", "s3:PutObject", RECORDS, Behavior(SetAside)),
    ("get-metadata", "dynamodb:GetItem", TABLE, Behavior(GetMetadata)),
    ("get-metadata", "dynamodb:BatchGetItem", TABLE, Behavior(LookUpMetadata)),
    ("get-image", "dynamodb:GetItem", TABLE, Behavior(GetFile)),
    ("get-image", "kms:Decrypt", KEY, Documented),
    ("get-image", "s3:GetObject", UPLOADS, Behavior(GetFile)),
    ("get-image", "s3:GetObjectVersion", UPLOADS, Behavior(GetFileOfAVersion)),
    ("get-image", "s3:ListBucket", BUCKET, Behavior(GetFileOfNothing)),
    ("info-images", "dynamodb:Query", BY_SIZE, Behavior(GetInfo)),
    ("info-images", "dynamodb:BatchGetItem", TABLE, Behavior(GetInfo)),
    ("list-images", "dynamodb:Query", BY_SIZE, Behavior(ListBySize)),
    ("list-images", "dynamodb:Query", BY_KEY, Behavior(ListByKey)),
    ("analyze-image", "lambda:InvokeFunction", "function:head-object", Behavior(Analyze)),
    ("analyze-image", "lambda:InvokeFunction", "function:read-dimensions", Behavior(Analyze)),
    ("analyze-image", "lambda:InvokeFunction", "function:put-metadata", Behavior(Analyze)),
    ("analyze-image", "dynamodb:GetItem", TABLE, Behavior(AnalyzeByHand)),
    ("analyze-image", "sqs:SendMessage", "failures", Behavior(ReportFailure)),
    ("object-events", "states:StartExecution", "stateMachine:analyze-image", Behavior(Upload)),
    ("reconcile", "lambda:InvokeFunction", "function:compare-objects", Behavior(Reconcile)),
    ("reconcile", "lambda:InvokeFunction", "function:compare-records", Behavior(Reconcile)),
    ("reconcile", "lambda:InvokeFunction", "function:recount-totals", Behavior(Reconcile)),
    ("reconcile", "states:StartExecution", "stateMachine:reconcile", Behavior(Reconcile)),
    ("reconcile", "states:StartSyncExecution", "stateMachine:repair-image", Behavior(Reconcile)),
    ("reconcile", "sqs:SendMessage", "failures", Behavior(ReportRepair)),
    ("reconcile", "states:DescribeExecution", "execution:reconcile:*", Documented),
    ("reconcile", "states:StopExecution", "execution:reconcile:*", Documented),
    ("reconcile", "states:RedriveExecution", "execution:reconcile/*", Documented),
    ("reconcile", "states:DescribeExecution", "execution:reconcile/*", Documented),
    ("reconcile", "states:StopExecution", "execution:reconcile/*", Documented),
    ("reconcile-schedule", "states:StartExecution", "stateMachine:reconcile", Behavior(Schedule)),
    ("reconcile-schedule", "sqs:SendMessage", "undelivered-events", Documented),
];

/// Actions of every function on its own log group.
const LINES: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

/// Every permission: those in [`OWN`], and the permissions of each function and state machine to
/// write logs and send traces.
pub(super) fn grants(functions: &[String], machines: &[&str]) -> Vec<(Grant, Proof)> {
    let own = OWN.iter().map(|(role, action, on, proof)| (Grant::new(role, action, on), *proof));
    let of_functions = functions.iter().flat_map(|function| {
        let group = format!("log-group:/aws/lambda/{function}:*");
        let lines =
            LINES.iter().map(move |action| (Grant::new(function, action, &group), Behavior(Log)));
        let traces = TRACES.iter().map(|action| (Grant::new(function, action, "*"), Documented));
        lines.chain(traces)
    });
    let of_machines = machines.iter().flat_map(|machine| {
        DELIVERY
            .iter()
            .chain(&TRACES)
            .chain(&SAMPLING)
            .map(|action| (Grant::new(machine, action, "*"), Documented))
    });
    own.chain(of_functions).chain(of_machines).collect()
}
