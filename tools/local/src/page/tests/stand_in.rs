//! A stand-in for the services that the page calls, with ten thousand executions.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::*;
use crate::access_key::AccessKey;

pub(super) const EXECUTIONS: usize = 10_000;

const MACHINE: &str = "pixgauge-many-analyze-image";

/// Key of the object that the first execution is for. It has markup, a line break, and a character
/// that reverses text.
pub(super) const HOSTILE: &str = "uploads/<img src=x onerror=alert(1)>\n\u{202e}&amp;\"'.png";

/// Number of answered calls, by the name of the API operation.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls(Arc<Mutex<BTreeMap<String, usize>>>);

impl Calls {
    /// Returns the calls that were answered since the previous `take`.
    pub(super) fn take(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut *self.0.lock().unwrap()).into_iter().collect()
    }
}

pub(super) fn arn(number: usize) -> String {
    format!("arn:aws:states:us-east-1:0:execution:{MACHINE}:{number}")
}

/// Serves the stand-in, and the page of a stack that calls the stand-in.
pub(super) async fn serve() -> (Page, Calls) {
    serve_with(None).await
}

/// Does the same for a page that keeps its address in a file.
pub(super) async fn serve_with(address: Option<PathBuf>) -> (Page, Calls) {
    let calls = Calls::default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(calls.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let outputs = json!({
        "apiUrl": endpoint, "bucketName": "b", "keyPrefix": "uploads/", "tableName": "t",
        "failureQueueUrl": endpoint,
        "stateMachineArn": format!("arn:aws:states:us-east-1:0:stateMachine:{MACHINE}"),
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
    *calls.0.lock().unwrap().entry(call.to_owned()).or_default() += 1;
    let request: Value = serde_json::from_str(&body).unwrap();
    let machine = format!("arn:aws:states:us-east-1:0:stateMachine:{MACHINE}");
    let answer = match call {
        "ListStateMachines" => json!({"stateMachines": [{
            "stateMachineArn": machine, "name": MACHINE, "type": "STANDARD", "creationDate": 0,
        }]}),
        "ListExecutions" => {
            let from = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
            let size = usize::try_from(request["maxResults"].as_u64().unwrap()).unwrap();
            let to = (from + size).min(EXECUTIONS);
            let token = (to < EXECUTIONS).then(|| to.to_string());
            json!({"executions": (from..to).map(execution).collect::<Vec<_>>(), "nextToken": token})
        }
        "DescribeExecution" => {
            let arn = request["executionArn"].as_str().unwrap();
            execution(arn.rsplit(':').next().unwrap().parse().unwrap())
        }
        "GetExecutionHistory" => json!({"events": history()}),
        "DescribeStateMachineForExecution" => json!({
            "stateMachineArn": machine, "name": MACHINE, "roleArn": "role", "updateDate": 0,
            "definition": include_str!("../../../../../statemachine/analyze-image.asl.json"),
        }),
        "ReceiveMessage" if calls.0.lock().unwrap()[call] == 1 => json!({"Messages": [{
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

fn event(key: &str) -> Value {
    json!({
        "detail-type": "Object Created",
        "detail": {"object": {"key": key, "sequencer": "0062"}},
    })
}

/// An execution: the first one failed, the others succeeded.
fn execution(number: usize) -> Value {
    let key = if number == 0 { HOSTILE.to_owned() } else { format!("uploads/{number}.png") };
    let mut execution = json!({
        "executionArn": arn(number), "name": number.to_string(), "status": "SUCCEEDED",
        "stateMachineArn": format!("arn:aws:states:us-east-1:0:stateMachine:{MACHINE}"),
        "startDate": 1_700_000_000 - number, "stopDate": 1_700_000_004 - number,
        "input": event(&key).to_string(),
        "output": json!({"status": "image", "outcome": "recorded"}).to_string(),
    });
    if number == 0 {
        execution["status"] = "FAILED".into();
        execution["error"] = "TableRefused".into();
        execution["cause"] = HOSTILE.into();
    }
    execution
}

/// The history of an execution that failed after a retry.
fn history() -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    let mut push = |kind: &str, member: &str, details: Value| {
        let id = events.len() + 1;
        let mut event = json!({
            "id": id, "previousEventId": id - 1, "type": kind,
            "timestamp": 1_700_000_000.0 + f64::from(u32::try_from(id).unwrap()) * 0.2,
        });
        event[member] = details;
        events.push(event);
    };
    let scheduled = |request: &str| {
        json!({
            "resource": "invoke", "resourceType": "lambda", "region": "us-east-1",
            "parameters": json!({"FunctionName": "put-metadata"}).to_string(), "requestId": request,
        })
    };
    let failed = json!({
        "resource": "invoke", "resourceType": "lambda", "error": "TableUnavailable", "cause": HOSTILE,
    });
    push("ExecutionStarted", "executionStartedEventDetails", json!({}));
    for (kind, state) in
        [("Task", "HeadObject"), ("Choice", "IsPresent?"), ("Task", "ReadDimensions")]
    {
        let data = json!({"key": HOSTILE}).to_string();
        let entered = json!({"name": state, "input": data});
        push(&format!("{kind}StateEntered"), "stateEnteredEventDetails", entered);
        push(
            &format!("{kind}StateExited"),
            "stateExitedEventDetails",
            json!({"name": state, "output": data}),
        );
    }
    let entered = json!({"name": "PutMetadata", "input": json!({"key": HOSTILE}).to_string()});
    push("TaskStateEntered", "stateEnteredEventDetails", entered);
    for request in ["r-1", "r-2"] {
        push("TaskScheduled", "taskScheduledEventDetails", scheduled(request));
        push("TaskFailed", "taskFailedEventDetails", failed.clone());
    }
    push(
        "TaskStateExited",
        "stateExitedEventDetails",
        json!({"name": "PutMetadata", "output": "{}"}),
    );
    push("FailStateEntered", "stateEnteredEventDetails", json!({"name": "Failed", "input": "{}"}));
    push(
        "ExecutionFailed",
        "executionFailedEventDetails",
        json!({"error": "TableRefused", "cause": HOSTILE}),
    );
    events
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
