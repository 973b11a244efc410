//! `cargo local env`: environment variables for AWS clients of a running stack, or for a function
//! that runs outside the emulator.

use clap::Args;
use serde_json::{Map, Value};

use super::{CommandError, ExitStatus, print, print_json};
use crate::access_key::AccessKey;
use crate::aws::{Aws, REGION};
use crate::emulator::control::function_session;
use crate::error_text::chain;
use crate::stack::state::StateFile;
use crate::workspace::Workspace;

/// Print the endpoint and access key of the running stack, for the AWS CLI and SDKs.
///
/// The output is shell commands that set environment variables. Version 2 of the AWS CLI reads
/// `AWS_ENDPOINT_URL` from 2.13 on, version 1 from 1.29 on. For SQS, version 1 also needs
/// `--endpoint-url "$AWS_ENDPOINT_URL"`. The access key is valid as long as the stack runs.
///
/// With FUNCTION, the access key belongs to a session of the function's role, and the output also
/// sets the function's own environment variables. With these variables, the function runs under
/// `cargo lambda watch`, outside the emulator, with the permissions that it has on AWS.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  eval \"$(cargo local env)\"\n  aws s3 ls\n\n  eval \"$(cargo local env head-object)\"\n  cargo lambda watch --invoke-address 127.0.0.1 --disable-cors --package head-object"
)]
pub(super) struct Env {
    /// A function, by the name of its folder in functions/.
    function: Option<String>,
    /// Print the variables as JSON.
    #[arg(long)]
    json: bool,
}

/// Name and value of an environment variable. `None` means that the variable must be unset.
type Variable = (String, Option<String>);

impl Env {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let file = StateFile::of(workspace);
        let variables = match &self.function {
            None => {
                let aws = file.connect_to_emulator()?;
                client_variables(&aws, aws.access_key())
            }
            Some(function) => {
                let (outputs, aws) = file.connect()?;
                function_variables(&aws, outputs.function_prefix(), function).await?
            }
        };
        if self.json {
            let variables = variables.into_iter();
            let object: Map<_, _> = variables.map(|(name, value)| (name, value.into())).collect();
            print_json(&Value::Object(object))?;
        } else {
            print(&text(&variables))?;
        }
        Ok(ExitStatus::Success)
    }
}

/// The variables that AWS clients read.
fn client_variables(aws: &Aws, access_key: &AccessKey) -> Vec<Variable> {
    let AccessKey { id, secret, token } = access_key.clone();
    let variables = [
        ("AWS_ENDPOINT_URL", Some(aws.endpoint().to_owned())),
        ("AWS_ACCESS_KEY_ID", Some(id)),
        ("AWS_SECRET_ACCESS_KEY", Some(secret)),
        ("AWS_SESSION_TOKEN", token),
        // The AWS CLI and the SDK for Python read `AWS_DEFAULT_REGION`, other SDKs `AWS_REGION`.
        ("AWS_REGION", Some(REGION.to_owned())),
        ("AWS_DEFAULT_REGION", Some(REGION.to_owned())),
        // Unset, because the SDK for JavaScript prefers a profile to credentials in variables:
        // https://github.com/aws/aws-sdk-js-v3/pull/6277
        ("AWS_PROFILE", None),
    ];
    variables.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Returns the variables that AWS clients read, with credentials of the function's role, followed
/// by the function's own environment variables.
async fn function_variables(
    aws: &Aws,
    prefix: &str,
    function: &str,
) -> Result<Vec<Variable>, CommandError> {
    let name = match function.strip_prefix(prefix) {
        Some(_) => function.to_owned(),
        None => format!("{prefix}{function}"),
    };
    let request = aws.lambda.get_function_configuration().function_name(&name);
    let configuration = request.send().await.map_err(|error| CommandError::Function {
        function: function.to_owned(),
        message: chain(&error),
    })?;
    let role = configuration.role.unwrap_or_default();
    let session = function_session(aws, &name, &role).await?;
    let mut variables = client_variables(aws, &session);
    let own = configuration.environment.and_then(|it| it.variables).unwrap_or_default();
    let mut own: Vec<_> = own.into_iter().map(|(name, value)| (name, Some(value))).collect();
    own.sort();
    variables.extend(own);
    Ok(variables)
}

/// Formats the variables as commands of a POSIX shell.
fn text(variables: &[Variable]) -> String {
    let line = |(name, value): &Variable| match value {
        Some(value) => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        None => format!("unset {name}\n"),
    };
    variables.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_can_evaluate_the_variables() {
        let secret = "it's".to_owned();
        let key = AccessKey { id: "AKIA1".to_owned(), secret, token: None };
        let aws = Aws::connect("http://127.0.0.1:4566", key.clone());
        insta::assert_snapshot!(text(&client_variables(&aws, &key)), @r"
        export AWS_ENDPOINT_URL='http://127.0.0.1:4566'
        export AWS_ACCESS_KEY_ID='AKIA1'
        export AWS_SECRET_ACCESS_KEY='it'\''s'
        unset AWS_SESSION_TOKEN
        export AWS_REGION='us-east-1'
        export AWS_DEFAULT_REGION='us-east-1'
        unset AWS_PROFILE
        ");
    }
}
