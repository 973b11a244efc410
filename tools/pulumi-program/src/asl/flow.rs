//! Checks that every transition leads to a state, that every state is reached, and that the
//! execution can end. Also checks that the names of states are unique and not too long.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Linter, State};
use crate::finding::Place;

/// Maximum length of a state's name in Step Functions.
const MAX_NAME: usize = 80;

impl Linter {
    pub(super) fn flow(
        &mut self,
        place: &Place,
        machine: &Map<String, Value>,
        states: &[State<'_>],
    ) {
        for state in states {
            self.transition(state);
            for (place, target) in targets(state) {
                if !states.iter().any(|state| state.name == target) {
                    self.error(&place, format!("there is no state {target:?}"));
                }
            }
            if state.name.chars().count() > MAX_NAME {
                self.error(&state.place, format!("the name is longer than {MAX_NAME} characters"));
            }
        }
        let start = machine.get("StartAt").and_then(Value::as_str);
        match start.filter(|start| states.iter().any(|state| state.name == *start)) {
            Some(start) => self.reach(place, states, start),
            None => self.error(&place.key("StartAt"), "must be the name of a state"),
        }
    }

    /// Requires either `Next` or `End` in a state whose type can have them.
    fn transition(&mut self, state: &State<'_>) {
        if matches!(state.kind, "Choice" | "Succeed" | "Fail") {
            return;
        }
        match (state.fields.get("Next"), state.fields.get("End")) {
            (None, None) => self.error(&state.place, "has neither Next nor End"),
            (Some(_), Some(_)) => self.error(&state.place, "has both Next and End"),
            (Some(Value::String(_)), None) | (None, Some(Value::Bool(true))) => {}
            (Some(_), None) => self.error(&state.place.key("Next"), "must be the name of a state"),
            (None, Some(_)) => self.error(&state.place.key("End"), "must be true"),
        }
    }

    /// Requires that the state's name is unique in the whole definition, nested state machines
    /// included: <https://states-language.net/spec.html#state-machine-fields>.
    pub(super) fn unique(&mut self, state: &State<'_>) {
        match self.names.get(state.name) {
            Some(first) => {
                let message = format!("has the name of {}: names must be unique", first.path);
                self.error(&state.place, message);
            }
            None => {
                self.names.insert(state.name.to_owned(), state.place.clone());
            }
        }
    }

    fn reach(&mut self, place: &Place, states: &[State<'_>], start: &str) {
        let mut reached = BTreeSet::from([start]);
        let mut next = vec![start];
        while let Some(name) = next.pop() {
            let Some(state) = states.iter().find(|state| state.name == name) else { continue };
            for (_, target) in targets(state) {
                if reached.insert(target) {
                    next.push(target);
                }
            }
        }
        for state in states.iter().filter(|state| !reached.contains(state.name)) {
            self.error(&state.place, "is never reached");
        }
        let ends = |state: &&State<'_>| {
            matches!(state.kind, "Succeed" | "Fail") || state.fields.contains_key("End")
        };
        if !states.iter().filter(|state| reached.contains(state.name)).any(|state| ends(&state)) {
            self.error(&place.key("States"), "no state ends the execution");
        }
    }
}

/// The names of the states that may follow `state`, each with the place that names it.
fn targets<'a>(state: &State<'a>) -> Vec<(Place, &'a str)> {
    let mut targets = Vec::new();
    for field in ["Next", "Default"] {
        targets.extend(state.text(field).map(|target| (state.place.key(field), target)));
    }
    for field in ["Choices", "Catch"] {
        for (place, object) in state.objects(field) {
            let target = object.get("Next").and_then(Value::as_str);
            targets.extend(target.map(|target| (place.key("Next"), target)));
        }
    }
    targets
}
