//! Deploys the project's Pulumi program to an AWS emulator, without Pulumi.
//!
//! The local deploy is a development tool; on AWS, `pulumi up` deploys. The local deploy creates
//! and updates resources, keeps no state and deletes nothing: a resource that was removed from the
//! program stays until a fresh emulator starts.
//!
//! The local deploy must never apply less than `pulumi up` would. Before it creates anything, it
//! therefore refuses every resource type and every property that it does not know. This includes
//! nested properties. It ignores only:
//! - the stack's configuration of the provider (`aws:…`), because the endpoint, the credentials and
//!   the region are those of [`Aws`]
//! - resource options such as `protect`, and the property `forceDestroy` of a bucket, because they
//!   concern deletions and replacements, which the local deploy never makes
//!
//! Every setting is sent to its service, even if the emulator ignores it. Deploying through
//! CloudFormation or Cloud Control would take less code, but the emulator's versions of these two
//! services drop settings.
//!
//! There is one file per service or part of a service, and these files for all services:
//! - `types` maps a resource's type token to the Rust type that applies it.
//! - `resource` defines the trait of these types.
//! - `plan` checks everything that can be checked before a resource is created.
//! - `wait` waits for resources that become ready later.
//! - `failure` has the error of one resource, and `error` that of a deployment.

#![expect(
    clippy::struct_field_names,
    reason = "fields have the names of the provider's properties"
)]

mod apigateway;
mod apigateway_route;
mod apigateway_stage;
mod cloudwatch;
mod cloudwatch_dashboard;
mod dynamodb;
mod dynamodb_index;
mod error;
mod eventbridge;
pub(crate) mod failure;
mod iam;
mod lambda;
mod lambda_event_source;
mod lambda_permission;
mod logs;
mod logs_query;
mod plan;
mod resource;
mod s3;
mod s3_cors;
mod s3_lifecycle;
mod s3_notification;
mod scheduler;
mod sfn;
mod sns;
mod sqs;
mod types;
mod wait;

use std::collections::BTreeMap;
use std::path::PathBuf;

use pulumi_program::{Evaluation, Program, ResourceInputs, Stack};
use serde_json::{Map, Value, json};

pub use self::error::DeployError;
pub use self::failure::Failure;
use self::failure::{During, Required};
use self::resource::{Outputs, Target};
use crate::aws::{Aws, REGION};

/// A resource that is about to be created or updated.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The resource's name in the program.
    pub resource: &'a str,
    /// The resource's type, for example `aws:s3:Bucket`.
    pub type_token: &'a str,
    /// The number of resources that were applied before this one.
    pub index: usize,
    /// The total number of resources.
    pub total: usize,
}

/// The result of a deployment.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The program's outputs, in the form of `pulumi stack output --json`.
    pub outputs: Map<String, Value>,
    /// The number of resources.
    pub resources: usize,
    /// The ids of the resources by their names in the program. The id of a function is its name,
    /// and the id of a queue is its URL.
    pub ids: BTreeMap<String, String>,
}

/// Checks the program and the stack's configuration. Leaves out the checks that need the built
/// functions.
///
/// # Errors
/// [`DeployError::Refused`] with all errors that were found.
pub fn check(program: &Program, stack: &Stack) -> Result<(), DeployError> {
    plan::check_program(program, stack)
}

/// Creates each resource of `program`, or updates the resource if it exists. Then waits until all
/// functions can be invoked. Calls `progress` before each resource.
///
/// Resources are applied one after the other. Of the resource options, only `dependsOn` has an
/// effect: a resource is applied after those that it depends on.
///
/// # Errors
/// - [`DeployError::Refused`] if a check of the program or of the local deploy finds an error.
///   Nothing was created.
/// - [`DeployError::Resource`] if a resource cannot be created or updated. The resources before it
///   remain. The next deployment updates them and continues.
/// - The other variants if the endpoint or the program cannot be used at all.
pub async fn deploy(
    aws: &Aws,
    program: &Program,
    stack: &Stack,
    progress: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Deployment, DeployError> {
    deploy_checked(aws, program, stack, plan::check, progress).await
}

/// Deploys a program that is never deployed to AWS. Unlike [`deploy`], does not check the program
/// against the rules of AWS. Both refuse resource types and properties that the local deploy does
/// not know.
///
/// # Errors
/// The errors of [`deploy`].
pub(crate) async fn deploy_to_emulator(
    aws: &Aws,
    program: &Program,
    stack: &Stack,
) -> Result<Deployment, DeployError> {
    deploy_checked(aws, program, stack, |_, _, evaluation| plan::rehearsal(evaluation), &mut |_| ())
        .await
}

/// Replaces the code of a function with the code in an archive, and waits until the function can be
/// invoked.
///
/// # Errors
/// When the archive cannot be read, Lambda refuses it, or the function does not become ready.
pub async fn replace_code(aws: &Aws, function: &str, archive: PathBuf) -> Result<(), Failure> {
    lambda::replace_code(aws, function, archive).await
}

async fn deploy_checked(
    aws: &Aws,
    program: &Program,
    stack: &Stack,
    check: fn(&Program, &Stack, Evaluation<'_>) -> Result<(), DeployError>,
    progress: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Deployment, DeployError> {
    aws.check_endpoint()?;
    let account = account(aws).await.map_err(DeployError::Unreachable)?;
    let mut evaluation = Evaluation::new(program, stack, &invokes(&account))?;
    check(program, stack, evaluation.clone())?;
    let ids = create_all(aws, &account, &mut evaluation, progress).await?;
    wait_for_functions(aws, program, &ids).await?;
    Ok(Deployment { outputs: evaluation.outputs()?, resources: ids.len(), ids })
}

/// Applies the resources, each after those that it depends on. Returns their ids by name.
async fn create_all(
    aws: &Aws,
    account: &str,
    evaluation: &mut Evaluation<'_>,
    progress: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<BTreeMap<String, String>, DeployError> {
    let order = evaluation.order();
    let mut ids = BTreeMap::new();
    for (index, name) in order.iter().enumerate() {
        let resource = evaluation.resource(name)?;
        let type_token = &resource.type_token;
        progress(Event { resource: name, type_token, index, total: order.len() });
        let outputs = apply(aws, account, &resource).await?;
        let id = outputs.get("id").and_then(Value::as_str).unwrap_or_default();
        ids.insert(name.clone(), id.to_owned());
        evaluation.created(name, outputs)?;
    }
    Ok(ids)
}

/// Waits until all functions can be invoked. This happens at the end, so that functions become
/// ready while other resources are created.
async fn wait_for_functions(
    aws: &Aws,
    program: &Program,
    ids: &BTreeMap<String, String>,
) -> Result<(), DeployError> {
    let functions = program.resources().filter(|(_, type_token)| *type_token == types::FUNCTION);
    for (name, type_token) in functions {
        let id = ids.get(name).map_or(name, String::as_str);
        let ready = lambda::ready(aws, id).await;
        ready.map_err(|failure| DeployError::resource(name, type_token, failure))?;
    }
    Ok(())
}

async fn apply(
    aws: &Aws,
    account: &str,
    resource: &ResourceInputs,
) -> Result<Outputs, DeployError> {
    let applier = types::read(resource).map_err(|finding| DeployError::Refused(vec![finding]))?;
    let to = Target { aws, account, name: &resource.name };
    applier
        .apply(&to)
        .await
        .map_err(|failure| DeployError::resource(&resource.name, &resource.type_token, failure))
}

/// The id of the account at the endpoint.
async fn account(aws: &Aws) -> Result<String, Failure> {
    let identity = aws.sts.get_caller_identity().send().await.during("GetCallerIdentity")?;
    identity.account.required("GetCallerIdentity", "Account")
}

/// The provider's functions that the program can invoke, with their results.
fn invokes(account: &str) -> BTreeMap<String, Value> {
    let identity = json!({"accountId": account, "id": account});
    let region = json!({"region": REGION, "id": REGION});
    let partition = json!({"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"});
    BTreeMap::from([
        ("aws:getCallerIdentity".to_owned(), identity),
        ("aws:getPartition".to_owned(), partition),
        ("aws:getRegion".to_owned(), region),
    ])
}
