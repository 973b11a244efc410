//! Failure codes, injected into the calls that the functions of a reconciliation make. A function
//! must fail with the error name of the code's class. There are two exceptions: it must succeed if
//! the call is for a single object, or if the code says that a transaction was writing the totals.
//!
//! The tests invoke the functions directly, with the input that the states would give them.
//! `reconcile::` and the walks of `tests/conformance/state-machines` test how the states react to
//! error names.

use std::collections::BTreeSet;

use contract::{COMMON, DYNAMODB, FailureClass, FailureCode, S3};
use harness::faulty::proxy_for;
use harness::proxy::{Fault, FaultProxy, Rule};
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use serde_json::{Value, json};

use super::codes::{NOT_ALONE, PUT_CONFLICT};
use super::selection;

/// A call that a function makes to S3 or DynamoDB.
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

/// Codes that say that the object does not exist or has changed.
const GONE_OR_CHANGED: [&str; 6] = [
    "NoSuchKey",
    "NoSuchVersion",
    "NotFound",
    "KeyTooLongError",
    "InvalidRange",
    "PreconditionFailed",
];

/// Expected result of an invocation: success, or an error of this name.
type Consequence = Result<(), &'static str>;

impl Call {
    fn is_of_table(self) -> bool {
        self.operation != ["ListObjectsV2"]
    }

    /// The codes to inject at the call. A listing gets no codes about a single object.
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

    /// Invokes the function with an input of the form that the state machine `reconcile` sends.
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

/// Every call with every code if [`is_complete`](super::is_complete), otherwise with one code for
/// each consequence that the call can have.
fn cases() -> Vec<(Call, FailureCode, Consequence)> {
    let with_codes =
        |call: Call| call.codes().map(move |code| (call, code, call.consequence(code)));
    let cases = CALLS.into_iter().flat_map(with_codes);
    selection(cases, |(call, _, consequence)| format!("{call:?} {consequence:?}"))
}

/// Makes S3 refuse requests for one object, with one error code after another. Checks that
/// `compare-records` and `compare-objects` do not fail. If the code says that the object exists but
/// is unreadable, `compare-records` must not return the object's key as one to repair. With any
/// other code, it must.
#[expect(clippy::print_stdout, reason = "a line for each code at each call")]
async fn assert_no_code_of_one_object_fails_a_page(stack: &TestStack, proxy: &FaultProxy) {
    let (image, unreadable) = ("uploads/walked.png", "uploads/locked.png");
    stack.upload(unreadable, picture::png(3, 2, 0), "image/png").await;
    let denied = Fault::Refused(403, "AccessDenied");
    proxy.inject(Rule::new(denied, &["GetObject"], unreadable, usize::MAX));
    let recorded = stack.execute(&stack.event("Object Created", unreadable, Some("01"))).await;
    assert_eq!(recorded.outcome(), Outcome::Rejected("UnreadableObject".into()), "{recorded:?}");
    proxy.lift(unreadable);
    let codes = [S3, COMMON].into_iter().flatten().copied();
    for (code, class) in selection(codes, |(_, class)| format!("{class:?}")) {
        for (function, key) in [("compare-records", image), ("compare-objects", unreadable)] {
            let call = Call { function, operation: &["HeadObject", "GetObject"] };
            // A response to HEAD has no code. After a 400, the function sends GET to learn the
            // code.
            let rule = Rule::new(Fault::Refused(400, code), call.operation, key, usize::MAX);
            let rule = proxy.inject(rule);
            let page = call.invoke(stack).await;
            proxy.lift(key);
            assert!(rule.injected() > 0, "{code} at {call:?}: {page:?}");
            let page = page.unwrap_or_else(|error| panic!("{code} at {call:?}: {error}"));
            let names = page["keys"].as_array().unwrap().contains(&key.into());
            if function == "compare-records" {
                let exists = class == FailureClass::Object && !GONE_OR_CHANGED.contains(&code);
                assert_eq!(names, !exists, "{code} at {call:?}: {page}");
            }
            println!("{code} at {call:?}: the page names the key: {names}");
        }
    }
}

/// This test has its own stack, because a fault hits every call of its operation in the stack.
#[test]
fn a_code_has_the_consequence_of_its_class_at_every_call_of_a_reconciliation() {
    run(async {
        let stack = TestStack::own("walks").await;
        stack.silence_events().await;
        let functions = BTreeSet::from(CALLS.map(|call| call.function));
        let proxy = proxy_for(&stack, functions.into_iter().chain(["read-dimensions"])).await;
        let key = "uploads/walked.png";
        stack.upload(key, picture::png(3, 2, 0), "image/png").await;
        let recorded = stack.execute(&stack.event("Object Created", key, Some("01"))).await;
        assert!(recorded.error.is_none(), "{recorded:?}");
        for (call, (code, class), expected) in cases() {
            // A recount writes only if the totals are wrong. They are made wrong, so that there is
            // a write for the fault to hit.
            stack.spoil_totals(0, "totalBytes", 1).await;
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
        assert_no_code_of_one_object_fails_a_page(&stack, &proxy).await;
        // Without a fault, every function succeeds.
        for call in CALLS {
            let result = call.invoke(&stack).await;
            assert!(result.is_ok(), "{call:?}: {result:?}");
        }
    });
}
