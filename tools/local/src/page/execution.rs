//! One execution: graph, timeline, and each state with its input, output, error and log lines.

mod actions;
mod image;
mod map_runs;
mod states;

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

pub(super) use self::actions::start;
use super::error::Failure;
use super::layout::{self, View};
use super::machines::Machine;
use super::{Shared, Site, executions, graph, text, timeline};
use crate::executions::{Execution, Step};
use crate::terminal::format;

/// Parameters of the view.
#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    arn: String,
}

/// Shows one execution.
pub(super) async fn view(
    State(site): Shared,
    Query(Parameters { arn }): Query<Parameters>,
) -> Result<Markup, Failure> {
    let machine = site.machines.of_execution(&arn).await?;
    let execution = machine.executions.one(&arn).await?.ok_or_else(Failure::no_execution)?;
    let steps = machine.executions.steps(&arn).await?;
    let definition = definition(&site, machine, &arn).await?;
    let (drawn_steps, status) = (steps.clone(), execution.status);
    // The crate that computes the graph's layout can panic. `spawn_blocking` catches the panic, so
    // the rest of the view is still shown.
    let drawn =
        tokio::task::spawn_blocking(move || graph::draw(&definition, &drawn_steps, status)).await;
    let drawn = drawn.ok().flatten();
    let title = execution.key().unwrap_or(text::name(&arn)).to_owned();
    let content = html! {
        nav.back aria-label="Breadcrumbs" {
            a href=(site.href(&format!("executions?machine={}", machine.name))) {
                "Executions of " (machine.name)
            }
        }
        (heading(&site, &execution))
        (actions::forms(&site, machine, &execution))
        @if machine.is_express { (executions::express_note()) }
        div.columns {
            section.drawing #drawing data-live aria-label="Graph" {
                @match drawn {
                    Some(drawn) => (drawn)
                    None => p.note { "The definition of this state machine cannot be drawn." }
                }
            }
            (image::view(&site, &execution).await)
        }
        section #timeline data-live aria-label="Timeline" {
            h2 { "Timeline" }
            (timeline::draw(&steps, elapsed(&execution, &steps)))
        }
        section #states data-live aria-label="States" {
            h2 { "States" }
            (states::view(&site, &execution, &steps))
        }
        (map_runs::view(&site, machine, &execution, &steps).await?)
        section #data data-live aria-label="Input and output" {
            h2 { "Input and output of the execution" }
            (data(&execution))
        }
    };
    Ok(layout::page(&site, View::Executions, &title, &content))
}

/// Returns the definition that the execution runs. For a child execution of a Distributed Map, this
/// is the Map's part of the state machine's current definition.
async fn definition(site: &Site, machine: &Machine, arn: &str) -> Result<Value, Failure> {
    let label = arn.split(':').nth(6).and_then(|name| name.split_once('/'));
    let json = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_default();
    if let Some((_, label)) = label {
        let request = site.aws.sfn.describe_state_machine().state_machine_arn(&machine.arn);
        let described = request.send().await;
        let described = described.map_err(|error| Failure::call("DescribeStateMachine")(&error))?;
        let whole = json(described.definition);
        return Ok(graph::child(&whole, label).cloned().unwrap_or_default());
    }
    let request = site.aws.sfn.describe_state_machine_for_execution().execution_arn(arn);
    let described = request.send().await;
    let described =
        described.map_err(|error| Failure::call("DescribeStateMachineForExecution")(&error))?;
    Ok(json(described.definition))
}

fn heading(site: &Site, execution: &Execution) -> Markup {
    let trigger = execution.trigger.as_ref();
    html! {
        div.heading #heading data-live data-running[!execution.has_ended()] {
            h1 {
                @match execution.key() {
                    Some(key) => (site.key(key))
                    None => (text::visible(text::name(&execution.arn)))
                }
            }
            p.facts {
                (text::status(execution.status)) " "
                (text::outcome(execution))
                @if let Some(duration) = execution.duration() {
                    span { (format::seconds(duration)) }
                }
                span { "started " (text::time(execution.started)) }
                @if let Some(change) = trigger.and_then(|trigger| trigger.change) {
                    span { "object " (change) }
                }
                @if let Some(sequencer) = trigger.and_then(|trigger| trigger.sequencer.as_deref()) {
                    span { "sequencer " code { (text::visible(sequencer)) } }
                }
            }
            p.arn {
                code #arn { (text::visible(&execution.arn)) }
                button.quiet type="button" data-copy="arn" { "Copy" }
            }
            @if execution.is_stale() {
                p.note {
                    "Stale: this event or a newer one of the key was already recorded, or the record "
                    "changed meanwhile. So nothing was recorded."
                }
            }
            @if let Some(error) = &execution.error {
                p.error {
                    strong { (text::visible(error)) } " "
                    (text::lines(&format::whole_cause(execution.cause.as_deref().unwrap_or_default())))
                }
            }
        }
    }
}

fn data(execution: &Execution) -> Markup {
    html! {
        details #execution-input { summary { "Input" } (text::json(&execution.input)) }
        @if let Some(output) = &execution.output {
            details #execution-output { summary { "Output" } (text::json(output)) }
        }
    }
}

/// Seconds from the start of the execution to its end, or to now if it has not ended; or to the end
/// of the last step if that is later.
fn elapsed(execution: &Execution, steps: &[Step]) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let elapsed = execution.duration().unwrap_or(now - execution.started);
    let ends = steps.iter().map(|step| step.start + step.duration.unwrap_or(0.0));
    ends.fold(elapsed, f64::max)
}
