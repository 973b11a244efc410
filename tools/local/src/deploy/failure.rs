//! Failures during a deployment. If a resource failed, [`DeployError`](super::DeployError) adds its
//! name and type.

use std::error::Error;
use std::path::PathBuf;

use aws_sdk_s3::error::{BuildError, ProvideErrorMetadata, SdkError};

use crate::cloudwatch::CloudWatchError;
use crate::error_text::chain;

/// A resource could not be created or updated, or another call to AWS failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A call failed: the service refused it, or did not respond.
    #[error("{operation} failed: {message}")]
    Request {
        /// The operation's name in the service's API, for example `CreateBucket`.
        operation: &'static str,
        /// The service's error code and message, or why there was no response.
        message: String,
    },
    /// A response lacks a field that AWS always sends.
    #[error("the response to {operation} lacks {field}; is the endpoint an AWS emulator?")]
    Incomplete {
        /// The operation's name in the service's API.
        operation: &'static str,
        /// The name of the missing field.
        field: &'static str,
    },
    /// The properties do not form a valid request.
    #[error("the properties do not form a valid request: {0}")]
    Invalid(String),
    /// The resource exists and differs in a property that cannot be changed.
    #[error(
        "it exists with a different {0}, which cannot be changed in place; start a fresh emulator, \
         or deploy under another stack name"
    )]
    Immutable(&'static str),
    /// A function's archive cannot be read.
    #[error("cannot read the archive {}: {source}; build the functions first", path.display())]
    Archive {
        /// The archive's absolute path.
        path: PathBuf,
        /// The file system's error.
        source: std::io::Error,
    },
    /// A function or a table did not become ready in time, or never will.
    #[error("{name} did not become ready: {state}")]
    NotReady {
        /// The name of the function or table.
        name: String,
        /// The last state that the service reported, and the reason for it.
        state: String,
    },
}

impl Failure {
    /// The failure of `operation`. If the service responded with an error code, the failure
    /// contains this code and the service's message, if any. Otherwise, it contains the SDK's
    /// error.
    pub(super) fn request<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        let message = match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            _ => chain(error),
        };
        Self::Request { operation, message }
    }
}

impl From<CloudWatchError> for Failure {
    fn from(CloudWatchError { operation, message }: CloudWatchError) -> Self {
        Self::Request { operation, message }
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Invalid(chain(&error))
    }
}

/// Converts results of the SDK into results with a [`Failure`].
pub(crate) trait During<T> {
    /// Returns the response to `operation`, or a [`Failure::Request`] that names the operation.
    fn during(self, operation: &'static str) -> Result<T, Failure>;

    /// Like [`During::during`], but returns `None` if the service responds with the error `code`.
    fn unless(self, code: &str, operation: &'static str) -> Result<Option<T>, Failure>;
}

impl<T, E, R> During<T> for Result<T, SdkError<E, R>>
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    fn during(self, operation: &'static str) -> Result<T, Failure> {
        self.map_err(|error| Failure::request(operation, &error))
    }

    fn unless(self, code: &str, operation: &'static str) -> Result<Option<T>, Failure> {
        match self {
            Err(error) if error.code() == Some(code) => Ok(None),
            other => other.during(operation).map(Some),
        }
    }
}

/// Unwraps a field that AWS always sends but that is optional in the SDK's type.
pub(crate) trait Required<T> {
    /// Returns the value of `field` in the response to `operation`, or a [`Failure::Incomplete`].
    fn required(self, operation: &'static str, field: &'static str) -> Result<T, Failure>;
}

impl<T> Required<T> for Option<T> {
    fn required(self, operation: &'static str, field: &'static str) -> Result<T, Failure> {
        self.ok_or(Failure::Incomplete { operation, field })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refused_connection_is_reported_with_its_cause() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = crate::aws::Aws::connect(&endpoint, crate::AccessKey::from_environment()).sts;
        let failure = client.get_caller_identity().send().await.during("GetCallerIdentity");
        let message = failure.unwrap_err().to_string();
        assert!(message.starts_with("GetCallerIdentity failed: dispatch failure"), "{message}");
        assert!(message.to_lowercase().contains("connection refused"), "{message}");
    }
}
