//! `cargo local env`: the settings with which AWS clients reach a running stack.

use clap::Args;
use serde_json::{Map, Value};

use super::{CommandError, ExitStatus, print, print_json};
use crate::access_key::AccessKey;
use crate::aws::{Aws, REGION};
use crate::stack::state::StateFile;
use crate::workspace::Workspace;

/// Print the endpoint and access key of the running stack, for the AWS CLI and SDKs.
///
/// The output is shell commands that set environment variables, which the AWS CLI reads from version
/// 2.13 on. The key is valid as long as the stack runs.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  eval \"$(cargo local env)\"\n  aws s3 ls")]
pub(super) struct Env {
    /// Print the variables as JSON.
    #[arg(long)]
    json: bool,
}

impl Env {
    pub(super) fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let (_, aws) = StateFile::of(workspace).connect()?;
        let variables = variables(&aws);
        if self.json {
            let object: Map<_, _> = variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            print_json(&Value::Object(object))?;
        } else {
            print(&text(&variables))?;
        }
        Ok(ExitStatus::Success)
    }
}

/// The variables that AWS clients read; `None` if one must not be set.
fn variables(aws: &Aws) -> [(&'static str, Option<String>); 6] {
    let AccessKey { id, secret, token } = aws.access_key().clone();
    [
        ("AWS_ENDPOINT_URL", Some(aws.endpoint().to_owned())),
        ("AWS_ACCESS_KEY_ID", Some(id)),
        ("AWS_SECRET_ACCESS_KEY", Some(secret)),
        ("AWS_SESSION_TOKEN", token),
        // SDKs read the former, the AWS CLI the latter.
        ("AWS_REGION", Some(REGION.to_owned())),
        ("AWS_DEFAULT_REGION", Some(REGION.to_owned())),
    ]
}

/// Formats the variables as commands of a POSIX shell.
fn text(variables: &[(&str, Option<String>)]) -> String {
    let line = |(name, value): &(&str, Option<String>)| match value {
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
        let aws = Aws::connect("http://127.0.0.1:4566", key);
        insta::assert_snapshot!(text(&variables(&aws)), @r"
        export AWS_ENDPOINT_URL='http://127.0.0.1:4566'
        export AWS_ACCESS_KEY_ID='AKIA1'
        export AWS_SECRET_ACCESS_KEY='it'\''s'
        unset AWS_SESSION_TOKEN
        export AWS_REGION='us-east-1'
        export AWS_DEFAULT_REGION='us-east-1'
        ");
    }
}
