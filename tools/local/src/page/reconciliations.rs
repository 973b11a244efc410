//! Starts a reconciliation, and shows what reconciliations examine and repair.

use axum::extract::State;
use axum::response::Redirect;
use maud::{Markup, html};
use serde_json::Value;

use super::error::Failure;
use super::layout::{self, View};
use super::machines::{RECONCILE, REPAIR};
use super::{Shared, Site, executions, text};
use crate::executions::{Execution, Filter, Status};
use crate::reconciliation;
use crate::terminal::format;

/// Maximum number of reconciliations to show.
const ROWS: usize = 10;

/// Maximum number of repairs to show for the latest reconciliation.
const REPAIRS: usize = 25;

/// Shows the latest reconciliations.
pub(super) async fn view(State(site): Shared) -> Result<Markup, Failure> {
    let machine = site.machines.named(RECONCILE).await?;
    let listing = machine.executions.listing(&Filter::default(), None, ROWS).await?;
    let repairs = match listing.executions.first() {
        Some(latest) => repairs(&site, latest).await?,
        None => Vec::new(),
    };
    let content = html! {
        h1 { "Reconcile" }
        p.note {
            "A reconciliation compares the bucket with the catalog, in both directions, and starts a "
            "repair for each key that differs."
        }
        form.actions method="post" action=(site.href("reconciliations/start")) {
            button { "Reconcile now" }
            a href=(site.href("executions?machine=repair-image")) { "Repairs" }
        }
        div #reconciliations data-live {
            @if listing.executions.is_empty() { p.empty { "No reconciliation yet." } }
            @for (index, execution) in listing.executions.iter().enumerate() {
                (one(&site, execution, if index == 0 { &repairs } else { &[] }))
            }
        }
    };
    Ok(layout::page(&site, View::Reconciliations, "Reconcile", &content))
}

/// Starts a reconciliation.
pub(super) async fn start(State(site): Shared) -> Result<Redirect, Failure> {
    let machine = &site.outputs.reconcile_state_machine_arn;
    reconciliation::start(&site.aws.sfn, machine).await?;
    Ok(Redirect::to(&site.href("reconciliations")))
}

/// Returns the repairs that started during an execution of `reconcile`. Looks only at the newest
/// [`REPAIRS`] repairs.
async fn repairs(site: &Site, during: &Execution) -> Result<Vec<Execution>, Failure> {
    let machine = site.machines.named(REPAIR).await?;
    let listing = machine.executions.listing(&Filter::default(), None, REPAIRS).await?;
    let mut repairs = listing.executions;
    repairs.retain(|repair| {
        let is_before_end = during.stopped.is_none_or(|stopped| repair.started <= stopped);
        repair.started >= during.started && is_before_end
    });
    Ok(repairs)
}

fn one(site: &Site, execution: &Execution, repairs: &[Execution]) -> Markup {
    html! {
        article.reconciliation id=(format!("reconciliation-{}", text::name(&execution.arn)))
            data-running[!execution.has_ended()] {
            header {
                h2 {
                    a.row href=(executions::address(site, &execution.arn)) {
                        "Reconciliation " code { (text::visible(text::name(&execution.arn))) }
                    }
                }
                (text::status(execution.status))
                @if let Some(duration) = execution.duration() { span { (format::seconds(duration)) } }
                (text::time(execution.started))
            }
            @if execution.status == Status::Running {
                p.note { "Running: its page shows each batch that it compares." }
            }
            @if let Some(error) = &execution.error {
                p.error {
                    strong { (text::visible(error)) } " "
                    (text::visible(&format::whole_cause(execution.cause.as_deref().unwrap_or_default())))
                }
            }
            @if let Some(output) = &execution.output {
                @match output.get("continuedBy").and_then(Value::as_str) {
                    Some(arn) => p {
                        a href=(executions::address(site, arn)) { "Another execution continues it" }
                    }
                    None => (report(output))
                }
            }
            @if !repairs.is_empty() {
                h3 { "Repairs" @if repairs.len() == REPAIRS { ": the newest " (REPAIRS) } }
                (executions::table(site, repairs))
            }
        }
    }
}

/// Renders the report as a table: a row for each member that has counts, such as `objects`.
fn report(output: &Value) -> Markup {
    let columns = ["examined", "repaired", "failed"];
    let parts = output.as_object().into_iter().flatten().filter(|(_, part)| part.is_object());
    html! {
        table.report {
            thead {
                tr {
                    th { "Compared" }
                    @for column in columns { th.number { (column) } }
                }
            }
            tbody {
                @for (name, part) in parts {
                    tr {
                        th scope="row" { (text::visible(name)) }
                        @for column in columns {
                            td.number { (part.get(column).and_then(Value::as_u64).unwrap_or(0)) }
                        }
                    }
                }
            }
        }
    }
}
