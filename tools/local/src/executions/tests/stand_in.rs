//! A stand-in for Step Functions, with the executions of one state machine. Every tenth execution
//! has failed. The executions are numbered from the newest, which is number 0.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Name of the state machine whose executions the stand-in has.
pub(crate) const MACHINE: &str = "pixgauge-many-analyze-image";

/// Number of answered calls since the previous `take`, by the name of the API operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<BTreeMap<String, usize>>>);

impl Calls {
    /// Counts a call. Returns the number of calls of this operation since the previous `take`.
    pub(crate) fn count(&self, operation: &str) -> usize {
        let mut calls = self.0.lock().unwrap();
        let number = calls.entry(operation.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// Returns the number of calls of each operation since the previous `take`.
    pub(crate) fn take(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Serves `router` on a free port, and returns the URL.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    endpoint
}

pub(crate) fn machine() -> String {
    format!("arn:aws:states:us-east-1:0:stateMachine:{MACHINE}")
}

pub(crate) fn arn(number: usize) -> String {
    format!("arn:aws:states:us-east-1:0:execution:{MACHINE}:{number:08}")
}

/// The number of the execution with this ARN.
pub(crate) fn number(arn: &Value) -> usize {
    arn.as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
}

/// Answers `ListExecutions` for a state machine with `total` executions.
pub(crate) fn list(request: &Value, total: usize, execution: fn(usize) -> Value) -> Value {
    let from: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let size = usize::try_from(request["maxResults"].as_u64().unwrap()).unwrap();
    let wanted = request["statusFilter"].as_str();
    let found = (from..total).filter(|it| wanted.is_none_or(|wanted| wanted == status(*it)));
    let page: Vec<_> = found.take(size).collect();
    let next = page.last().map(|last| last + 1).filter(|&next| page.len() == size && next < total);
    let items: Vec<_> = page.into_iter().map(execution).collect();
    json!({"executions": items, "nextToken": next.map(|next| next.to_string())})
}

fn status(number: usize) -> &'static str {
    if number % 10 == 9 { "FAILED" } else { "SUCCEEDED" }
}

/// The event that an upload of the object `key` causes.
pub(crate) fn event(key: &str) -> Value {
    json!({
        "detail-type": "Object Created",
        "detail": {"object": {"key": key, "sequencer": "0062"}},
    })
}

/// The fields of an execution in the answers to `ListExecutions` and `DescribeExecution`.
pub(crate) fn execution(number: usize) -> Value {
    json!({
        "executionArn": arn(number), "name": format!("{number:08}"), "status": status(number),
        "stateMachineArn": machine(),
        "startDate": 1_700_000_000 - number, "stopDate": 1_700_000_004 - number,
        "input": event(&format!("uploads/{number}.png")).to_string(),
        "output": json!({"status": "image", "outcome": "recorded"}).to_string(),
    })
}
