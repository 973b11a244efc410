//! Step-by-step evaluation of a program: computes the inputs of each resource from the outputs of
//! the resources that were created before it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::Program;
use crate::graph;
use crate::scope::Scope;
use crate::{EvaluationError, Stack};

/// Evaluation of a program for one stack.
///
/// The caller takes each resource in [`order`](Self::order), creates it with the inputs from
/// [`resource`](Self::resource), and passes its outputs to [`created`](Self::created). The
/// evaluation itself does no I/O except to read the files that the program names.
///
/// ```no_run
/// # use pulumi_program::{Evaluation, Program, Stack};
/// # use std::{collections::BTreeMap, error::Error, path::Path};
/// # fn create(_: &pulumi_program::ResourceInputs) -> serde_json::Map<String, serde_json::Value> { serde_json::Map::new() }
/// # fn main() -> Result<(), Box<dyn Error>> {
/// let root = Path::new(".");
/// let program = Program::load(root)?;
/// let stack = Stack::load(root, &program, "dev")?;
/// // Without results of provider functions, for a program that calls none.
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
    /// The object `pulumi` and the configuration values, by the names that references use.
    predefined: Map<String, Value>,
    invokes: BTreeMap<String, Value>,
    /// Names of resources and variables, each after those it needs.
    order: Vec<String>,
    variables: BTreeMap<String, Value>,
    outputs: BTreeMap<String, Value>,
}

/// Inputs and options of one resource, with every expression evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceInputs {
    /// The logical name, by which the program refers to the resource.
    pub name: String,
    /// The type, such as `aws:s3:Bucket`.
    pub type_token: String,
    /// The properties. Null means that a property is not set. As in Pulumi, a value may be a number
    /// or a boolean where the provider takes a string.
    pub inputs: Map<String, Value>,
    /// The resource options.
    pub options: ResourceOptions,
}

/// Options of a resource, described in
/// <https://www.pulumi.com/docs/iac/concepts/resources/options/>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceOptions {
    /// Logical names of resources to create before this one, in addition to those that the inputs
    /// refer to. [`Evaluation::order`] takes them into account.
    pub depends_on: Vec<String>,
    /// True if Pulumi refuses to delete the resource.
    pub protect: bool,
    /// True if the resource stays in AWS when Pulumi removes it from the stack.
    pub retain_on_delete: bool,
    /// True if the old resource is deleted before its replacement is created.
    pub delete_before_replace: bool,
    /// Properties that are set when the resource is created, and whose later changes are ignored.
    pub ignore_changes: Vec<String>,
}

impl<'a> Evaluation<'a> {
    /// Begins an evaluation. `invokes` maps each provider function that the program calls to its
    /// result: `"aws:getRegion"` to `{"region": "eu-central-1"}`.
    ///
    /// # Errors
    /// When a reference points at nothing, when resources or variables depend on each other in a
    /// cycle, or when a variable that needs no resource cannot be evaluated.
    pub fn new(
        program: &'a Program,
        stack: &Stack,
        invokes: &BTreeMap<String, Value>,
    ) -> Result<Self, EvaluationError> {
        let order = graph::order(program)?;
        let mut predefined = stack.config().clone();
        predefined.insert("pulumi".to_owned(), pulumi_object(program, stack));
        let (variables, outputs) = (BTreeMap::new(), BTreeMap::new());
        let invokes = invokes.clone();
        let mut evaluation = Self { program, predefined, invokes, order, variables, outputs };
        evaluation.settle_variables()?;
        Ok(evaluation)
    }

    /// The logical names of all resources, each after those that it refers to or depends on. If
    /// several resources could come next, the first of them in `Main.yaml` does.
    #[must_use]
    pub fn order(&self) -> Vec<String> {
        let is_resource = |name: &&String| self.program.resource(name).is_some();
        self.order.iter().filter(is_resource).cloned().collect()
    }

    /// The inputs of the resource `name`.
    ///
    /// # Errors
    /// When the program has no resource `name`, when `name` refers to a resource that is not
    /// created yet or to a property that does not exist, or when an expression of `name` cannot be
    /// evaluated, for example because a value has the wrong type.
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
                ignore_changes: options.ignore_changes.iter().map(|(_, it)| it.clone()).collect(),
            },
        })
    }

    /// Records the creation of the resource `name` and its `outputs`, which must include `id`. As
    /// in Pulumi, references can also read the inputs, so `outputs` need not repeat them.
    ///
    /// # Errors
    /// When there is no such resource, when its inputs cannot be evaluated, when `outputs` has no
    /// `id`, or when a variable that needs this resource cannot be evaluated.
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
    /// When an output cannot be evaluated, for example because it refers to a resource that is not
    /// created yet, or to a property that the resource lacks.
    pub fn outputs(&self) -> Result<Map<String, Value>, EvaluationError> {
        self.scope().object(&self.program.outputs)
    }

    /// Evaluates every variable whose resources have all been created.
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
            predefined: &self.predefined,
            variables: &self.variables,
            outputs: &self.outputs,
            invokes: &self.invokes,
        }
    }
}

/// The value of `${pulumi}`. `organization` is missing: only Pulumi's service knows it.
fn pulumi_object(program: &Program, stack: &Stack) -> Value {
    json!({
        "stack": stack.name(),
        "project": program.name(),
        "cwd": program.directory().to_string_lossy(),
        "rootDirectory": program.root().to_string_lossy(),
    })
}
