//! Checks every `fn::select` and `fn::singleOrNone` whose arguments are known. The list of an
//! `fn::select` must have an element at the index, and the list of an `fn::singleOrNone` must have
//! at most one element.
//!
//! Pulumi YAML has no assertions. Instead, the program has variables whose `fn::select` fails if a
//! configuration value is invalid. Each variable's name says what must hold.

use super::Checker;
use crate::EvaluationError;
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::functions;

impl Checker<'_> {
    pub(super) fn selections(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| {
                if let Some(message) = self.refusal(expression) {
                    self.error(&expression.place, message);
                }
            });
        }
    }

    /// Returns a message if the expression is an `fn::select` whose index is known to be null or
    /// out of range, or an `fn::singleOrNone` of a list that is known to have several elements.
    fn refusal(&self, expression: &Expression) -> Option<String> {
        let Kind::Call(call) = &expression.kind else { return None };
        let result = match call.as_ref() {
            Call::Select { index, values } => {
                let (index, values) = (self.known(index)?.value, self.known(values)?.value);
                if index.is_null() || index.as_i64().is_some_and(i64::is_negative) {
                    return Some(format!("index {index} is not an index: the first is 0"));
                }
                functions::select(&index, &values, &Place::default())
            }
            Call::SingleOrNone(list) => {
                functions::single_or_none(&self.known(list)?.value, &Place::default())
            }
            _ => return None,
        };
        match result {
            Err(EvaluationError::Index { index, length, .. }) => {
                Some(format!("index {index} is out of range: the list has {length} elements"))
            }
            Err(EvaluationError::NotSingle { length, .. }) => {
                Some(format!("must have at most one element, not {length}"))
            }
            // Wrong types are left to `Checker::arguments`, which reports them.
            Ok(_) | Err(_) => None,
        }
    }
}
