//! The time that each state of an execution took.

use maud::{Markup, html};

use super::graph::class;
use super::text;
use crate::executions::{AttemptResult, Step};
use crate::terminal::format;

/// Draws one bar for each visit to a state. If the state's task had several attempts, they are
/// drawn inside the bar. `total` is the duration of the execution so far, in seconds.
pub(super) fn draw(steps: &[Step], total: f64) -> Markup {
    let total = total.max(0.001);
    let percent = |seconds: f64| format!("{:.2}%", (seconds / total * 100.0).clamp(0.0, 100.0));
    html! {
        table.timeline {
            tbody {
                @for (index, step) in steps.iter().enumerate() {
                    @let duration = step.duration.unwrap_or(total - step.start).max(0.0);
                    tr {
                        th scope="row" {
                            a href=(format!("#step-{index}")) { (text::visible(&step.state)) }
                        }
                        td {
                            svg width="100%" height="18" role="presentation" {
                                rect.bar.(class(&step.result)) x=(percent(step.start)) y="3"
                                    width=(percent(duration.max(total * 0.004))) height="12" rx="3" {}
                                @for attempt in step.attempts.iter().filter(|_| step.attempts.len() > 1) {
                                    @let took = attempt.duration.unwrap_or(total - attempt.start);
                                    rect.attempt.(attempt_class(&attempt.result))
                                        x=(percent(attempt.start)) y="3" height="12"
                                        width=(percent(took.max(total * 0.002))) {}
                                }
                            }
                        }
                        td.number {
                            @match step.duration {
                                Some(duration) => (format::seconds(duration))
                                None => "…"
                            }
                        }
                    }
                }
            }
        }
    }
}

fn attempt_class(result: &AttemptResult) -> &'static str {
    match result {
        AttemptResult::Running => "running",
        AttemptResult::Succeeded => "succeeded",
        AttemptResult::Failed { .. } => "failed",
    }
}
