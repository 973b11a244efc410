//! Evaluates a stack, given the outputs of its resources, and prints the result as JSON.
//!
//! ```text
//! cargo run --package pulumi-program --example evaluate -- ROOT STACK < GIVEN
//! cargo run --package pulumi-program --example evaluate -- ROOT STACK --offline [KEY VALUE]
//! ```
//!
//! `ROOT` is the directory of `Pulumi.yaml`. `GIVEN` is a JSON file with everything that a
//! deployment learns from the provider: `{"invokes": {"aws:getRegion": {"region": "us-east-1"}, …},
//! "outputs": {"bucket": {"id": "images", …}, …}}`. With `--offline`, the example makes all of that
//! up, and sets the configuration key `KEY` to `VALUE`.
//!
//! `tests/conformance/pulumi/run` compares the result with that of Pulumi's own engine.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use pulumi_program::offline::Deployment;
use pulumi_program::{Evaluation, Program, ResourceInputs, Stack, offline};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Everything that a deployment learns from the provider.
#[derive(Deserialize)]
struct Given {
    /// Results of provider functions, by their tokens.
    invokes: BTreeMap<String, Value>,
    /// Outputs of resources, by their logical names.
    outputs: BTreeMap<String, Map<String, Value>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (root, stack, is_offline, setting) = match arguments[..] {
        [root, stack] => (root, stack, false, None),
        [root, stack, "--offline"] => (root, stack, true, None),
        [root, stack, "--offline", key, value] => (root, stack, true, Some((key, value))),
        _ => {
            return Err("usage: evaluate ROOT STACK < GIVEN, or \
                        evaluate ROOT STACK --offline [KEY VALUE]"
                .into());
        }
    };
    let program = Program::load(Path::new(root))?;
    let mut stack = Stack::load(Path::new(root), &program, stack)?;
    if let Some((key, value)) = setting {
        stack = stack.with(key, value)?;
    }
    let deployment = if is_offline {
        offline::evaluate(&program, &stack)?
    } else {
        evaluated(&program, &stack, serde_json::from_reader(std::io::stdin().lock())?)?
    };
    let resources: Vec<_> = deployment.resources.iter().map(printed).collect();
    let result = json!({"resources": resources, "outputs": deployment.outputs});
    serde_json::to_writer(std::io::stdout().lock(), &result)?;
    Ok(())
}

fn printed(resource: &ResourceInputs) -> Value {
    json!({
        "name": resource.name,
        "type": resource.type_token,
        "inputs": resource.inputs,
        "protect": resource.options.protect,
    })
}

/// Evaluates every resource, in the order of deployment, and the outputs of the stack. Takes from
/// `given` what a deployment learns from the provider.
fn evaluated(program: &Program, stack: &Stack, given: Given) -> Result<Deployment, Box<dyn Error>> {
    let Given { invokes, mut outputs } = given;
    let mut evaluation = Evaluation::new(program, stack, &invokes)?;
    let mut resources = Vec::new();
    offline::walk(&mut evaluation, |resource| {
        // If `given` has no outputs for a resource, the resource gets empty outputs. They have no
        // `id`, so the evaluation fails with an error that names the resource.
        let outputs = outputs.remove(&resource.name).unwrap_or_default();
        resources.push(resource);
        outputs
    })?;
    Ok(Deployment { resources, outputs: evaluation.outputs()? })
}
