//! Checks that the arguments of `fn::` functions and the references inside texts have the right
//! type. A wrong type would otherwise stop a deployment half-way, when the value is first needed.
//!
//! Also checks that each key has a value.

use serde_json::Value;

use super::Checker;
use crate::expression::{Call, Expression, Kind};
use crate::reference::Part;
use crate::schema::Type;

impl Checker<'_> {
    pub(super) fn arguments(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| match &expression.kind {
                Kind::Call(call) => self.call_arguments(call),
                Kind::Text(parts) => self.parts(expression, parts),
                // Pulumi treats a key without a value as absent.
                Kind::Constant(Value::Null) => {
                    self.error(&expression.place, "has no value: remove the key or give it one");
                }
                _ => {}
            });
        }
    }

    fn call_arguments(&mut self, call: &Call) {
        match call {
            Call::Join { delimiter, values } => {
                self.fit(delimiter, &Type::String);
                self.fit(values, &Type::Array(Box::new(Type::String)));
                if let Kind::List(values) = &values.kind {
                    for value in values {
                        self.fit(value, &Type::String);
                    }
                }
            }
            Call::Split { delimiter, text } => {
                self.fit(delimiter, &Type::String);
                self.fit(text, &Type::String);
            }
            Call::ReadFile(name) | Call::FileArchive(name) => self.fit(name, &Type::String),
            Call::ToBase64(text) => self.fit(text, &Type::String),
            Call::Select { index, values } => {
                self.fit(index, &Type::Integer);
                self.fit(values, &Type::Array(Box::new(Type::Any)));
            }
            Call::SingleOrNone(list) => self.fit(list, &Type::Array(Box::new(Type::Any))),
            // `fn::length` takes lists and objects, which no single type describes. The evaluation
            // refuses other values. `fn::toJSON` takes any value. Arguments of `fn::invoke` are
            // not supported.
            Call::Length(_) | Call::ToJson(_) | Call::Invoke { .. } => {}
        }
    }

    /// Requires that the value of each reference inside a text is a string or converts to one.
    fn parts(&mut self, text: &Expression, parts: &[Part]) {
        for part in parts {
            if let Part::Reference(reference) = part {
                let kind = Kind::Reference(reference.clone());
                self.fit(&Expression { place: text.place.clone(), kind }, &Type::String);
            }
        }
    }
}
