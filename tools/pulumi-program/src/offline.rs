//! Evaluation without AWS: the outputs that only AWS can give are invented.
//!
//! An invented output names its resource (`arn:table`, `bucket-id`), so that a value computed from
//! it shows which resource it refers to. An invented output does not have AWS's format, so nothing
//! may parse it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{Evaluation, EvaluationError, Program, ResourceInputs, Stack};

/// The account that `aws:getCallerIdentity` returns.
pub const ACCOUNT_ID: &str = "123456789012";

/// The region that `aws:getRegion` returns. The project's stacks are in another region, so tests
/// notice if the program hard-codes their region.
pub const REGION: &str = "eu-central-1";

/// The partition that `aws:getPartition` returns. Most stacks are in another partition, `aws`, so
/// tests notice if the program hard-codes `aws`.
pub const PARTITION: &str = "aws-us-gov";

/// The resource outputs that the program refers to, except those that repeat an input. [`evaluate`]
/// invents all of them for every resource.
const OUTPUTS: [&str; 8] =
    ["id", "arn", "url", "invokeArn", "executionArn", "apiEndpoint", "streamArn", "uuid"];

/// Every resource of a stack, and the stack's outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// The resources, in the order of deployment.
    pub resources: Vec<ResourceInputs>,
    /// The outputs of the stack.
    pub outputs: Map<String, Value>,
}

impl Deployment {
    /// The resource with this logical name.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&ResourceInputs> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    /// The resources of a type, such as `aws:s3:Bucket`.
    pub fn of_type(&self, type_token: &str) -> impl Iterator<Item = &ResourceInputs> {
        self.resources.iter().filter(move |resource| resource.type_token == type_token)
    }
}

/// Evaluates every resource of `program` with the name and configuration of `stack`.
///
/// ```no_run
/// # use pulumi_program::{Checkout, Program, Stack, offline};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let checkout = Checkout::find()?;
/// let program = Program::load(checkout.root())?;
/// let stack = Stack::load(checkout.root(), &program, "dev")?;
/// for function in offline::evaluate(&program, &stack)?.of_type("aws:lambda:Function") {
///     println!("{}", function.inputs["name"]);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The errors of [`Evaluation`], such as [`EvaluationError::NoProperty`] for a reference to an
/// output that is neither an input of the resource nor among the invented outputs.
pub fn evaluate(program: &Program, stack: &Stack) -> Result<Deployment, EvaluationError> {
    let mut evaluation = begin(program, stack)?;
    let mut resources = Vec::new();
    walk(&mut evaluation, |resource| {
        let outputs = outputs(&resource.name, &OUTPUTS);
        resources.push(resource);
        outputs
    })?;
    Ok(Deployment { resources, outputs: evaluation.outputs()? })
}

/// Begins an evaluation in [`ACCOUNT_ID`], [`REGION`] and [`PARTITION`].
///
/// # Errors
/// The errors of [`Evaluation::new`].
pub fn begin<'a>(program: &'a Program, stack: &Stack) -> Result<Evaluation<'a>, EvaluationError> {
    let invokes = BTreeMap::from([
        ("aws:getCallerIdentity".to_owned(), json!({"accountId": ACCOUNT_ID})),
        ("aws:getPartition".to_owned(), json!({"partition": PARTITION})),
        ("aws:getRegion".to_owned(), json!({"region": REGION})),
    ]);
    Evaluation::new(program, stack, &invokes)
}

/// Passes each resource to `create`, in the order of deployment, and continues with the outputs
/// that `create` returns.
///
/// # Errors
/// The errors of [`Evaluation::resource`] and [`Evaluation::created`]. Resources after an error are
/// not passed to `create`.
pub fn walk(
    evaluation: &mut Evaluation<'_>,
    mut create: impl FnMut(ResourceInputs) -> Map<String, Value>,
) -> Result<(), EvaluationError> {
    for name in evaluation.order() {
        let outputs = create(evaluation.resource(&name)?);
        evaluation.created(&name, outputs)?;
    }
    Ok(())
}

/// Invents values for the outputs `names` of the resource `resource`.
#[must_use]
pub fn outputs(resource: &str, names: &[&str]) -> Map<String, Value> {
    let output = |name: &&str| ((*name).to_owned(), Value::from(output(resource, name)));
    names.iter().map(output).collect()
}

fn output(resource: &str, name: &str) -> String {
    match name {
        "id" => format!("{resource}-id"),
        "arn" => format!("arn:{resource}"),
        "url" => format!("https://queue/{resource}"),
        "invokeArn" => format!("invoke:{resource}"),
        "executionArn" => format!("execute:{resource}"),
        "apiEndpoint" => format!("https://{resource}"),
        "streamArn" => format!("arn:{resource}/stream/enabled"),
        _ => format!("{resource}.{name}"),
    }
}
