//! Linter for state machines in the [Amazon States Language].
//!
//! `CreateStateMachine` finds some mistakes, and emulators find hardly any. The other mistakes show
//! only in an execution, often one that is handling an error. Each file checks one subject:
//!
//! - `fields`: each state has the fields of its type.
//! - `flow`: transitions lead to states, and every state is reached.
//! - `errors`: Tasks retry and catch errors.
//! - `map`: Map states have only what their mode, inline or distributed, allows.
//! - `integrations`: Tasks call existing integrations with known arguments.
//! - `expressions`: `JSONata` expressions are sound. `jsonata` has the parser.
//!
//! `history` is no check: it counts the events that states add to the history of an execution.
//!
//! The linter has rules that the language does not have, among them:
//!
//! - Every Task must have `Retry` and `TimeoutSeconds`. The default timeout is a year.
//! - Every retrier must have `JitterStrategy`. Executions that failed together would otherwise
//!   retry together.
//! - If one Task of a state machine has a `Catch` for `States.ALL`, all Tasks must have such a
//!   `Catch`. The catchers report failures, so an uncaught error would end the execution
//!   unreported.
//!
//! [Amazon States Language]: https://states-language.net/spec.html

mod errors;
mod expressions;
mod fields;
mod flow;
pub mod history;
mod integrations;
mod jsonata;
mod map;

use std::collections::BTreeMap;

use expressions::Variables;
pub(crate) use integrations::Call;
use serde_json::{Map, Value};

use crate::finding::{Finding, Place};

/// Maximum nesting of state machines inside Parallel and Map states.
const MAX_DEPTH: usize = 16;

/// Language of a state's expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QueryLanguage {
    JsonPath,
    Jsonata,
}

impl QueryLanguage {
    /// Returns the language that `object` names, or `default`.
    fn of(object: &Map<String, Value>, default: Self) -> Self {
        match object.get("QueryLanguage").and_then(Value::as_str) {
            Some("JSONata") => Self::Jsonata,
            Some("JSONPath") => Self::JsonPath,
            _ => default,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }
}

/// One state and its place.
struct State<'a> {
    name: &'a str,
    place: Place,
    kind: &'a str,
    language: QueryLanguage,
    fields: &'a Map<String, Value>,
}

impl<'a> State<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    /// The objects in the array of a field such as `Catch`, with their places.
    fn objects(&self, field: &str) -> Vec<(Place, &'a Map<String, Value>)> {
        let place = self.place.key(field);
        let items = self.fields.get(field).and_then(Value::as_array).into_iter().flatten();
        items
            .enumerate()
            .filter_map(|(index, item)| Some((place.index(index), item.as_object()?)))
            .collect()
    }
}

/// Lints a state machine's `definition`, with or without its placeholders (`${TableName}`)
/// replaced. Returns all findings, sorted by place; a sound definition has none.
#[must_use]
pub fn lint(definition: &Value) -> Vec<Finding> {
    let mut linter = Linter { findings: Vec::new(), names: BTreeMap::new() };
    let (place, outer) = (Place::default(), Variables::default());
    linter.machine(&place, definition, QueryLanguage::JsonPath, &outer, 0);
    linter.findings.sort();
    linter.findings
}

/// The calls of known service integrations in all states of `definition`.
pub(crate) fn calls(definition: &Value) -> Vec<Call<'_>> {
    let mut found = Vec::new();
    each_state(&Place::default(), definition, &mut |state| integrations::calls(state, &mut found));
    found
}

struct Linter {
    findings: Vec<Finding>,
    /// Places of the states that have been seen, by name.
    names: BTreeMap<String, Place>,
}

impl Linter {
    fn error(&mut self, place: &Place, message: impl Into<String>) {
        self.findings.push(Finding::error(place.clone(), message));
    }

    /// Lints a state machine. `outer` has the variables of the state that contains this machine;
    /// none if this machine is the outermost one.
    fn machine(
        &mut self,
        place: &Place,
        definition: &Value,
        language: QueryLanguage,
        outer: &Variables<'_>,
        depth: usize,
    ) {
        let Some(machine) = definition.as_object() else {
            return self.error(place, "a state machine must be an object");
        };
        if depth > MAX_DEPTH {
            return self.error(
                place,
                format!("state machines are nested more than {MAX_DEPTH} levels deep"),
            );
        }
        let language = QueryLanguage::of(machine, language);
        self.machine_fields(place, machine, depth == 0);
        let states = self.states(place, machine, language);
        self.flow(place, machine, &states);
        let (variables, reports) = (outer.inside(&states), errors::reports(&states));
        for state in &states {
            self.unique(state);
            let variables = variables.of(state, &states, outer);
            self.state_fields(state, language);
            self.errors(state, reports);
            self.map(state);
            self.integration(state);
            self.expressions(state, &variables);
            let inner_variables =
                if map::is_distributed(state) { variables.of_child() } else { variables };
            for (place, inner) in inner_machines(state) {
                self.machine(&place, inner, state.language, &inner_variables, depth + 1);
            }
        }
    }

    fn states<'a>(
        &mut self,
        place: &Place,
        machine: &'a Map<String, Value>,
        language: QueryLanguage,
    ) -> Vec<State<'a>> {
        let place = place.key("States");
        let Some(states) = machine.get("States").and_then(Value::as_object) else {
            self.error(&place, "must be an object of states");
            return Vec::new();
        };
        for (name, _) in states.iter().filter(|(_, state)| !state.is_object()) {
            self.error(&place.key(name), "a state must be an object");
        }
        read_states(&place, states, language)
    }
}

/// Reads the states that are objects; `place` is the place of `States`.
fn read_states<'a>(
    place: &Place,
    states: &'a Map<String, Value>,
    language: QueryLanguage,
) -> Vec<State<'a>> {
    let objects = states.iter().filter_map(|(name, state)| Some((name, state.as_object()?)));
    let read = objects.map(|(name, fields)| State {
        name,
        place: place.key(name),
        kind: fields.get("Type").and_then(Value::as_str).unwrap_or_default(),
        language: QueryLanguage::of(fields, language),
        fields,
    });
    read.collect()
}

/// Calls `visitor` with each state of a state machine, but not with those of machines nested in it.
fn each_state<'a>(place: &Place, machine: &'a Value, visitor: &mut dyn FnMut(&State<'a>)) {
    if let Some(states) = machine.get("States").and_then(Value::as_object) {
        read_states(&place.key("States"), states, QueryLanguage::JsonPath).iter().for_each(visitor);
    }
}

/// The state machines inside a Parallel or Map state.
fn inner_machines<'a>(state: &State<'a>) -> Vec<(Place, &'a Value)> {
    let branches = state.fields.get("Branches").and_then(Value::as_array).into_iter().flatten();
    let place = state.place.key("Branches");
    let mut machines: Vec<_> =
        branches.enumerate().map(|(index, branch)| (place.index(index), branch)).collect();
    for field in ["ItemProcessor", "Iterator"] {
        machines.extend(state.fields.get(field).map(|inner| (state.place.key(field), inner)));
    }
    machines
}
