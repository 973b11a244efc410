//! The states that an execution went through.

use maud::{Markup, html};

use super::super::graph::class;
use super::super::{Site, text};
use crate::executions::{Attempt, AttemptResult, Execution, Step, StepResult};
use crate::terminal::format;

/// Shows each visit to a state, expanded if its result is `Failed` and collapsed otherwise.
pub(super) fn view(site: &Site, execution: &Execution, steps: &[Step]) -> Markup {
    html! {
        @for (index, step) in steps.iter().enumerate() {
            details.step.(class(&step.result)) id=(format!("step-{index}"))
                open[matches!(step.result, StepResult::Failed { .. })] {
                summary {
                    span.name { (text::visible(&step.state)) }
                    span.type { (step.kind) }
                    span.result { (class(&step.result)) }
                    @if step.attempts.len() > 1 {
                        span.tag { (step.attempts.len()) " attempts" }
                    }
                    span.number {
                        "+" (format::seconds(step.start))
                        @if let Some(duration) = step.duration {
                            " · " (format::seconds(duration))
                        }
                    }
                }
                (content(site, execution, index, step))
            }
        }
        @if steps.is_empty() { p.empty { "The execution has not entered a state yet." } }
    }
}

fn content(site: &Site, execution: &Execution, index: usize, step: &Step) -> Markup {
    html! {
        @if let StepResult::Caught { error, cause } | StepResult::Failed { error, cause } = &step.result {
            (failure(error, cause))
        }
        div.pair {
            div { h3 { "Input" } (text::json(&step.input)) }
            @if let Some(output) = &step.output {
                div { h3 { "Output" } (text::json(output)) }
            }
        }
        @for (number, attempt) in step.attempts.iter().enumerate() {
            (one_attempt(site, execution, (index, number), attempt))
        }
    }
}

fn failure(error: &str, cause: &str) -> Markup {
    html! {
        p.error {
            strong { (text::visible(error)) } " " (text::lines(&format::whole_cause(cause)))
        }
    }
}

fn one_attempt(
    site: &Site,
    execution: &Execution,
    (step, number): (usize, usize),
    attempt: &Attempt,
) -> Markup {
    let result = match &attempt.result {
        AttemptResult::Running => "running",
        AttemptResult::Succeeded => "succeeded",
        AttemptResult::Failed { .. } => "failed",
    };
    let function = attempt.function.as_deref();
    html! {
        div.attempt {
            h3 {
                "Attempt " (number + 1) " " span.result.(result) { (result) }
                @if let Some(duration) = attempt.duration { " " (format::seconds(duration)) }
                @if let Some(function) = function {
                    " " code { (text::visible(text::name(function))) }
                }
            }
            @if let AttemptResult::Failed { error, cause } = &attempt.result {
                (failure(error, cause))
            }
            @match (function, attempt.request_id.as_deref()) {
                (Some(function), Some(request)) => {
                    @let source = logs(execution, attempt, function, request);
                    details.logs id=(format!("logs-{step}-{number}"))
                        data-source=(site.href(&source)) {
                        summary { "Log of request " code { (text::visible(request)) } }
                        div data-keep {}
                    }
                }
                (Some(_), None) => p.note { "The history has no request id for this invocation." }
                _ => {}
            }
        }
    }
}

/// The relative URL at which the page serves the log lines of an attempt.
fn logs(execution: &Execution, attempt: &Attempt, function: &str, request: &str) -> String {
    let start = execution.started + attempt.start;
    // After an attempt has timed out, its invocation may continue to write log lines, for at most
    // the 15 minutes to which Lambda limits an invocation
    // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html).
    let end = start + attempt.duration.unwrap_or_default() + 15.0 * 60.0;
    let [from, to] = [start, end].map(|seconds| format!("{:.0}", seconds * 1000.0));
    let (function, request) = (text::encode(function), text::encode(request));
    format!("logs?function={function}&request={request}&from={from}&to={to}")
}
