//! Refuses texts with two references that may make Pulumi crash.
//!
//! If a reference in a text has a value that Pulumi has to wait for, Pulumi reads the text's later
//! references only when the value arrives, on another thread. This thread reads a table of names,
//! to which the main thread may be adding a resource at that moment. The deployment then ends with
//! `concurrent map read and map write`: <https://github.com/pulumi/pulumi-yaml/issues/1164>.
//! `fn::join` reads all its references at once.

use super::Checker;
use crate::expression::{Expression, Kind};
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

    /// True for variables and outputs of resources; configuration is known from the start.
    fn may_be_awaited(&self, reference: &Reference) -> bool {
        !graph::is_predefined(self.program, &reference.root)
    }
}
