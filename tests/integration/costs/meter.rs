//! Runs a path through the system, and counts its requests, units and log bytes.

use std::cell::Cell;
use std::collections::BTreeMap;

use costs_and_scale::counts::PathCounts;
use futures_util::future::LocalBoxFuture;
use harness::TestStack;
use harness::faulty::proxy_for;
use harness::proxy::{Call, FaultProxy};
use local::executions::Execution;
use serde_json::{Value, json};

use super::{executions, item, units};
use crate::client;

/// The functions whose logs are read. Uploads and requests to the API invoke all of them except
/// `publish-results`. An invocation of that function would be a mistake, because the stack sends no
/// result events.
const FUNCTIONS: [&str; 9] = [
    "head-object",
    "read-dimensions",
    "put-metadata",
    "get-metadata",
    "get-image",
    "info-images",
    "list-images",
    "openapi",
    "publish-results",
];

/// A stack whose functions reach S3 and DynamoDB through a proxy that records each request.
pub(super) struct Meter {
    pub(super) stack: TestStack,
    proxy: FaultProxy,
    /// Number of invocations whose summary lines have been counted.
    invocations: Cell<u32>,
}

/// Number of summary lines and number of bytes in the functions' logs. Lambda's own lines are left
/// out.
#[derive(Clone, Copy, Default)]
struct Logged {
    summaries: u32,
    bytes: u64,
}

impl Meter {
    pub(super) async fn start() -> Self {
        let stack = TestStack::own("costs").await;
        let proxy = proxy_for(&stack, FUNCTIONS).await;
        Self { stack, proxy, invocations: Cell::default() }
    }

    /// Runs `path`, in which one event starts an execution. Returns the path's counts. The returned
    /// future is boxed, because `path` is large.
    pub(super) fn event<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
        path: impl Future<Output = Execution> + 'a,
    ) -> LocalBoxFuture<'a, PathCounts> {
        let counted = async move {
            let (before, logged) = (item(&self.stack, key).await, self.logged().await);
            drop(self.proxy.take_calls());
            let execution = path.await;
            let history = self.stack.history(&execution.arn).await;
            let calls = self.proxy.take_calls();
            let after = item(&self.stack, key).await;
            let mut counts = PathCounts { name: name.to_owned(), events: 1, ..counted(&calls) };
            counts.index_write_units = units::index_writes(before.as_ref(), after.as_ref());
            executions::count(&history, &execution.arn, &mut counts);
            counts.function_log_bytes = self.logged_since(logged, counts.invocations).await;
            counts
        };
        Box::pin(counted)
    }

    /// Sends a request to the API. Returns the request's counts.
    pub(super) async fn query(
        &self,
        name: &str,
        url: &str,
        headers: &[(&str, &str)],
        status: u16,
    ) -> PathCounts {
        let logged = self.logged().await;
        drop(self.proxy.take_calls());
        let response = client::get(url, headers).await;
        assert_eq!(response.status, status, "{name}");
        let mut counts = PathCounts {
            name: name.to_owned(),
            requests: 1,
            invocations: 1,
            ..counted(&self.proxy.take_calls())
        };
        if !response.header("content-type").starts_with("image/") {
            counts.response_bytes = response.body.len() as u64;
        }
        counts.access_log_bytes = access_log(url, status).len() as u64;
        counts.function_log_bytes = self.logged_since(logged, 1).await;
        counts
    }

    /// Waits until this many more invocations have logged their summary lines. Later counts do not
    /// include these lines.
    pub(super) async fn skip(&self, invocations: u32) {
        let before = Logged { summaries: self.invocations.get(), bytes: 0 };
        self.logged_since(before, invocations).await;
    }

    /// The size in bytes that DynamoDB bills for the item of a key.
    pub(super) async fn item_bytes(&self, key: &str) -> u64 {
        let item = serde_dynamo::Item::from(item(&self.stack, key).await.unwrap());
        units::item_bytes(&serde_json::to_value(item).unwrap())
    }

    /// Waits until this many invocations have logged their summary lines since `before`. Returns
    /// the number of bytes logged since `before`.
    async fn logged_since(&self, before: Logged, invocations: u32) -> u64 {
        assert_eq!(before.summaries, self.invocations.get(), "an earlier invocation logged late");
        let expected = before.summaries + invocations;
        let logged = self.stack.until("the summary lines", async || {
            let now = self.logged().await;
            (now.summaries >= expected).then_some(now)
        });
        let now = logged.await;
        assert_eq!(now.summaries, expected, "one summary line for each invocation");
        self.invocations.set(expected);
        now.bytes - before.bytes
    }

    /// Reads the functions' logs. On the emulator, Lambda's own lines are not JSON, and are left
    /// out.
    async fn logged(&self) -> Logged {
        let mut logged = Logged::default();
        for function in FUNCTIONS {
            let lines = self.stack.log(&self.stack.log_group(function)).await;
            for line in lines.iter().filter(|line| line.starts_with('{')) {
                logged.bytes += line.trim_end().len() as u64;
                let line: Value = serde_json::from_str(line).unwrap_or_default();
                logged.summaries += u32::from(line["message"] == "summary");
            }
        }
        logged
    }
}

fn counted(calls: &[Call]) -> PathCounts {
    let mut operations: BTreeMap<&str, u32> = BTreeMap::new();
    for call in calls {
        *operations.entry(call.operation.as_str()).or_default() += 1;
    }
    let heads = operations.remove("HeadObject").unwrap_or_default();
    let gets = operations.remove("GetObject").unwrap_or_default();
    let table_calls = operations.values().sum();
    // A function of the API sends its table calls in rounds, and waits once for each round. Any
    // other function waits for each table call.
    let at_once = operations.keys().all(|name| ["Query", "BatchGetItem"].contains(name));
    let table_waits = if at_once { units::rounds(calls) } else { table_calls };
    PathCounts {
        heads,
        gets,
        table_calls,
        table_waits,
        table_write_units: calls.iter().map(units::writes).sum(),
        read_units: calls.iter().map(units::reads).sum(),
        ..PathCounts::default()
    }
}

/// The line of the access log in the format that pulumi/Main.yaml sets. The emulator has no access
/// log.
fn access_log(url: &str, status: u16) -> String {
    let path = url.split_once("/images").map_or("/openapi.json", |(_, path)| path);
    json!({
        "time": "22/Nov/2026:14:00:00 +0000", "requestId": "JKJaXmPLvHcESHA=",
        "sourceIp": "203.0.113.117", "method": "GET", "path": format!("/images{path}"),
        "route": "GET /images/metadata/{s3objectkey+}", "status": status.to_string(),
        "responseLength": "1234", "responseLatency": "12", "integrationError": "-",
    })
    .to_string()
}
