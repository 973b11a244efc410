//! Refuses a text in which Pulumi may have to wait for the value of a reference other than the
//! last. Such a text may make Pulumi crash.
//!
//! When the value arrives, Pulumi reads the text's later references on another thread. That thread
//! reads a table of names, to which the main thread may be adding a resource at the same moment. If
//! so, the deployment ends with `concurrent map read and map write`:
//! <https://github.com/pulumi/pulumi-yaml/issues/1164>. `fn::join` is safe, because it reads all
//! its references before it waits for a value.

use std::collections::BTreeSet;

use super::Checker;
use crate::expression::{Call, Expression, Kind};
use crate::graph;
use crate::reference::{Part, Reference};

impl Checker<'_> {
    pub(super) fn interpolations(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| self.interpolation(expression));
        }
    }

    fn interpolation(&mut self, expression: &Expression) {
        let Kind::Text(parts) = &expression.kind else { return };
        let mut references = parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Literal(_) => None,
        });
        references.next_back();
        if let Some(reference) = references.find(|reference| self.may_be_awaited(reference)) {
            let message = format!(
                "Pulumi may crash when the value of {reference} arrives while it reads the \
                 references behind it: join the parts with fn::join"
            );
            self.error(&expression.place, message);
        }
    }

    /// True for an output of a resource, for the result of a provider function, and for a variable
    /// that depends on either. Pulumi does not wait for configuration, nor for values computed from
    /// it alone.
    fn may_be_awaited(&self, reference: &Reference) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![reference.root.as_str()];
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) || graph::is_predefined(self.program, name) {
                continue;
            }
            let Some(variable) = self.program.variable(name) else { return true };
            let mut invokes = false;
            variable.visit(&mut |inner| invokes |= is_invoke(inner));
            if invokes {
                return true;
            }
            waiting.extend(variable.references().iter().map(|(_, one)| one.root.as_str()));
        }
        false
    }
}

fn is_invoke(expression: &Expression) -> bool {
    matches!(&expression.kind, Kind::Call(call) if matches!(call.as_ref(), Call::Invoke { .. }))
}
