//! Starts a new execution from the input of an earlier one.

use axum::extract::{Form, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::super::error::Failure;
use super::super::machines::Machine;
use super::super::{Shared, Site, executions};
use crate::executions::Execution;

/// Input of the execution that a form starts. The form is in the view of an earlier execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// The earlier execution's event without the sequencer, so that the new execution records the
    /// object's current state even if a newer event has been recorded.
    Look,
    /// The earlier execution's input, unchanged.
    Same,
}

/// Fields of the forms that start a new execution.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Fields {
    arn: String,
    mode: Mode,
}

/// The forms that start a new execution from the input of `execution`, each with one button. A
/// child execution of a Distributed Map has no forms.
pub(super) fn forms(site: &Site, machine: &Machine, execution: &Execution) -> Markup {
    let button = |mode: &str, name: &str, explanation: &str| {
        html! {
            form method="post" action=(site.href("execution/start")) {
                input type="hidden" name="arn" value=(execution.arn);
                input type="hidden" name="mode" value=(mode);
                button title=(explanation) { (name) }
            }
        }
    };
    let is_child = execution.arn.split(':').nth(6).is_some_and(|name| name.contains('/'));
    html! {
        @if !is_child {
            div.actions {
                @if execution.key().is_some() {
                    (button("look", "Look again", "Start an execution with this event, but without \
                        the sequencer. The execution records the object's current state"))
                }
                (button("same", "Start again", &format!("Start an execution of {} with the same \
                    input. If a newer event of the key has been recorded, the new execution is \
                    stale and changes nothing", machine.name)))
            }
        }
    }
}

/// Starts an execution with the input that `mode` selects, and redirects to the execution's view.
pub(in super::super) async fn start(
    State(site): Shared,
    Form(Fields { arn, mode }): Form<Fields>,
) -> Result<Redirect, Failure> {
    let machine = site.machines.of_execution(&arn).await?;
    let execution = machine.executions.one(&arn).await?.ok_or_else(Failure::no_execution)?;
    let mut input = execution.input;
    if mode == Mode::Look {
        remove_sequencer(&mut input);
    }
    let request = site.aws.sfn.start_execution().state_machine_arn(&machine.arn);
    let started = request.input(input.to_string()).send().await;
    let started = started.map_err(|error| Failure::call("StartExecution")(&error))?;
    Ok(Redirect::to(&executions::address(&site, &started.execution_arn)))
}

fn remove_sequencer(event: &mut Value) {
    let object = event.pointer_mut("/detail/object").and_then(Value::as_object_mut);
    if let Some(object) = object {
        object.shift_remove("sequencer");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn look_again_is_the_event_without_its_sequencer() {
        let mut event = json!({"detail": {"object": {"key": "a", "sequencer": "00", "size": 1}}});
        remove_sequencer(&mut event);
        assert_eq!(event, json!({"detail": {"object": {"key": "a", "size": 1}}}));
        let mut other = json!("no event");
        remove_sequencer(&mut other);
        assert_eq!(other, json!("no event"));
    }
}
