//! The order of deployment, derived from `dependsOn` and from the references in resources and
//! variables.

use std::collections::{BTreeMap, BTreeSet};

use crate::EvaluationError;
use crate::document::Program;
use crate::expression::Expression;
use crate::finding::Place;
use crate::reference::Reference;

/// A resource or a variable, with the names of the resources and variables that it needs.
struct Node<'a> {
    name: &'a str,
    place: &'a Place,
    needs: BTreeSet<&'a str>,
}

/// Names of all resources and variables, each after those it needs. If several could come next,
/// variables precede resources, and each kind is in the order of `Main.yaml`.
pub(crate) fn order(program: &Program) -> Result<Vec<String>, EvaluationError> {
    let mut waiting = nodes(program)?;
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut order = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|node| node.needs.is_subset(&done));
        let node = waiting.remove(ready.ok_or_else(|| cycle(&waiting))?);
        done.insert(node.name);
        order.push(node.name.to_owned());
    }
    Ok(order)
}

/// The resources and variables that each resource and each variable needs, by name. The map is
/// empty if any reference points at nothing.
pub(crate) fn needs(program: &Program) -> BTreeMap<&str, BTreeSet<&str>> {
    let nodes = nodes(program).unwrap_or_default();
    nodes.into_iter().map(|node| (node.name, node.needs)).collect()
}

fn nodes(program: &Program) -> Result<Vec<Node<'_>>, EvaluationError> {
    let variables = program
        .variables
        .iter()
        .map(|(name, value)| node(program, name, &value.place, value.references()));
    let resources = program.resources.iter().map(|resource| {
        let options = resource.options.depends_on.iter().chain(&resource.options.protect);
        let values = resource.properties.iter().map(|(_, value)| value).chain(options);
        let references = values.flat_map(Expression::references).collect();
        node(program, &resource.name, &resource.place, references)
    });
    variables.chain(resources).collect()
}

fn node<'a>(
    program: &Program,
    name: &'a str,
    place: &'a Place,
    references: Vec<(&'a Place, &'a Reference)>,
) -> Result<Node<'a>, EvaluationError> {
    let mut needs = BTreeSet::new();
    for (place, reference) in references {
        let root = reference.root.as_str();
        if program.resource(root).is_some() || program.variable(root).is_some() {
            needs.insert(root);
        } else if !is_predefined(program, root) {
            let reference = reference.to_string();
            return Err(EvaluationError::Undefined { place: place.clone(), reference });
        }
    }
    Ok(Node { name, place, needs })
}

/// True if `name` is `pulumi` or a configuration key. Their values are known before anything is
/// deployed.
pub(crate) fn is_predefined(program: &Program, name: &str) -> bool {
    name == "pulumi" || program.declarations.iter().any(|declaration| declaration.key == name)
}

/// Finds a cycle among `waiting`. Every node in `waiting` needs a node in `waiting`, perhaps
/// itself, so following the needs from any node leads into a cycle.
fn cycle(waiting: &[Node<'_>]) -> EvaluationError {
    let by_name: BTreeMap<&str, &Node<'_>> = waiting.iter().map(|node| (node.name, node)).collect();
    let mut path: Vec<&str> = Vec::new();
    let mut next = waiting.first();
    while let Some(node) = next {
        if let Some(start) = path.iter().position(|name| *name == node.name) {
            let mut path: Vec<String> = path[start..].iter().map(ToString::to_string).collect();
            path.push(node.name.to_owned());
            return EvaluationError::Cycle { place: node.place.clone(), path };
        }
        path.push(node.name);
        next = node.needs.iter().find_map(|need| by_name.get(need)).copied();
    }
    EvaluationError::Cycle { place: Place::default(), path: Vec::new() }
}
