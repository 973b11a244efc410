//! Requests that only the emulator's administrator may make: to delete everything, and to issue a
//! session of a role.

use aws_sdk_s3::config::Credentials;
use serde::Deserialize;
use serde_json::json;

use crate::access_key::AccessKey;
use crate::aws::{Aws, REGION};
use crate::signed::SignedClient;

/// Path of the request that resets the emulator.
const RESET: &str = "/_ministack/reset";

/// Path of the request for a session, which `fence.py` answers.
const SESSION: &str = "/_pixgauge/session";

/// The emulator did not carry out an administrator's request.
#[derive(Debug, thiserror::Error)]
#[error("the emulator at {endpoint} did not {what}: {message}")]
pub struct ControlError {
    what: &'static str,
    endpoint: String,
    message: String,
}

/// The credentials of a session, as the emulator returns them: under the names that STS uses.
#[derive(Debug, Deserialize)]
struct Session {
    #[serde(rename = "AccessKeyId")]
    id: String,
    #[serde(rename = "SecretAccessKey")]
    secret: String,
    #[serde(rename = "SessionToken")]
    token: String,
}

/// Deletes every resource of the emulator, with all objects and records.
///
/// # Errors
/// If the emulator refuses or does not respond.
pub async fn reset(aws: &Aws) -> Result<(), ControlError> {
    post(aws, "delete its data", RESET, String::new()).await.map(|_| ())
}

/// Gets a session of `role`, the role of the function named `function`. On AWS, only Lambda can get
/// such a session, for the function's execution environments: the role trusts no one else.
///
/// # Errors
/// If the emulator refuses or does not respond.
pub async fn function_session(
    aws: &Aws,
    function: &str,
    role: &str,
) -> Result<AccessKey, ControlError> {
    let what = "return credentials of the function's role";
    let request = json!({ "function": function, "role": role }).to_string();
    let response = post(aws, what, SESSION, request).await?;
    let session: Session =
        serde_json::from_slice(&response).map_err(|error| failed(aws, what, error.to_string()))?;
    let Session { id, secret, token } = session;
    Ok(AccessKey { id, secret, token: Some(token) })
}

async fn post(
    aws: &Aws,
    what: &'static str,
    path: &str,
    body: String,
) -> Result<Vec<u8>, ControlError> {
    let credentials: Credentials = aws.access_key().credentials();
    let client = SignedClient::new(aws.endpoint(), REGION, "ministack", credentials);
    let headers = [("content-type", "application/json")];
    match client.post(path, &headers, body).await {
        Ok((true, response)) => Ok(response),
        Ok((false, response)) => {
            Err(failed(aws, what, String::from_utf8_lossy(&response).into_owned()))
        }
        Err(error) => Err(failed(aws, what, error.to_string())),
    }
}

fn failed(aws: &Aws, what: &'static str, message: String) -> ControlError {
    ControlError { what, endpoint: aws.endpoint().to_owned(), message }
}
