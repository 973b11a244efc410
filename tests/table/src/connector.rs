//! The connection of an SDK client to a database in the same process.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use dynoxide::{Database, DynoxideError};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Fault, TestTable};

/// A request, before it is executed. The SDK sends one request for each attempt.
#[derive(Clone, Debug)]
pub struct Call {
    /// Number of the request among all requests of this client, from 0.
    pub number: usize,
    /// Name of the operation, such as `PutItem`.
    pub operation: String,
}

/// A function that is called before each request, and returns the fault to inject, if any.
pub(crate) type Hook = Arc<dyn Fn(Call) -> BoxFuture<'static, Option<Fault>> + Send + Sync>;

/// The connection of one client to `table`.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) table: TestTable,
    pub(crate) hook: Hook,
    pub(crate) calls: Arc<AtomicUsize>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.respond(&request).await })
    }
}

impl Connector {
    async fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = request.body().bytes().expect("DynamoDB's requests are in memory");
        let body = serde_json::from_slice(body).expect("DynamoDB's requests are JSON");
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let fault = (self.hook)(Call { number, operation: operation.to_owned() }).await;
        if let Some((status, body)) = fault.and_then(Fault::response) {
            return Ok(response(status, &body));
        }
        let body = match fault {
            Some(Fault::Reset) => return Err(reset()),
            Some(Fault::KilledBefore) => return self.kill().await,
            Some(Fault::ShortPage(items)) => cut(body, items),
            Some(Fault::LeftUnread(items)) => {
                let (now, later) = split(body, items);
                let (status, mut answer) = self.execute(operation, now);
                answer["UnprocessedKeys"] = later;
                return Ok(response(status, &answer));
            }
            _ => body,
        };
        let (status, answer) = self.execute(operation, body);
        match fault {
            Some(Fault::LostResponse) => Err(reset()),
            Some(Fault::KilledAfter) => self.kill().await,
            _ => Ok(response(status, &answer)),
        }
    }

    /// Executes a request, and meters what it consumes. Returns status and body of the response.
    fn execute(&self, operation: &str, mut body: Value) -> (u16, Value) {
        body["ReturnConsumedCapacity"] = "TOTAL".into();
        let (status, answer) = execute(&self.table.database, operation, body);
        self.table.meter.add(&answer);
        (status, answer)
    }

    /// Simulates the death of the calling process: notifies `unless_killed`, and never returns.
    async fn kill(&self) -> Result<HttpResponse, ConnectorError> {
        self.table.killed.notify_one();
        std::future::pending().await
    }
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status of three digits");
    let mut response = HttpResponse::new(status, body.to_string().into());
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

fn reset() -> ConnectorError {
    ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into())
}

/// Executes a request on the database. Returns status and body of the response.
pub(crate) fn execute(database: &Database, operation: &str, body: Value) -> (u16, Value) {
    let result = match operation {
        "CreateTable" => answer(body, |it| database.create_table(it)),
        "UpdateTimeToLive" => answer(body, |it| database.update_time_to_live(it)),
        "GetItem" => answer(body, |it| database.get_item(it)),
        "PutItem" => answer(body, |it| database.put_item(it)),
        "UpdateItem" => answer(body, |it| database.update_item(it)),
        "Query" => answer(body, |it| database.query(it)),
        "Scan" => answer(body, |it| database.scan(it)),
        "BatchGetItem" => answer(body, |it| database.batch_get_item(it)),
        "TransactWriteItems" => answer(body, |it| database.transact_write_items(it)),
        other => panic!("the table in this process does not know {other}: add it here"),
    };
    match result {
        Ok(body) => (200, body),
        Err(error) => {
            let body = serde_json::from_str(&error.to_json()).expect("an error is JSON");
            (error.status_code(), body)
        }
    }
}

fn answer<Q: DeserializeOwned, A: Serialize>(
    body: Value,
    operation: impl Fn(Q) -> Result<A, DynoxideError>,
) -> Result<Value, DynoxideError> {
    let request = serde_json::from_value(body)
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    Ok(serde_json::to_value(operation(request)?).expect("a response is JSON"))
}

/// Sets the `Limit` of a query or a scan to `items`, for [`Fault::ShortPage`]. Keeps a lower limit.
fn cut(mut body: Value, items: usize) -> Value {
    let asked = body["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    body["Limit"] = asked.unwrap_or(usize::MAX).min(items).into();
    body
}

/// Splits a batch read of one table after its first `items` keys, for [`Fault::LeftUnread`].
/// Returns the part to execute and the part to leave unprocessed.
fn split(mut body: Value, items: usize) -> (Value, Value) {
    let mut later = body["RequestItems"].clone();
    for (table, request) in body["RequestItems"].as_object_mut().into_iter().flatten() {
        let keys = request["Keys"].as_array_mut().expect("a batch has keys");
        later[table]["Keys"] = keys.split_off(items.min(keys.len())).into();
    }
    (body, later)
}
