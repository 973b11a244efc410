//! Checks that each `JSONata` expression parses, and uses only names that exist at its place.
//!
//! Restrictions of Step Functions: <https://states-language.net/spec.html#jsonata-restrictions>.

use std::collections::BTreeSet;

use serde_json::Value;

use super::jsonata::{self, Name};
use super::{Linter, QueryLanguage, State};
use crate::finding::Place;

/// The reserved variable `$states`. Its members depend on the place of the expression:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>.
const RESERVED: &str = "states";

/// Names of variables. A state can read only those in `visible`.
#[derive(Clone, Default)]
pub(super) struct Variables<'a> {
    /// Variables that can have a value when the state is entered.
    visible: BTreeSet<&'a str>,
    /// Variables that have no value until this state, or a state that contains it, ends and assigns
    /// them.
    later: BTreeSet<&'a str>,
    /// Variables assigned outside the Distributed Map that contains this state. The child
    /// executions of the Map cannot read them.
    outside: BTreeSet<&'a str>,
}

impl<'a> Variables<'a> {
    /// Returns the variables of a machine with these states. `self` has the variables of the state
    /// that contains the machine, or no variables if the machine is the outermost one.
    pub(super) fn inside(&self, states: &[State<'a>]) -> Self {
        let mut inner = self.clone();
        for name in states.iter().flat_map(assigned) {
            inner.later.remove(name);
            inner.outside.remove(name);
            inner.visible.insert(name);
        }
        inner
    }

    /// Returns the variables of `state`. `self` has the variables of the machine that contains
    /// `state`, `states` are all states of this machine, and `outer` has the variables of the state
    /// that contains the machine.
    pub(super) fn of(&self, state: &State<'a>, states: &[State<'a>], outer: &Self) -> Self {
        let others: BTreeSet<&str> = states
            .iter()
            .filter(|other| other.name != state.name)
            .flat_map(assigned)
            .chain(outer.visible.iter().copied())
            .collect();
        let mut own = self.clone();
        for name in assigned(state).into_iter().filter(|name| !others.contains(name)) {
            own.visible.remove(name);
            own.later.insert(name);
        }
        own
    }

    /// Returns the variables of a child execution, which cannot read any variable of its parent.
    pub(super) fn of_child(&self) -> Self {
        let all = [&self.visible, &self.later, &self.outside].into_iter().flatten();
        Self { outside: all.copied().collect(), ..Self::default() }
    }
}

/// The names that an expression can use.
#[derive(Clone, Copy)]
struct Scope<'a> {
    variables: &'a Variables<'a>,
    /// True if `$states.result`, the result of a Task, Parallel or Map, exists.
    result: bool,
    /// True in a catcher, where `$states.errorOutput` exists.
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

/// The text between `{%` and `%}`.
fn inner(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}")
}

impl Linter {
    pub(super) fn expressions(&mut self, state: &State<'_>, variables: &Variables<'_>) {
        if state.language != QueryLanguage::Jsonata {
            return self.no_jsonata(state);
        }
        let has_result = matches!(state.kind, "Task" | "Parallel" | "Map");
        for (key, value) in state.fields {
            let place = state.place.key(key);
            // A comment is not evaluated, and nested state machines are linted separately.
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
            let parsed = condition.and_then(inner).map(jsonata::parse);
            if parsed.is_some_and(|it| it.is_ok_and(|it| !it.may_be_boolean)) {
                let message = "must be a boolean: compare, or use $exists or $boolean";
                self.error(&place.key("Condition"), message);
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
        match inner(text) {
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
        let expression = match jsonata::parse(expression) {
            Ok(expression) => expression,
            Err(message) => return self.error(place, message),
        };
        for name in expression.context {
            let message = match name {
                "$$" => "$$ does not exist in Step Functions".to_owned(),
                name => format!("{name} has no value at the top level; write $states.input"),
            };
            self.error(place, message);
        }
        let names = expression.names;
        let bound: BTreeSet<&str> =
            names.iter().filter(|name| name.binds).map(|name| name.text).collect();
        for name in names.iter().filter(|name| !bound.contains(name.text)) {
            self.name(place, name, scope);
        }
    }

    fn name(&mut self, place: &Place, name: &Name<'_>, scope: Scope<'_>) {
        if name.text == RESERVED {
            return self.reserved(place, name.member, scope);
        }
        let text = name.text;
        if scope.variables.visible.contains(text) {
            return;
        }
        if jsonata::functions().any(|function| function == text) {
            let wrong = name.arguments.and_then(|count| jsonata::wrong_arguments(text, count));
            return wrong.into_iter().for_each(|message| self.error(place, message));
        }
        let what = if name.arguments.is_some() { "function" } else { "variable" };
        let why = if scope.variables.later.contains(text) {
            ": only this state assigns it, and assigned values can be used only after the state"
        } else if scope.variables.outside.contains(text) {
            ": a child execution of a Distributed Map has no variables of its parent"
        } else {
            ""
        };
        self.error(place, format!("there is no {what} ${text}{why}"));
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
