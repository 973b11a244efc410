//! The invocation loop around a handler.

use std::time::{Instant, SystemTime};

use contract::NamedError;
pub use lambda_runtime::Error;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::initialize::initialize;
use crate::invocation_error::InvocationError;
use crate::line::Line;
use crate::metrics::{NAMESPACE_VARIABLE, Namespace};
use crate::summary::Summary;

/// Name of the error for an input that cannot be deserialized.
const INVALID_INPUT: &str = "InvalidInput";

/// Serves invocations until Lambda ends the process.
///
/// An input that cannot be deserialized fails with the error `InvalidInput`. Every invocation,
/// successful or not, has one summary line. The line is written if the log's level includes it. If
/// the environment variable `METRICS_NAMESPACE` is set, the line of a successful invocation also
/// contains the metrics that follow from its [`Summary`].
///
/// # Errors
/// If the Lambda Runtime API cannot be reached.
pub async fn run<Input, Output, Failure, Handler>(handler: Handler) -> Result<(), Error>
where
    Input: DeserializeOwned,
    Output: Serialize,
    Failure: NamedError,
    Handler: AsyncFn(Input, &mut Summary) -> Result<Output, Failure>,
{
    let namespace: Option<Namespace> =
        initialize(|settings| settings.optional(NAMESPACE_VARIABLE)).await;
    let (handler, namespace) = (&handler, namespace.as_ref().map(Namespace::as_str));
    let service = service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        invoke(handler, event.payload.get(), &event.context.request_id, namespace).await
    });
    Runtime::new(service).run().await
}

/// Handles one invocation and writes its summary line.
async fn invoke<Input, Output, Failure>(
    handler: &impl AsyncFn(Input, &mut Summary) -> Result<Output, Failure>,
    payload: &str,
    request: &str,
    namespace: Option<&str>,
) -> Result<Output, Diagnostic>
where
    Input: DeserializeOwned,
    Failure: NamedError,
{
    let started = Instant::now();
    let mut summary = Summary::default();
    let result = match serde_json::from_str(payload) {
        Ok(input) => {
            handler(input, &mut summary).await.map_err(|error| InvocationError::of(&error))
        }
        Err(error) => Err(InvocationError::new(INVALID_INPUT, error.to_string())),
    };
    let (failure, duration) = (result.as_ref().err(), started.elapsed());
    Line::new(&summary, request, failure, duration, SystemTime::now(), namespace).write();
    result.map_err(|failure| failure.diagnostic)
}
