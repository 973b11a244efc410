//! `JSONata` expressions are complete and balanced, and use only names that exist at their place.

use std::collections::BTreeSet;

use serde_json::Value;

use super::jsonata::{self, Name};
use super::{Linter, QueryLanguage, State};
use crate::finding::Place;

/// The reserved variable `$states`. Its members depend on the place of the expression:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>.
const RESERVED: &str = "states";

/// Names that exist at the place of an expression.
#[derive(Clone, Copy)]
struct Scope<'a> {
    variables: &'a BTreeSet<&'a str>,
    /// True if `$states.result` exists: the result of a Task, Parallel or Map.
    result: bool,
    /// True if `$states.errorOutput` exists: in a catcher.
    error: bool,
}

/// The variables that a state assigns.
pub(super) fn assigned<'a>(state: &State<'a>) -> Vec<&'a str> {
    let of = |value: Option<&'a Value>| {
        value.and_then(Value::as_object).into_iter().flat_map(|one| one.keys().map(String::as_str))
    };
    let mut names: Vec<_> = of(state.fields.get("Assign")).collect();
    for field in ["Choices", "Catch"] {
        names.extend(state.objects(field).into_iter().flat_map(|(_, one)| of(one.get("Assign"))));
    }
    names
}

impl Linter {
    pub(super) fn expressions(&mut self, state: &State<'_>, variables: &BTreeSet<&str>) {
        if state.language != QueryLanguage::Jsonata {
            return self.no_jsonata(state);
        }
        let has_result = matches!(state.kind, "Task" | "Parallel" | "Map");
        for (key, value) in state.fields {
            let place = state.place.key(key);
            // Nested state machines are linted as such.
            if matches!(key.as_str(), "Comment" | "Branches" | "ItemProcessor") {
                continue;
            }
            let result = has_result && matches!(key.as_str(), "Output" | "Assign");
            let error = key == "Catch";
            self.strings(&place, value, Scope { variables, result, error }, 0);
        }
        for (place, rule) in state.objects("Choices") {
            let condition = rule.get("Condition").and_then(Value::as_str);
            if condition.is_some_and(|text| !text.starts_with("{%")) {
                self.error(&place.key("Condition"), "must be an expression, `{% … %}`");
            }
        }
    }

    /// Reports `{% … %}` in a `JSONPath` state, which treats it as plain text.
    fn no_jsonata(&mut self, state: &State<'_>) {
        for (key, value) in state.fields.iter().filter(|(key, _)| *key != "Comment") {
            if value.as_str().is_some_and(|text| text.starts_with("{%")) {
                let message = "a JSONPath state does not evaluate `{% … %}`";
                self.error(&state.place.key(key), message);
            }
        }
    }

    fn strings(&mut self, place: &Place, value: &Value, scope: Scope<'_>, depth: usize) {
        if depth > super::MAX_DEPTH * 4 {
            return;
        }
        match value {
            Value::String(text) => self.text(place, text, scope),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.strings(&place.index(index), item, scope, depth + 1);
                }
            }
            Value::Object(entries) => {
                for (key, item) in entries {
                    if key.ends_with(".$") {
                        self.error(
                            &place.key(key),
                            "`.$` is JSONPath; write `{% … %}` as the value",
                        );
                    }
                    self.strings(&place.key(key), item, scope, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, place: &Place, text: &str, scope: Scope<'_>) {
        let inner = text.strip_prefix("{%").and_then(|text| text.strip_suffix("%}"));
        match inner {
            Some(expression) => self.expression(place, expression, scope),
            None if text.contains("{%") || text.contains("%}") => {
                self.error(place, "`{%` and `%}` must enclose the whole string");
            }
            None if text.starts_with("$.") || text.starts_with("$$.") => {
                self.error(place, format!("{text} is JSONPath; write `{{% … %}}`"));
            }
            None => {}
        }
    }

    fn expression(&mut self, place: &Place, expression: &str, scope: Scope<'_>) {
        match jsonata::names(expression) {
            Err(message) => self.error(place, message),
            Ok(names) => {
                let bound: BTreeSet<&str> =
                    names.iter().filter(|name| name.binds).map(|name| name.text).collect();
                for name in names.iter().filter(|name| !bound.contains(name.text)) {
                    self.name(place, name, scope);
                }
            }
        }
    }

    fn name(&mut self, place: &Place, name: &Name<'_>, scope: Scope<'_>) {
        if name.text == RESERVED {
            return self.reserved(place, name.member, scope);
        }
        let known = scope.variables.contains(name.text) || jsonata::FUNCTIONS.contains(&name.text);
        if !known {
            let what = if name.call { "function" } else { "variable" };
            self.error(place, format!("there is no {what} ${}", name.text));
        }
    }

    fn reserved(&mut self, place: &Place, member: Option<&str>, scope: Scope<'_>) {
        let message = match member {
            Some("input" | "context") => return,
            Some("result") if scope.result => return,
            Some("errorOutput") if scope.error => return,
            Some("result") => {
                "$states.result exists only in Output and Assign of a Task, Parallel or Map"
            }
            Some("errorOutput") => "$states.errorOutput exists only in a Catch",
            _ => "$states has only input, context, result and errorOutput",
        };
        self.error(place, message);
    }
}
