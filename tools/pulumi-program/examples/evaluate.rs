//! Evaluates a stack, given the outputs of its resources, and prints the result as JSON.
//!
//! ```text
//! cargo run --package pulumi-program --example evaluate -- ROOT STACK < GIVEN
//! ```
//!
//! `ROOT` is the directory of `Pulumi.yaml`. `GIVEN` holds everything that a deployment learns from
//! the provider: `{"invokes": {"aws:getRegion": {"region": "us-east-1"}, …}, "outputs": {"bucket":
//! {"id": "images", …}, …}}`. `tests/conformance/pulumi/run` compares this result with that of
//! Pulumi's own engine.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use pulumi_program::{Evaluation, Program, Stack, offline};
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
    let [root, stack] = arguments.as_slice() else {
        return Err("usage: evaluate ROOT STACK < GIVEN".into());
    };
    let given: Given = serde_json::from_reader(std::io::stdin().lock())?;
    let program = Program::load(Path::new(root))?;
    let stack = Stack::load(Path::new(root), &program, stack)?;
    serde_json::to_writer(std::io::stdout().lock(), &evaluated(&program, &stack, given)?)?;
    Ok(())
}

/// Lists every resource in the order of deployment, and the outputs of the stack.
fn evaluated(program: &Program, stack: &Stack, given: Given) -> Result<Value, Box<dyn Error>> {
    let Given { invokes, mut outputs } = given;
    let mut evaluation = Evaluation::new(program, stack, &invokes)?;
    let mut resources = Vec::new();
    offline::walk(&mut evaluation, |resource| {
        // Without outputs the evaluation ends with an error that names the resource.
        let outputs = outputs.remove(&resource.name).unwrap_or_default();
        resources.push(json!({
            "name": resource.name,
            "type": resource.type_token,
            "inputs": resource.inputs,
            "protect": resource.options.protect,
        }));
        outputs
    })?;
    Ok(json!({"resources": resources, "outputs": evaluation.outputs()?}))
}
