//! Failures of the calls that the functions of a reconciliation make, one of each class. The
//! function must fail with the error name of the class.
//!
//! The functions are invoked as their states invoke them. A state reacts to an error name in the
//! same way at every call: `reconcile::` and the walks of `tests/conformance/state-machines` show
//! how. Tests of `crates/contract`, `storage` and `catalog` show the class of every code.

use harness::faulty::route_through;
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, picture, run, totals};
use local::executions::Outcome;
use serde_json::{Value, json};

const FUNCTIONS: [&str; 3] = ["compare-objects", "compare-records", "recount-totals"];

/// The calls, each with the function that makes it.
const CALLS: [(&str, &[&str]); 6] = [
    ("compare-objects", &["ListObjectsV2"]),
    ("compare-objects", &["BatchGetItem"]),
    ("compare-records", &["Scan"]),
    ("recount-totals", &["GetItem"]),
    ("recount-totals", &["Scan"]),
    ("recount-totals", &["PutItem"]),
];

const DENIED: Fault = Fault::Refused(403, "AccessDenied");

/// Invokes a function with the input that its state would give it.
async fn invoke(stack: &TestStack, function: &str) -> Result<Value, Value> {
    let walk = json!({
        "bucket": stack.stack.outputs.bucket_name, "segment": 0, "segments": 1, "limit": 200,
    });
    let input = if function == "recount-totals" { json!({"seconds": 240}) } else { walk };
    let error = |error: String| serde_json::from_str(&error).unwrap_or(Value::String(error));
    stack.invoke(function, &input).await.map_err(error)
}

/// Invokes a function while all of its calls that name the key end with the fault.
async fn invoke_with(
    (stack, proxy): (&TestStack, &FaultProxy),
    function: &str,
    rule: Rule,
) -> Result<Value, Value> {
    let rule = proxy.inject(rule);
    let result = invoke(stack, function).await;
    proxy.lift(&rule.key);
    assert!(rule.injected() > 0, "{rule:?} at {function}: {result:?}");
    result
}

/// Lets S3 refuse an object with a code of each class, and checks that the page does not fail. A
/// page of records names the object's key, so that a repair finds out whether the object exists.
/// The exception is a code that says that the object exists but is unreadable: then the page does
/// not name the key.
async fn assert_no_code_of_one_object_fails_a_page(stack: &TestStack, proxy: &FaultProxy) {
    let (image, unreadable) = ("uploads/walked.png", "uploads/locked.png");
    stack.upload(unreadable, picture::png(3, 2, 0), "image/png").await;
    proxy.inject(Rule::new(DENIED, &["GetObject"], unreadable, usize::MAX));
    let recorded = stack.execute(&stack.event("Object Created", unreadable, Some("01"))).await;
    assert_eq!(recorded.outcome(), Outcome::Rejected("UnreadableObject".into()), "{recorded:?}");
    proxy.lift(unreadable);
    for (code, is_named) in [
        ("SlowDown", true),
        ("NoSuchBucket", true),
        ("NoSuchKey", true),
        ("PreconditionFailed", true),
        ("InvalidRequest", false),
    ] {
        for (function, key) in [("compare-records", image), ("compare-objects", unreadable)] {
            // A response to HEAD has no code, so after a 400 the function sends GET.
            let fault = Fault::Refused(400, code);
            let rule = Rule::new(fault, &["HeadObject", "GetObject"], key, usize::MAX);
            let page = invoke_with((stack, proxy), function, rule).await;
            let page = page.unwrap_or_else(|error| panic!("{code} at {function}: {error}"));
            if function == "compare-records" {
                let names = page["keys"].as_array().unwrap().contains(&key.into());
                assert_eq!(names, is_named, "{code}: {page}");
            }
        }
    }
}

/// Has its own stack, because the faults hit every listing and every scan of the stack.
#[test]
fn a_code_has_the_consequence_of_its_class_at_every_call_of_a_reconciliation() {
    run(async {
        let stack = TestStack::own("walks").await;
        stack.silence_events().await;
        let proxy = FaultProxy::start(&stack.stack.outputs.endpoint).await;
        for function in FUNCTIONS.into_iter().chain(["read-dimensions"]) {
            route_through(&stack, function, &proxy.endpoint()).await;
        }
        let key = "uploads/walked.png";
        stack.upload(key, picture::png(3, 2, 0), "image/png").await;
        let recorded = stack.execute(&stack.event("Object Created", key, Some("01"))).await;
        assert!(recorded.error.is_none(), "{recorded:?}");
        // With these totals, every recount below also makes the call that repairs them.
        totals::add(&stack.stack.aws.dynamodb, &stack.stack.outputs.table_name, 0, "totalBytes", 1)
            .await;
        for (function, operations) in CALLS {
            let codes = match operations {
                ["ListObjectsV2"] => {
                    [("SlowDown", "StorageUnavailable"), ("NoSuchBucket", "StorageRefused")]
                }
                _ => [
                    ("ThrottlingException", "TableUnavailable"),
                    ("AccessDeniedException", "TableRefused"),
                ],
            };
            for (code, name) in codes {
                let rule = Rule::new(Fault::Refused(400, code), operations, "", usize::MAX);
                let error = invoke_with((&stack, &proxy), function, rule).await.unwrap_err();
                assert_eq!(error["errorType"], name, "{code} at {operations:?}");
            }
        }
        assert_no_code_of_one_object_fails_a_page(&stack, &proxy).await;
        for function in FUNCTIONS {
            let result = invoke(&stack, function).await;
            assert!(result.is_ok(), "{function} without a fault: {result:?}");
        }
    });
}
