//! The error of a deployment.

use pulumi_program::{EvaluationError, Finding, SchemaError};

use super::failure::Failure;
use crate::aws::EndpointError;

/// A deployment was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The program has mistakes, or parts that the local deploy cannot apply. Nothing was created.
    #[error("the program cannot be deployed:\n{}", lines(.0))]
    Refused(
        /// All errors that were found.
        Vec<Finding>,
    ),
    /// The schema of the Pulumi provider cannot be read. It is compiled into the executable.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The program cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] Box<EvaluationError>),
    /// The endpoint is not an HTTP URL with a host.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The endpoint does not respond, or does not respond like AWS.
    #[error("the endpoint does not respond like AWS: {0}; is an emulator running there?")]
    Unreachable(#[source] Failure),
    /// A resource could not be created or updated.
    #[error("cannot deploy {name} ({type_token}): {failure}")]
    Resource {
        /// The resource's name in the program.
        name: String,
        /// The resource's type, for example `aws:s3:Bucket`.
        type_token: String,
        /// The cause.
        #[source]
        failure: Failure,
    },
}

impl DeployError {
    pub(super) fn resource(name: &str, type_token: &str, failure: Failure) -> Self {
        Self::Resource { name: name.to_owned(), type_token: type_token.to_owned(), failure }
    }
}

impl From<EvaluationError> for DeployError {
    fn from(error: EvaluationError) -> Self {
        Self::Evaluation(Box::new(error))
    }
}

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("  {finding}")).collect::<Vec<_>>().join("\n")
}
