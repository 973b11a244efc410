//! A catalog of records whose objects are gone. The limits of the reconciliation are lowered, so
//! that its parts end early, and its executions start successors, which continue the work.
//!
//! No other test starts successors, or checks the lengths of histories.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::types::StorageClass;
use aws_sdk_sfn::types::HistoryEvent;
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, env_or, picture, run};
use serde_json::{Value, json};

use super::bucket::{Bucket, object};
use super::{reconciled, repairs, tally};

/// Replacements in the state machine's definition, which lower four limits:
/// - The number of concurrent repairs. They share a few processors here, so with more concurrent
///   repairs, a function could time out.
/// - The number of keys that one page names for repair.
/// - The number of events after which a part ends.
/// - The number of events after which an execution ends.
const LIMITS: [(&str, &str); 4] = [
    ("\"MaxConcurrency\": 40", "\"MaxConcurrency\": 5"),
    ("'limit': 200", "'limit': 25"),
    ("$states.input.events > 8000", "$states.input.events > 60"),
    ("$states.input.events > 20000", "$states.input.events > 40"),
];

/// Maximum number of events of one part with the lowered limits: 60 before its last page, 62 for
/// that page, and 72 for each of the page's 25 repairs
/// (`tools/pulumi-program/tests/program/history.rs`).
const PART_EVENTS: usize = 60 + 62 + 25 * 72;

/// Maximum number of rounds of one execution, that is, of visits to `CompareParts`. Each round adds
/// 10 events. No round begins after more than 40 events.
const ROUNDS: usize = 40 / 10 + 1;

/// An execution counts the events in its history (see [`counted`]). Its count leaves out at most
/// these events:
/// - 2 for the start and the end of the execution,
/// - 2 for the first state,
/// - 2 for the first choice,
/// - 5 for the last state, if that is `StartSuccessor`.
const UNCOUNTED: usize = 2 + 2 + 2 + 5;

/// An execution's own count of the events in its history: `events` in the input of its last state.
fn counted(history: &[HistoryEvent]) -> usize {
    let details = history.iter().filter_map(|it| it.state_entered_event_details.as_ref());
    let inputs = details.filter_map(|it| serde_json::from_str::<Value>(it.input.as_deref()?).ok());
    let mut counts = inputs.filter_map(|input| input["events"].as_u64());
    usize::try_from(counts.next_back().unwrap()).unwrap()
}

/// The histories of all executions of the reconciliation, and the histories of all their parts.
async fn histories(stack: &TestStack) -> (Vec<Vec<HistoryEvent>>, Vec<Vec<HistoryEvent>>) {
    let (sfn, arn) = (&stack.stack.aws.sfn, &stack.stack.outputs.reconcile_state_machine_arn);
    let listed = sfn.list_executions().state_machine_arn(arn).send().await.unwrap();
    let (mut executions, mut parts) = (Vec::new(), Vec::new());
    for execution in listed.executions {
        executions.push(stack.history(&execution.execution_arn).await);
        let runs = sfn.list_map_runs().execution_arn(&execution.execution_arn);
        for run in runs.send().await.unwrap().map_runs {
            let children = sfn.list_executions().map_run_arn(run.map_run_arn).send().await.unwrap();
            for child in children.executions {
                parts.push(stack.history(&child.execution_arn).await);
            }
        }
    }
    (executions, parts)
}

/// Objects that cannot be read: one is archived, one is encrypted with a customer's key, and one
/// with a KMS key that denies access. For the last two, a proxy injects the responses of S3.
const UNREADABLE: [&str; 3] =
    ["uploads/archived.png", "uploads/customer-key.png", "uploads/refused-key.png"];

async fn put_unreadable(stack: &TestStack, bucket: &Bucket<'_>) -> FaultProxy {
    let proxy = bucket.proxy().await;
    let [archived, customer_key, refused_key] = UNREADABLE;
    let put = stack.put_object(archived, picture::png(1, 1, 0));
    put.storage_class(StorageClass::Glacier).send().await.unwrap();
    let both: &[&str] = &["HeadObject", "GetObject"];
    for (key, fault, operations) in [
        (customer_key, Fault::Refused(400, "InvalidRequest"), both),
        (refused_key, Fault::Refused(403, "AccessDenied"), &["GetObject"]),
    ] {
        bucket.put(key, picture::png(1, 1, 0)).await;
        proxy.inject(Rule::new(fault, operations, key, usize::MAX));
    }
    proxy
}

#[test]
fn vanished_objects_are_recorded_by_executions_with_short_histories() {
    run(async {
        let records = env_or("PIXGAUGE_VANISHED_RECORDS", 2_000) as u64;
        let stack = TestStack::own("vanished").await;
        let bucket = Bucket::without_events(&stack).await;
        let vanished = (0..records).map(|it| (format!("uploads/{it:05}.png"), object(9_000)));
        bucket.record_all(vanished.collect()).await;
        for number in 0..10 {
            bucket.put(&format!("uploads/new-{number}.png"), picture::png(1, 1, number)).await;
        }
        bucket.put_item("uploads/00000.png", &[("status", AttributeValue::Bool(true))]).await;
        let _proxy = put_unreadable(&stack, &bucket).await;
        stack.edit(&stack.stack.outputs.reconcile_state_machine_arn, &LIMITS).await;

        let started = std::time::Instant::now();
        let report = reconciled(&stack).await;
        println!("reconciliation of {records} records in {:.1?}: {report:?}", started.elapsed());
        let failed = if report.failed > 0 { stack.receive_failures().await } else { Vec::new() };
        assert_eq!((report.failed, &failed), (0, &Vec::new()));
        assert_eq!(report.objects, tally(13, 13, 0));
        assert_eq!(report.records, tally(records + 13, records, 0));
        // The totals of one shard counted an image whose record the test had overwritten.
        assert_eq!(report.totals, tally(8, 1, 0));
        bucket.assert_is_the_catalog().await;
        assert_eq!(stack.info().await["contentTypes"], json!({"image/png": 10}));
        for key in UNREADABLE {
            assert_eq!(stack.metadata(key).await.1["reason"], "UnreadableObject", "{key}");
        }

        let (executions, parts) = histories(&stack).await;
        println!("{} executions, {} parts", executions.len(), parts.len());
        // A part repairs the records of at most 25 vanished objects. A round has four parts, one
        // for each segment.
        assert!(parts.len() as u64 >= records / 25, "{}", parts.len());
        let rounds = parts.len() / 4;
        assert!(executions.len() >= 2.max(rounds / ROUNDS), "{}", executions.len());
        // An unmodified emulator does not write these events; `history_events.py` adds them.
        for kind in ["TaskStarted", "MapStateStarted", "MapIterationSucceeded"] {
            let mut events = parts.iter().flatten();
            assert!(events.any(|event| event.r#type.as_str() == kind), "no {kind}");
        }
        for part in &parts {
            assert!(part.len() <= PART_EVENTS, "{}", part.len());
        }
        for history in parts.iter().chain(&executions) {
            let (events, counted) = (history.len(), counted(history));
            assert!(events <= counted + UNCOUNTED, "{events} events, {counted} counted");
        }
        // The unreadable objects are already recorded as unreadable, so no repair is started.
        let before = repairs(&stack).await;
        let again = reconciled(&stack).await;
        assert_eq!((again.objects, again.records), (tally(13, 0, 0), tally(13, 0, 0)));
        assert_eq!(repairs(&stack).await, before);
        for execution in executions {
            let rounds = execution.iter().filter(|it| it.r#type.as_str() == "MapStateEntered");
            assert!(rounds.count() <= ROUNDS);
        }
    });
}
