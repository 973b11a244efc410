//! A stand-in for the services that the page calls, with ten thousand executions.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::super::*;
use crate::access_key::AccessKey;
use crate::executions::tests::stand_in;
pub(super) use crate::executions::tests::stand_in::{Calls, arn, event};

const EXECUTIONS: usize = 10_000;

/// An object's key with markup, a line break, and a character that reverses text. The newest
/// execution is for this object.
pub(super) const HOSTILE: &str = "uploads/<img src=x onerror=alert(1)>\n\u{202e}&amp;\"'.png";

/// Serves the stand-in, and a page that calls it.
pub(super) async fn serve() -> (Page, Calls) {
    serve_with(None).await
}

/// Serves the stand-in, and a page that calls it. `address` is the path of a file. The page writes
/// its address to this file. Without `address`, the page writes no file.
pub(super) async fn serve_with(address: Option<PathBuf>) -> (Page, Calls) {
    let calls = Calls::default();
    let router = Router::new().fallback(answer).with_state(calls.clone());
    let endpoint = stand_in::serve(router).await;
    let outputs = json!({
        "apiUrl": endpoint, "bucketName": "b", "keyPrefix": "uploads/", "tableName": "t",
        "failureQueueUrl": endpoint,
        "stateMachineArn": stand_in::machine(),
        "reconcileStateMachineArn": "r", "endpoint": endpoint,
    });
    let outputs = serde_json::from_value(outputs).unwrap();
    let aws = Aws::connect(&endpoint, AccessKey::generate().unwrap());
    (Page::serve(aws, outputs, address).unwrap(), calls)
}

/// Answers a call to an AWS service, or a request to the query API.
async fn answer(State(calls): State<Calls>, uri: Uri, headers: HeaderMap, body: String) -> String {
    let Some(target) = headers.get("x-amz-target") else { return api(uri.path()).to_string() };
    let call = target.to_str().unwrap().rsplit('.').next().unwrap();
    let number = calls.count(call);
    let request: Value = serde_json::from_str(&body).unwrap();
    let (machine, name) = (stand_in::machine(), stand_in::MACHINE);
    let answer = match call {
        "ListStateMachines" => json!({"stateMachines": [{
            "stateMachineArn": machine, "name": name, "type": "STANDARD", "creationDate": 0,
        }]}),
        "ListExecutions" => stand_in::list(&request, EXECUTIONS, execution),
        "DescribeExecution" => execution(stand_in::number(&request["executionArn"])),
        "GetExecutionHistory" => json!({"events": history()}),
        "DescribeStateMachineForExecution" => json!({
            "stateMachineArn": machine, "name": name, "roleArn": "role", "updateDate": 0,
            "definition": include_str!("../../../../../statemachine/analyze-image.asl.json"),
        }),
        "ReceiveMessage" if number == 1 => json!({"Messages": [{
            "MessageId": "m-1", "ReceiptHandle": "h", "Attributes": {"SentTimestamp": "1700000000000"},
            "Body": json!({
                "event": event(HOSTILE), "error": "TableRefused", "cause": HOSTILE,
                "execution": arn(0),
            }).to_string(),
        }]}),
        "ReceiveMessage" | "ChangeMessageVisibility" => json!({}),
        "FilterLogEvents" => json!({"events": [
            {"logStreamName": "s", "timestamp": 1, "message": "START RequestId: r-1 Version: $LATEST"},
            {"logStreamName": "s", "timestamp": 1, "message": json!({"key": HOSTILE}).to_string()},
            {"logStreamName": "s", "timestamp": 1, "message": HOSTILE},
        ]}),
        other => panic!("unexpected call of {other}"),
    };
    answer.to_string()
}

/// The fields of an execution in the answers to `ListExecutions` and `DescribeExecution`. Number 0,
/// the newest, has failed.
fn execution(number: usize) -> Value {
    let mut execution = stand_in::execution(number);
    if number == 0 {
        execution["status"] = "FAILED".into();
        execution["error"] = "TableRefused".into();
        execution["cause"] = HOSTILE.into();
        execution["input"] = event(HOSTILE).to_string().into();
    }
    execution
}

/// The history of an execution that failed after a retry.
fn history() -> Vec<Value> {
    let data = json!({"key": HOSTILE}).to_string();
    let entered = |state: &str| ("stateEnteredEventDetails", json!({"name": state, "input": data}));
    let exited = |state: &str| ("stateExitedEventDetails", json!({"name": state, "output": data}));
    let scheduled = |request: &str| {
        let parameters = json!({"FunctionName": "put-metadata"}).to_string();
        let details = json!({
            "resource": "invoke", "resourceType": "lambda", "region": "us-east-1",
            "parameters": parameters, "requestId": request,
        });
        ("taskScheduledEventDetails", details)
    };
    let failed = json!({
        "resource": "invoke", "resourceType": "lambda", "error": "TableUnavailable", "cause": HOSTILE,
    });
    let ended = json!({"error": "TableRefused", "cause": HOSTILE});
    let events = [
        ("ExecutionStarted", ("executionStartedEventDetails", json!({}))),
        ("TaskStateEntered", entered("HeadObject")),
        ("TaskStateExited", exited("HeadObject")),
        ("ChoiceStateEntered", entered("IsPresent?")),
        ("ChoiceStateExited", exited("IsPresent?")),
        ("TaskStateEntered", entered("ReadDimensions")),
        ("TaskStateExited", exited("ReadDimensions")),
        ("TaskStateEntered", entered("PutMetadata")),
        ("TaskScheduled", scheduled("r-1")),
        ("TaskFailed", ("taskFailedEventDetails", failed.clone())),
        ("TaskScheduled", scheduled("r-2")),
        ("TaskFailed", ("taskFailedEventDetails", failed)),
        ("TaskStateExited", exited("PutMetadata")),
        ("FailStateEntered", entered("Failed")),
        ("ExecutionFailed", ("executionFailedEventDetails", ended)),
    ];
    let numbered = (1_u32..).zip(events);
    numbered
        .map(|(id, (kind, (member, details)))| {
            json!({
                "id": id, "previousEventId": id - 1, "type": kind,
                "timestamp": 1_700_000_000.0 + f64::from(id) * 0.2, (member): details,
            })
        })
        .collect()
}

/// Answers a request to the query API.
fn api(path: &str) -> Value {
    let image = |key: &str| {
        json!({
            "s3objectkey": key, "size": "14100", "contentType": "image/png", "width": "320",
            "height": "200", "format": "png", "displayWidth": "320", "displayHeight": "200",
        })
    };
    match path {
        "/images/info" => json!({
            "totalImages": 12, "totalBytes": 2_210_433, "highestSizeImage": HOSTILE,
            "lowestSizeImage": "uploads/b.png",
            "contentTypes": {"image/png": 7, "image/jpeg": 4, "image/webp": 1},
        }),
        "/images" => json!({"images": [image(HOSTILE), image("uploads/b.png")], "cursor": "next"}),
        _ => image(HOSTILE),
    }
}
