//! Checks that every `fn::select` whose index is known selects an element of its list.
//!
//! The program refuses a configuration value by an index out of range, because Pulumi YAML has no
//! other way to fail. The name of the variable says what must hold.

use super::Checker;
use crate::EvaluationError;
use crate::expression::{Call, Expression, Kind};
use crate::functions;

impl Checker<'_> {
    pub(super) fn selections(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| self.selection(expression));
        }
    }

    fn selection(&mut self, expression: &Expression) {
        let Kind::Call(call) = &expression.kind else { return };
        let Call::Select { index, values } = call.as_ref() else { return };
        let (Some(index), Some(values)) = (self.argument(index, 0), self.argument(values, 0))
        else {
            return;
        };
        let place = expression.place.key(call.name());
        if let Err(EvaluationError::Index { index, length, .. }) =
            functions::select(&index, &values, &place)
        {
            let message = format!("index {index} is out of range: the list has {length} elements");
            self.error(&place, message);
        }
    }
}
