//! Reads an execution's history, with the request ids that the local emulator adds to the history.
//!
//! The emulator of `cargo local` writes the request id of each invocation into the event
//! `TaskScheduled`, as a member that AWS does not have (`adaptations/history.py`). SDKs ignore
//! unknown members, so this module reads the request ids from the bodies of the responses.
//!
//! AWS gives the request id only for a Lambda task that succeeded, in the task's output. The event
//! of a failed task does not contain the id
//! (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html>).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_sfn::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sfn::error::BoxError;
use aws_sdk_sfn::types::HistoryEvent;
use serde::Deserialize;

use super::{ExecutionsError, LARGEST_PAGE};

/// Request id of each invocation, by the id of the invocation's event `TaskScheduled`.
pub(super) type RequestIds = HashMap<i64, String>;

/// Returns all events of an execution, in chronological order, and the request ids that the
/// emulator adds to them.
pub(super) async fn read(
    client: &Client,
    arn: &str,
) -> Result<(Vec<HistoryEvent>, RequestIds), ExecutionsError> {
    let reader = Reader::default();
    let (mut events, mut token) = (Vec::new(), None);
    loop {
        let request = client
            .get_execution_history()
            .execution_arn(arn)
            .include_execution_data(true)
            .max_results(LARGEST_PAGE)
            .set_next_token(token);
        let page = request.customize().interceptor(reader.clone()).send().await;
        let page = page.map_err(|error| ExecutionsError::call("GetExecutionHistory")(&error))?;
        events.extend(page.events);
        token = page.next_token;
        if token.is_none() {
            let mut requests = reader.0.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok((events, std::mem::take(&mut requests)));
        }
    }
}

/// Collects the request ids from the bodies of all responses.
#[derive(Debug, Clone, Default)]
struct Reader(Arc<Mutex<RequestIds>>);

impl Intercept for Reader {
    fn name(&self) -> &'static str {
        "request ids"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The whole body is in memory, because the SDK has just deserialized it.
        let body = context.response().body().bytes().unwrap_or_default();
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.extend(request_ids(body));
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
struct Body {
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Event {
    id: i64,
    #[serde(rename = "taskScheduledEventDetails")]
    details: Option<Details>,
}

#[derive(Debug, Deserialize)]
struct Details {
    #[serde(rename = "requestId")]
    request: Option<String>,
}

/// Returns the request ids in a response. An error's body has another shape and contains no request
/// ids; the SDK reports the error.
fn request_ids(body: &[u8]) -> RequestIds {
    let events = serde_json::from_slice::<Body>(body).map(|body| body.events).unwrap_or_default();
    let requests = events.into_iter().filter_map(|event| Some((event.id, event.details?.request?)));
    requests.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_where_the_emulator_has_written_them() {
        let body = br#"{"events": [
            {"id": 1, "type": "ExecutionStarted"},
            {"id": 2, "taskScheduledEventDetails": {"resource": "invoke", "requestId": "r-2"}},
            {"id": 3, "taskScheduledEventDetails": {"resource": "invoke"}}
        ]}"#;
        assert_eq!(request_ids(body), RequestIds::from([(2, "r-2".to_owned())]));
        for other in [b"".as_slice(), b"{}", b"not JSON", br#"{"events": 1}"#] {
            assert_eq!(request_ids(other), RequestIds::new());
        }
    }
}
