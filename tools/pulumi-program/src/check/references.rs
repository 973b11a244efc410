//! Checks that every `${…}` and every `fn::invoke` points at something that exists.

use super::{Checker, near};
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::graph;
use crate::reference::{Reference, Segment};
use crate::schema::REGENERATE;

/// Properties of `${pulumi}`. `organization` is left out: only Pulumi's service knows it.
const PULUMI_PROPERTIES: [&str; 4] = ["stack", "project", "cwd", "rootDirectory"];

impl Checker<'_> {
    pub(super) fn references(&mut self) {
        let program = self.program;
        for expression in program.values() {
            for (place, reference) in expression.references() {
                self.reference(place, reference);
            }
            expression.visit(&mut |inner| self.invoke(inner));
        }
        for item in program.resources.iter().flat_map(|one| &one.options.depends_on) {
            for (place, reference) in item.references() {
                self.dependency(place, reference);
            }
        }
    }

    fn reference(&mut self, place: &Place, reference: &Reference) {
        let program = self.program;
        let root = reference.root.as_str();
        if root == "pulumi" {
            self.pulumi_property(place, reference);
        } else if let Some(resource) = program.resource(root) {
            self.output(place, reference, &resource.type_token);
        } else if program.variable(root).is_none() && !graph::is_predefined(program, root) {
            self.undefined(place, reference);
        }
    }

    fn undefined(&mut self, place: &Place, reference: &Reference) {
        let program = self.program;
        let names = program.resources.iter().map(|one| one.name.as_str());
        let names = names.chain(program.variables.iter().map(|(name, _)| name.as_str()));
        let names = names.chain(program.declarations.iter().map(|one| one.key.as_str()));
        let near = near(&reference.root, names);
        self.error(place, format!("{reference}: nothing is named {}{near}", reference.root));
    }

    fn pulumi_property(&mut self, place: &Place, reference: &Reference) {
        let known = match reference.path.as_slice() {
            [Segment::Key(key)] => PULUMI_PROPERTIES.contains(&key.as_str()),
            _ => false,
        };
        if !known {
            let message = format!(
                "{reference}: unknown property; known properties are {}",
                PULUMI_PROPERTIES.join(", ")
            );
            self.error(place, message);
        }
    }

    /// Checks a reference to an output of a resource.
    fn output(&mut self, place: &Place, reference: &Reference, token: &str) {
        let Some(kind) = self.schema.resources.get(token) else { return };
        let Some(Segment::Key(name)) = reference.path.first() else {
            let message = format!("{reference} is a whole resource: name one of its outputs");
            return self.error(place, message);
        };
        if let Some(property) = kind.output(name) {
            if let Some(text) = property.deprecated {
                self.warning(place, format!("{reference} is deprecated: {text}"));
            }
        } else {
            let near = near(name, kind.output_names());
            self.error(place, format!("{reference}: {token} has no output {name}{near}"));
        }
    }

    fn dependency(&mut self, place: &Place, reference: &Reference) {
        if self.program.resource(&reference.root).is_none() {
            self.undefined(place, reference);
        }
    }

    fn invoke(&mut self, expression: &Expression) {
        let Kind::Call(call) = &expression.kind else { return };
        let Call::Invoke { function, result } = call.as_ref() else { return };
        let place = expression.place.key("fn::invoke");
        let Some(known) = self.schema.functions.get(function) else {
            let near = near(function, self.schema.functions.keys().map(String::as_str));
            return self.error(&place, format!("unknown function {function}{near}; {REGENERATE}"));
        };
        let Some(result) = result else { return };
        match known.outputs.get(result).map(|property| property.deprecated.clone()) {
            None => {
                let near = near(result, known.outputs.keys().map(String::as_str));
                self.error(&place.key("return"), format!("{function} returns no {result}{near}"));
            }
            Some(Some(text)) => {
                let message = format!("{result} of {function} is deprecated: {text}");
                self.warning(&place.key("return"), message);
            }
            Some(None) => {}
        }
    }
}
