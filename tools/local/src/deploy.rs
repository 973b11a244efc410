//! Deploying the project's Pulumi program to an AWS emulator, without Pulumi.
//!
//! A development tool: it creates and updates, keeps no state and deletes nothing, so what a
//! changed program no longer has stays until a fresh emulator starts. AWS gets `pulumi up`.
//!
//! What keeps the two from drifting apart is that everything unknown is refused, a resource type
//! or a property at any depth, before anything is created. Only the stack's settings of the
//! provider (`aws:…`) have no meaning here: the endpoint, its credentials and its region are those
//! of [`Aws`].
//!
//! Every setting goes out in a call of its service, also where the emulator ignores it. The detour
//! over CloudFormation or Cloud Control would be shorter, but there the emulator loses settings.
//!
//! One file per service; `types` leads from a type token to the type that applies it.

#![expect(clippy::struct_field_names, reason = "fields are named as the provider's properties")]

mod apigateway;
mod apigateway_route;
mod apigateway_stage;
mod cloudwatch;
mod cloudwatch_dashboard;
mod dynamodb;
mod dynamodb_index;
mod error;
mod eventbridge;
mod failure;
mod iam;
mod lambda;
mod lambda_permission;
mod logs;
mod logs_query;
mod plan;
mod resource;
mod s3;
mod s3_cors;
mod s3_lifecycle;
mod scheduler;
mod sfn;
mod sns;
mod sqs;
mod types;
mod wait;

use std::collections::BTreeMap;

use pulumi_program::{Evaluation, Program, ResourceInputs, Stack};
use serde_json::{Map, Value, json};

pub use self::error::DeployError;
pub use self::failure::Failure;
use self::failure::{Answered, During};
use self::resource::{Outputs, Target};
use crate::aws::{Aws, REGION};

/// A resource whose turn it is.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The resource's name in the program.
    pub resource: &'a str,
    /// Its type, for example `aws:s3:Bucket`.
    pub type_token: &'a str,
    /// How many resources came before it.
    pub index: usize,
    /// How many resources there are.
    pub total: usize,
}

/// What a deployment made.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The program's outputs, as `pulumi stack output --json` prints them.
    pub outputs: Map<String, Value>,
    /// The number of resources.
    pub resources: usize,
    /// Each resource's id (of a function its name, of a queue its URL) by its name in the program.
    pub ids: BTreeMap<String, String>,
}

/// Whether the program and the stack's configuration are sound, as far as that can be said before
/// the functions are built.
///
/// # Errors
/// [`DeployError::Refused`] with all that was found.
pub fn check(program: &Program, stack: &Stack) -> Result<(), DeployError> {
    plan::check_program(program, stack)
}

/// Creates every resource of `program`, or updates it where one of its name exists, and returns
/// when all functions can be invoked. `progress` hears of each resource before it is applied.
///
/// Resources are created one after the other. Options such as `protect` are about deletions and
/// replacements, which do not happen here.
///
/// # Errors
/// [`DeployError::Refused`] before anything is created if the checks of [`pulumi_program`] or this module
/// find anything, the other variants as they say. A deployment that fails half way leaves what it
/// has created; deploying again goes on from there.
pub async fn deploy(
    aws: &Aws,
    program: &Program,
    stack: &Stack,
    progress: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Deployment, DeployError> {
    deploy_checked(aws, program, stack, plan::check, progress).await
}

/// As [`deploy`], for a program that never leaves the emulator: what it lacks of what belongs
/// together on AWS is not missed. What this module cannot apply is refused all the same.
pub(crate) async fn deploy_to_emulator(
    aws: &Aws,
    program: &Program,
    stack: &Stack,
) -> Result<Deployment, DeployError> {
    deploy_checked(aws, program, stack, |_, _, plan| plan::rehearsal(plan), &mut |_| ()).await
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

/// Creates resource after resource; returns their ids by name.
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

/// Together, at the end, so that they get ready while others are created.
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

/// The account that the endpoint's resources live in.
async fn account(aws: &Aws) -> Result<String, Failure> {
    let identity = aws.sts.get_caller_identity().send().await.during("GetCallerIdentity")?;
    identity.account.answered("GetCallerIdentity", "Account")
}

/// What the program can ask the provider for.
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
