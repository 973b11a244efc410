//! Why a deployment did not happen, or stopped.

use pulumi_program::{EvaluationError, Finding, SchemaError};

use super::failure::Failure;
use crate::aws::EndpointError;

/// Why a deployment did not happen, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The program has mistakes, or asks for what the local deploy cannot apply. Nothing was created.
    #[error("the program cannot be deployed:\n{}", lines(.0))]
    Refused(
        /// Everything that was found.
        Vec<Finding>,
    ),
    /// The provider's schema, which is part of this program, cannot be read.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The program cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] Box<EvaluationError>),
    /// The endpoint is no URL.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Nothing like AWS answers at the endpoint.
    #[error("the endpoint does not answer as AWS does: {0}; is the emulator running there?")]
    Unreachable(#[source] Failure),
    /// A resource could not be created or updated.
    #[error("cannot create {name} ({type_token}): {failure}")]
    Resource {
        /// The resource's name in the program.
        name: String,
        /// Its type, for example `aws:s3:Bucket`.
        type_token: String,
        /// What went wrong.
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
