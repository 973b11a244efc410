//! Checks the names and values of the `aws:` settings in the stack's file, and that all
//! configuration keys and variables are used.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Checker, near};
use crate::finding::Place;
use crate::schema::{NestedType, Properties, REGENERATE, Type};

impl Checker<'_> {
    pub(super) fn settings(&mut self) {
        let (stack, schema) = (self.stack, self.schema);
        for (place, key, value) in stack.provider() {
            self.setting(place, key, value, &schema.provider);
        }
        self.unused();
    }

    fn setting(&mut self, place: &Place, key: &str, value: &Value, known: &Properties) {
        if let Some(property) = known.get(key) {
            if let Some(text) = &property.deprecated {
                self.warning(place, format!("is deprecated: {text}"));
            }
            self.setting_value(place, value, &property.kind);
        } else {
            let near = near(key, known.keys().map(String::as_str));
            self.error(place, format!("the AWS provider has no setting {key}{near}"));
        }
    }

    /// Checks a value's type. The provider reads its settings as text, so the text `"true"` is
    /// accepted as a boolean, and `"1"` as an integer.
    fn setting_value(&mut self, place: &Place, value: &Value, kind: &Type) {
        let schema = self.schema;
        let fits = match (value, kind) {
            (Value::Array(items), Type::Array(kind)) => {
                for (index, item) in items.iter().enumerate() {
                    self.setting_value(&place.index(index), item, kind);
                }
                true
            }
            (Value::Object(entries), Type::Map(kind)) => {
                entries
                    .iter()
                    .for_each(|(key, item)| self.setting_value(&place.key(key), item, kind));
                true
            }
            (Value::Object(entries), Type::Nested(name)) => match schema.types.get(name) {
                Some(NestedType::Object { properties, .. }) => {
                    self.nested_settings(place, entries, properties);
                    true
                }
                _ => {
                    return self.error(place, format!("{name} is not in the schema; {REGENERATE}"));
                }
            },
            (Value::String(text), Type::Boolean) => matches!(text.as_str(), "true" | "false"),
            (Value::String(text), Type::Integer) => text.parse::<i64>().is_ok(),
            (Value::String(_), Type::String) | (Value::Bool(_), Type::Boolean) | (_, Type::Any) => {
                true
            }
            (Value::Number(number), Type::Integer) => !number.is_f64(),
            _ => false,
        };
        if !fits {
            self.error(place, format!("must be {kind}, not {value}"));
        }
    }

    fn nested_settings(&mut self, place: &Place, entries: &Map<String, Value>, known: &Properties) {
        for (key, value) in entries {
            self.setting(&place.key(key), key, value, known);
        }
    }

    /// Warns of configuration keys and variables that nothing refers to: either they are obsolete,
    /// or a reference is missing. Also warns of configuration keys without a description.
    fn unused(&mut self) {
        let program = self.program;
        let used: BTreeSet<&str> = program
            .values()
            .flat_map(|value| value.references())
            .map(|(_, reference)| reference.root.as_str())
            .collect();
        for one in program.declarations.iter().filter(|one| one.description.is_empty()) {
            self.warning(&one.place, "has no description: add one, for the README's table");
        }
        let declared = program.declarations.iter().map(|one| (&one.key, &one.place));
        let variables = program.variables.iter().map(|(name, value)| (name, &value.place));
        for (name, place) in declared.chain(variables) {
            if !used.contains(name.as_str()) {
                self.warning(place, format!("nothing refers to {name}"));
            }
        }
    }
}
