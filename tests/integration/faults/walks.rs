//! Failure codes at the calls that the functions of a reconciliation make. The function must fail
//! with the error name of the code's class.
//!
//! The functions are invoked as their states invoke them. A state reacts to an error name in the
//! same way at every call: `reconcile::` and the walks of `tests/conformance/state-machines` show
//! how.

use std::collections::BTreeSet;

use contract::{COMMON, DYNAMODB, FailureClass, FailureCode, S3};
use harness::faulty::route_through;
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, picture, run, totals};
use serde_json::{Value, json};

use super::codes::{NOT_ALONE, PUT_CONFLICT};
use super::is_complete;

/// A call of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    function: &'static str,
    operation: &'static [&'static str],
}

const CALLS: [Call; 6] = [
    Call { function: "compare-objects", operation: &["ListObjectsV2"] },
    Call { function: "compare-objects", operation: &["BatchGetItem"] },
    Call { function: "compare-records", operation: &["Scan"] },
    Call { function: "recount-totals", operation: &["GetItem"] },
    Call { function: "recount-totals", operation: &["Scan"] },
    Call { function: "recount-totals", operation: &["PutItem"] },
];

/// Result of an invocation: the error's name, or nothing.
type Consequence = Result<(), &'static str>;

impl Call {
    fn is_of_table(self) -> bool {
        self.operation != ["ListObjectsV2"]
    }

    /// The codes with which the call can fail. A listing cannot fail with the code of a single
    /// object.
    fn codes(self) -> impl Iterator<Item = FailureCode> {
        let own = if self.is_of_table() { DYNAMODB } else { S3 };
        let codes = [own, COMMON].into_iter().flatten().copied();
        codes.filter(move |(code, class)| {
            !NOT_ALONE.contains(code) && (self.is_of_table() || *class != FailureClass::Object)
        })
    }

    fn consequence(self, (code, class): FailureCode) -> Consequence {
        match (self.is_of_table(), class) {
            // A transaction was writing the totals, so the shard is counted again.
            _ if self.operation == ["PutItem"] && code == PUT_CONFLICT => Ok(()),
            (true, FailureClass::Transient) => Err("TableUnavailable"),
            (true, _) => Err("TableRefused"),
            (false, FailureClass::Transient) => Err("StorageUnavailable"),
            (false, _) => Err("StorageRefused"),
        }
    }

    /// Invokes the function with the input that its state would give it.
    async fn invoke(self, stack: &TestStack) -> Result<Value, Value> {
        let walk = json!({
            "bucket": stack.stack.outputs.bucket_name, "segment": 0, "segments": 1, "limit": 200,
        });
        let recount = json!({"seconds": 240});
        let input = if self.function == "recount-totals" { recount } else { walk };
        let error = |error: String| serde_json::from_str(&error).unwrap_or(Value::String(error));
        stack.invoke(self.function, &input).await.map_err(error)
    }
}

/// Calls and codes: all of them, or one code for each consequence of a call.
fn cases() -> Vec<(Call, FailureCode, Consequence)> {
    let with_codes = |call: Call| {
        let mut consequences = BTreeSet::new();
        let codes = call.codes().map(move |code| (call, code, call.consequence(code)));
        codes.filter(move |(.., it)| is_complete() || consequences.insert(*it)).collect::<Vec<_>>()
    };
    CALLS.into_iter().flat_map(with_codes).collect()
}

/// Makes the totals of a shard wrong, so that a recount replaces them.
async fn spoil(stack: &TestStack) {
    let (aws, outputs) = (&stack.stack.aws, &stack.stack.outputs);
    totals::add(&aws.dynamodb, &outputs.table_name, 0, "totalBytes", 1).await;
}

/// Has its own stack, because the faults hit every listing and every scan of the stack.
#[test]
fn a_code_has_the_consequence_of_its_class_at_every_call_of_a_reconciliation() {
    run(async {
        let stack = TestStack::own("walks").await;
        stack.silence_events().await;
        let proxy = FaultProxy::start(&stack.stack.outputs.endpoint).await;
        for function in BTreeSet::from(CALLS.map(|call| call.function)) {
            route_through(&stack, function, &proxy.endpoint()).await;
        }
        let key = "uploads/walked.png";
        stack.upload(key, picture::png(3, 2, 0), "image/png").await;
        let recorded = stack.execute(&stack.event("Object Created", key, Some("01"))).await;
        assert!(recorded.error.is_none(), "{recorded:?}");
        for (call, (code, class), expected) in cases() {
            spoil(&stack).await;
            let rule = Rule::new(Fault::Refused(400, code), call.operation, "", usize::MAX);
            let rule = proxy.inject(rule);
            let result = call.invoke(&stack).await;
            proxy.lift("");
            assert!(rule.injected() > 0, "{code} at {call:?}: {result:?}");
            match (&result, expected) {
                (Ok(_), Ok(())) => {}
                (Err(error), Err(name)) => assert_eq!(error["errorType"], name, "{code} {call:?}"),
                _ => panic!("{code} at {call:?}, which is {class:?}: {result:?}"),
            }
            println!("{code} at {call:?}: {expected:?}");
        }
        // Without a fault, every function succeeds.
        for call in CALLS {
            let result = call.invoke(&stack).await;
            assert!(result.is_ok(), "{call:?}: {result:?}");
        }
    });
}
