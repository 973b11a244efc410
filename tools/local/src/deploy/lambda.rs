//! Lambda functions.

use std::collections::HashMap;
use std::path::PathBuf;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types as sdk;
use pulumi_program::{Finding, Place};
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};
use super::wait::{State, until_ready};
use crate::aws::{Aws, REGION};

/// `aws:lambda:Function`, with its code in an archive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Function {
    name: String,
    role: String,
    runtime: String,
    handler: String,
    code: Archive,
    description: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
    /// Seconds.
    timeout: Option<i32>,
    /// MB.
    memory_size: Option<i32>,
    environment: Option<Environment>,
    ephemeral_storage: Option<EphemeralStorage>,
    tracing_config: Option<TracingConfig>,
    logging_config: Option<LoggingConfig>,
    /// -1, the default, sets no limit.
    reserved_concurrent_executions: Option<i32>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

/// An archive in the Pulumi program: `fn::fileArchive` with a path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Archive {
    #[serde(rename = "fn::fileArchive")]
    path: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Environment {
    #[serde(deserialize_with = "string_map")]
    variables: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EphemeralStorage {
    /// MB.
    size: i32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TracingConfig {
    /// `Active` or `PassThrough`.
    mode: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LoggingConfig {
    /// `JSON` or `Text`.
    log_format: String,
    log_group: Option<String>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
}

impl Resource for Function {
    const OUTPUTS: &'static [&'static str] =
        &["id", "name", "arn", "invokeArn", "qualifiedArn", "version"];

    fn check(&self) -> Vec<Finding> {
        if self.code.path.is_file() {
            return Vec::new();
        }
        let path = self.code.path.display();
        let message = format!("there is no archive {path}; build the functions first");
        vec![Finding::error(Place::default().key("code"), message)]
    }

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let code = self.code.read().await?;
        let arn = match self.create(to, code.clone()).await? {
            Some(arn) => arn,
            None => self.update(to, code).await?,
        };
        self.reserve_concurrency(to).await?;
        // The ARN that API Gateway expects as `integrationUri` (docs.aws.amazon.com/apigateway).
        let invoke = format!(
            "arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
        );
        Ok(outputs([
            ("id", &self.name),
            ("name", &self.name),
            ("arn", &arn),
            ("invokeArn", &invoke),
            ("qualifiedArn", &format!("{arn}:$LATEST")),
            ("version", "$LATEST"),
        ]))
    }
}

impl Archive {
    async fn read(&self) -> Result<Blob, Failure> {
        let path = self.path.clone();
        match tokio::task::spawn_blocking(move || std::fs::read(path)).await {
            Ok(Ok(bytes)) => Ok(Blob::new(bytes)),
            Ok(Err(source)) => Err(Failure::Archive { path: self.path.clone(), source }),
            Err(stopped) => {
                let source = std::io::Error::other(stopped);
                Err(Failure::Archive { path: self.path.clone(), source })
            }
        }
    }
}

impl Function {
    /// Creates the function. Returns its ARN, or `None` if a function with this name exists.
    async fn create(&self, to: &Target<'_>, code: Blob) -> Result<Option<String>, Failure> {
        let call = to
            .aws
            .lambda
            .create_function()
            .function_name(&self.name)
            .role(&self.role)
            .runtime(self.runtime.as_str().into())
            .handler(&self.handler)
            .code(sdk::FunctionCode::builder().zip_file(code).build())
            .set_description(self.description.clone())
            .set_architectures(self.architectures())
            .set_timeout(self.timeout)
            .set_memory_size(self.memory_size)
            .set_environment(self.environment())
            .set_ephemeral_storage(self.ephemeral_storage()?)
            .set_tracing_config(self.tracing())
            .set_logging_config(self.logging())
            .set_tags(Some(self.tags.clone().into_iter().collect()));
        let created = call.send().await.unless("ResourceConflictException", "CreateFunction")?;
        let arn = created.map(|it| it.function_arn.required("CreateFunction", "FunctionArn"));
        arn.transpose()
    }

    /// Updates the code, waits for the end of that update, and then updates the configuration,
    /// because Lambda accepts one update at a time.
    async fn update(&self, to: &Target<'_>, code: Blob) -> Result<String, Failure> {
        ready(to.aws, &self.name).await?;
        let call = to.aws.lambda.update_function_code().function_name(&self.name).zip_file(code);
        let call = call.set_architectures(self.architectures());
        let updated = call.send().await.during("UpdateFunctionCode")?;
        let arn = updated.function_arn.required("UpdateFunctionCode", "FunctionArn")?;
        ready(to.aws, &self.name).await?;
        self.update_configuration(to).await?;
        if !self.tags.is_empty() {
            let tags = self.tags.clone().into_iter().collect();
            let call = to.aws.lambda.tag_resource().resource(&arn).set_tags(Some(tags));
            call.send().await.during("TagResource")?;
        }
        Ok(arn)
    }

    async fn update_configuration(&self, to: &Target<'_>) -> Result<(), Failure> {
        let call = to
            .aws
            .lambda
            .update_function_configuration()
            .function_name(&self.name)
            .role(&self.role)
            .runtime(self.runtime.as_str().into())
            .handler(&self.handler)
            .set_description(self.description.clone())
            .set_timeout(self.timeout)
            .set_memory_size(self.memory_size)
            .set_environment(self.environment())
            .set_ephemeral_storage(self.ephemeral_storage()?)
            .set_tracing_config(self.tracing())
            .set_logging_config(self.logging());
        call.send().await.during("UpdateFunctionConfiguration")?;
        Ok(())
    }

    async fn reserve_concurrency(&self, to: &Target<'_>) -> Result<(), Failure> {
        let Some(reserved) = self.reserved_concurrent_executions.filter(|&limit| limit >= 0) else {
            let call = to.aws.lambda.delete_function_concurrency().function_name(&self.name);
            call.send().await.during("DeleteFunctionConcurrency")?;
            return Ok(());
        };
        let call = to.aws.lambda.put_function_concurrency().function_name(&self.name);
        let call = call.reserved_concurrent_executions(reserved);
        call.send().await.during("PutFunctionConcurrency")?;
        Ok(())
    }

    fn architectures(&self) -> Option<Vec<sdk::Architecture>> {
        let names = self.architectures.iter().map(|name| name.as_str().into());
        (!self.architectures.is_empty()).then(|| names.collect())
    }

    fn environment(&self) -> Option<sdk::Environment> {
        let variables = self.environment.as_ref()?.variables.clone();
        Some(sdk::Environment::builder().set_variables(Some(variables)).build())
    }

    fn ephemeral_storage(&self) -> Result<Option<sdk::EphemeralStorage>, Failure> {
        let build = |it: &EphemeralStorage| sdk::EphemeralStorage::builder().size(it.size).build();
        Ok(self.ephemeral_storage.as_ref().map(build).transpose()?)
    }

    fn tracing(&self) -> Option<sdk::TracingConfig> {
        let mode = self.tracing_config.as_ref()?.mode.as_str();
        Some(sdk::TracingConfig::builder().mode(mode.into()).build())
    }

    fn logging(&self) -> Option<sdk::LoggingConfig> {
        let logging = self.logging_config.as_ref()?;
        let application = logging.application_log_level.as_deref();
        let system = logging.system_log_level.as_deref();
        let configuration = sdk::LoggingConfig::builder()
            .log_format(logging.log_format.as_str().into())
            .set_log_group(logging.log_group.clone())
            .set_application_log_level(application.map(sdk::ApplicationLogLevel::from))
            .set_system_log_level(system.map(sdk::SystemLogLevel::from))
            .build();
        Some(configuration)
    }
}

/// Waits until `function` can be invoked and updated.
pub(super) async fn ready(aws: &Aws, function: &str) -> Result<(), Failure> {
    let poll = async || {
        let call = aws.lambda.get_function_configuration().function_name(function);
        Ok(state(&call.send().await.during("GetFunctionConfiguration")?))
    };
    until_ready(function, poll).await
}

/// Replaces the code of a function with the code in an archive, and waits until the function can be
/// invoked.
pub(super) async fn replace_code(
    aws: &Aws,
    function: &str,
    archive: PathBuf,
) -> Result<(), Failure> {
    let code = Archive { path: archive }.read().await?;
    let call = aws.lambda.update_function_code().function_name(function).zip_file(code);
    call.send().await.during("UpdateFunctionCode")?;
    ready(aws, function).await
}

/// Reads a function's state. See
/// <https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html>.
fn state(function: &Configuration) -> State {
    use sdk::{LastUpdateStatus as Update, State as Creation};
    match (function.state(), function.last_update_status()) {
        (Some(Creation::Failed), _) | (_, Some(Update::Failed)) => {
            State::Failed(describe(function))
        }
        (Some(Creation::Active), Some(Update::Successful) | None) => State::Ready,
        _ => State::Pending(describe(function)),
    }
}

type Configuration =
    aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;

fn describe(function: &Configuration) -> String {
    let state = function.state().map_or("unknown", sdk::State::as_str);
    let update = function.last_update_status().map_or("none", sdk::LastUpdateStatus::as_str);
    let reason = function.state_reason().or(function.last_update_status_reason());
    format!("state {state}, last update {update}: {}", reason.unwrap_or("no reason given"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(state: sdk::State, update: sdk::LastUpdateStatus) -> Configuration {
        Configuration::builder()
            .state(state)
            .last_update_status(update)
            .state_reason("because")
            .build()
    }

    #[test]
    fn a_function_is_ready_when_created_and_updated() {
        use sdk::{LastUpdateStatus as Update, State as Creation};
        let of = |creation, update| state(&function(creation, update));
        assert_eq!(of(Creation::Active, Update::Successful), State::Ready);
        assert!(matches!(of(Creation::Active, Update::InProgress), State::Pending(_)));
        assert!(matches!(of(Creation::Pending, Update::Successful), State::Pending(_)));
        let State::Failed(reason) = of(Creation::Failed, Update::Successful) else {
            panic!("a failed function counts as usable");
        };
        assert_eq!(reason, "state Failed, last update Successful: because");
    }
}
