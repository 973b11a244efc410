//! Why one resource could not be created, before anyone knows which resource it is.

use std::error::Error;
use std::path::PathBuf;

use aws_sdk_s3::error::{BuildError, ProvideErrorMetadata, SdkError};

use crate::cloudwatch::CloudWatchError;
use crate::error_text::chain;

/// What went wrong while one resource was applied.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A call was refused, or never answered.
    #[error("{operation} failed: {message}")]
    Request {
        /// The operation's name in the service's API, for example `CreateBucket`.
        operation: &'static str,
        /// The service's error code and message, or what kept the call from being answered.
        message: String,
    },
    /// A call was answered without something that AWS always sends.
    #[error("{operation} answered without {field}; is the endpoint an AWS emulator?")]
    Incomplete {
        /// The operation's name in the service's API.
        operation: &'static str,
        /// The field missing in its answer.
        field: &'static str,
    },
    /// The properties do not make a request.
    #[error("the properties do not make a request: {0}")]
    Invalid(String),
    /// The resource is there already, and differs in what cannot be changed.
    #[error(
        "it exists with another {0}, which cannot be changed in place; start a fresh emulator, \
         or deploy under another stack name"
    )]
    Immutable(&'static str),
    /// A function's archive cannot be read.
    #[error("cannot read the archive {}: {source}; build the functions first", path.display())]
    Archive {
        /// The archive's absolute path.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// A function or a table did not become ready for use.
    #[error("{name} is not ready: {state}")]
    NotReady {
        /// The name of the function or table.
        name: String,
        /// Its last state and the reason for it, as its service gives them.
        state: String,
    },
}

impl Failure {
    /// The failure of `operation`, told as its service tells it.
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

/// Turns the SDK's results into ours.
pub(super) trait During<T> {
    /// The answer to `operation`, or a [`Failure::Request`] that names it.
    fn during(self, operation: &'static str) -> Result<T, Failure>;

    /// Like [`During::during`], but `None` if the service answers with the error `code`.
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

/// Takes what AWS always sends out of an answer in which the SDK makes everything optional.
pub(super) trait Answered<T> {
    /// The value of `field` in the answer to `operation`.
    fn answered(self, operation: &'static str, field: &'static str) -> Result<T, Failure>;
}

impl<T> Answered<T> for Option<T> {
    fn answered(self, operation: &'static str, field: &'static str) -> Result<T, Failure> {
        self.ok_or(Failure::Incomplete { operation, field })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_endpoint_nobody_listens_on_is_told_with_its_cause() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = crate::aws::Aws::connect(&endpoint).sts;
        let failure = client.get_caller_identity().send().await.during("GetCallerIdentity");
        let message = failure.unwrap_err().to_string();
        assert!(message.starts_with("GetCallerIdentity failed: dispatch failure"), "{message}");
        assert!(message.to_lowercase().contains("connection refused"), "{message}");
    }
}
