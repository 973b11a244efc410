//! A deployment's state of knowledge: which resources exist, and what the next one's inputs are.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::Program;
use crate::graph;
use crate::scope::Scope;
use crate::{EvaluationError, Stack};

/// The evaluation of a program for one stack. It does no I/O but reading the files that the
/// program names: the deployer asks for a resource's inputs, creates it, and hands its outputs
/// back.
///
/// ```no_run
/// # use pulumi_program::{Evaluation, Program, Stack};
/// # use std::{collections::BTreeMap, error::Error, path::Path};
/// # fn create(_: &pulumi_program::ResourceInputs) -> serde_json::Map<String, serde_json::Value> { serde_json::Map::new() }
/// # fn main() -> Result<(), Box<dyn Error>> {
/// let root = Path::new(".");
/// let program = Program::load(root)?;
/// let stack = Stack::load(root, &program, "dev")?;
/// let mut evaluation = Evaluation::new(&program, &stack, &BTreeMap::new())?;
/// for name in evaluation.order() {
///     let outputs = create(&evaluation.resource(&name)?);
///     evaluation.created(&name, outputs)?;
/// }
/// println!("{:?}", evaluation.outputs()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Evaluation<'a> {
    program: &'a Program,
    /// `pulumi` and the configuration keys.
    given: Map<String, Value>,
    invokes: BTreeMap<String, Value>,
    /// Resources and variables, each after what it needs.
    order: Vec<String>,
    variables: BTreeMap<String, Value>,
    outputs: BTreeMap<String, Value>,
}

/// What the program says of one resource, with every expression evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceInputs {
    /// The logical name, by which the program refers to it.
    pub name: String,
    /// The type, such as `aws:s3:Bucket`.
    pub type_token: String,
    /// The properties. As in Pulumi, a number or a boolean may stand where the provider takes a
    /// string, and a property may be null, which is the same as its absence.
    pub inputs: Map<String, Value>,
    /// The resource options.
    pub options: ResourceOptions,
}

/// How a resource is to be deployed; see
/// <https://www.pulumi.com/docs/iac/concepts/resources/options/>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceOptions {
    /// Logical names of resources to create first, beside those that the inputs refer to.
    /// [`Evaluation::order`] has them in it already.
    pub depends_on: Vec<String>,
    /// Whether the resource must not be deleted.
    pub protect: bool,
    /// Whether the resource stays when the stack is destroyed.
    pub retain_on_delete: bool,
    /// Whether a replacement deletes the old resource first.
    pub delete_before_replace: bool,
}

impl<'a> Evaluation<'a> {
    /// Begins an evaluation. `invokes` has the result of each provider function that the program
    /// calls, by name: `"aws:getRegion"` to `{"region": "eu-central-1"}`.
    ///
    /// # Errors
    /// When a reference points at nothing, when resources wait for each other, or when a
    /// variable that needs no resource cannot be evaluated.
    pub fn new(
        program: &'a Program,
        stack: &Stack,
        invokes: &BTreeMap<String, Value>,
    ) -> Result<Self, EvaluationError> {
        let order = graph::order(program)?;
        let mut given = stack.config().clone();
        given.insert("pulumi".to_owned(), about(program, stack));
        let (variables, outputs) = (BTreeMap::new(), BTreeMap::new());
        let invokes = invokes.clone();
        let mut evaluation = Self { program, given, invokes, order, variables, outputs };
        evaluation.settle_variables()?;
        Ok(evaluation)
    }

    /// The logical names of all resources, each after those it refers to or depends on, and
    /// otherwise in the order of the program.
    #[must_use]
    pub fn order(&self) -> Vec<String> {
        let is_resource = |name: &&String| self.program.resource(name).is_some();
        self.order.iter().filter(is_resource).cloned().collect()
    }

    /// The inputs of the resource `name`.
    ///
    /// # Errors
    /// When there is no such resource, when one that it refers to was not created yet or lacks
    /// the output, or when a value has a type that its place cannot take.
    pub fn resource(&self, name: &str) -> Result<ResourceInputs, EvaluationError> {
        let resource = self
            .program
            .resource(name)
            .ok_or_else(|| EvaluationError::NoResource { name: name.to_owned() })?;
        let scope = self.scope();
        let options = &resource.options;
        let protect = match &options.protect {
            None => false,
            Some(expression) => match scope.evaluate(expression)? {
                Value::Bool(protect) => protect,
                other => {
                    let place = expression.place.clone();
                    return Err(crate::functions::mismatch(place, "true or false", &other));
                }
            },
        };
        Ok(ResourceInputs {
            name: resource.name.clone(),
            type_token: resource.type_token.clone(),
            inputs: scope.object(&resource.properties)?,
            options: ResourceOptions {
                depends_on: resource.depends_on().map(|one| one.root.clone()).collect(),
                protect,
                retain_on_delete: options.retain_on_delete,
                delete_before_replace: options.delete_before_replace,
            },
        })
    }

    /// Takes in what became of the resource `name`: all its outputs, `id` among them. Inputs can
    /// be referred to as outputs too, as in Pulumi, and need not be repeated here.
    ///
    /// # Errors
    /// When there is no such resource, when its inputs cannot be evaluated, when `outputs` has
    /// no `id`, or when a variable that waited for this resource cannot be evaluated.
    pub fn created(
        &mut self,
        name: &str,
        outputs: Map<String, Value>,
    ) -> Result<(), EvaluationError> {
        if !outputs.contains_key("id") {
            return Err(EvaluationError::NoId { resource: name.to_owned() });
        }
        let mut known = self.resource(name)?.inputs;
        known.extend(outputs);
        self.outputs.insert(name.to_owned(), Value::Object(known));
        self.settle_variables()
    }

    /// The outputs of the stack.
    ///
    /// # Errors
    /// When a resource that one refers to was not created yet, or lacks the output.
    pub fn outputs(&self) -> Result<Map<String, Value>, EvaluationError> {
        self.scope().object(&self.program.outputs)
    }

    /// Evaluates every variable whose resources are all created by now.
    fn settle_variables(&mut self) -> Result<(), EvaluationError> {
        let program = self.program;
        for name in self.order.clone() {
            let Some(expression) = program.variable(&name) else { continue };
            if self.variables.contains_key(&name) {
                continue;
            }
            match self.scope().evaluate(expression) {
                Ok(value) => {
                    self.variables.insert(name, value);
                }
                Err(EvaluationError::NotCreated { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            directory: self.program.directory(),
            given: &self.given,
            variables: &self.variables,
            outputs: &self.outputs,
            invokes: &self.invokes,
        }
    }
}

/// What `${pulumi.…}` gives. `organization` is missing: only the service knows it.
fn about(program: &Program, stack: &Stack) -> Value {
    json!({
        "stack": stack.name(),
        "project": program.name(),
        "cwd": program.directory().to_string_lossy(),
        "rootDirectory": program.root().to_string_lossy(),
    })
}
