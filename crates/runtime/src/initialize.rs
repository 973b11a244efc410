//! Initialization: logging, then settings.

use std::env;
use std::process;

use contract::NamedError as _;
use lambda_runtime::Diagnostic;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{BoxError, PooledClient, build_request};

use crate::logging;
use crate::settings::{InvalidSettings, Settings};

/// Path of the Runtime API that accepts the error of an initialization
/// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror>).
const INIT_ERROR: &str = "/2018-06-01/runtime/init/error";

/// Starts logging and reads the settings of the function with `read`.
///
/// If a setting is invalid, logs one line at ERROR, reports the error to Lambda and ends the
/// process, as AWS asks of a custom runtime
/// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html>). Lambda answers the
/// invocation with this error. By the error's name, a state machine knows that a retry cannot help.
pub async fn initialize<T>(read: impl FnOnce(&Settings<'_>) -> Result<T, InvalidSettings>) -> T {
    logging::start();
    let variable = |name: &str| Some(env::var_os(name)?.to_string_lossy().into_owned());
    match read(&Settings::new(&variable)) {
        Ok(settings) => settings,
        Err(error) => fail(&error).await,
    }
}

async fn fail(error: &InvalidSettings) -> ! {
    let (name, variable) = (error.name(), error.variable);
    tracing::error!(error = name, variable, reason = %error, "initialization failed");
    if let Err(error) = report(error).await {
        tracing::error!(%error, "cannot report the failed initialization to Lambda");
    }
    process::exit(1)
}

async fn report(error: &InvalidSettings) -> Result<(), BoxError> {
    let body = Diagnostic { error_type: error.name().to_owned(), error_message: error.to_string() };
    let request = build_request()
        .method("POST")
        .uri(INIT_ERROR)
        .header("lambda-runtime-function-error-type", format!("Runtime.{}", error.name()))
        .body(Body::from(serde_json::to_vec(&body)?))?;
    PooledClient::builder().build().call(request).await?;
    Ok(())
}
