//! The list of executions.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::error::Failure;
use super::layout::{self, View};
use super::machines::Machine;
use super::{Shared, Site, text};
use crate::executions::{Execution, Filter, Listing, OutcomeKind, Status};
use crate::terminal::format;

/// Number of executions on a page of the list.
const ROWS: usize = 25;

/// Statuses by which the user can filter the list, with their names.
const STATUSES: [(Status, &str); 5] = [
    (Status::Running, "running"),
    (Status::Succeeded, "succeeded"),
    (Status::Failed, "failed"),
    (Status::TimedOut, "timed out"),
    (Status::Aborted, "aborted"),
];

/// Parameters of the view.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    machine: String,
    status: String,
    outcome: String,
    key: String,
    cursor: String,
}

impl Parameters {
    fn filter(&self) -> Filter {
        let status = STATUSES.into_iter().find(|(status, _)| status.to_string() == self.status);
        let outcome = OutcomeKind::ALL.into_iter().find(|kind| kind.name() == self.outcome);
        let statuses = status.into_iter().map(|(status, _)| status).collect();
        Filter { statuses, outcome, text: self.key.clone() }
    }

    /// The query string for the page of executions that begins at `cursor`.
    fn query(&self, machine: &str, cursor: &str) -> String {
        text::query(&[
            ("machine", machine),
            ("status", &self.status),
            ("outcome", &self.outcome),
            ("key", &self.key),
            ("cursor", cursor),
        ])
    }
}

/// Shows a page of the list of executions.
pub(super) async fn view(
    State(site): Shared,
    Query(parameters): Query<Parameters>,
) -> Result<Markup, Failure> {
    let machine = site.machines.named(&parameters.machine).await?;
    let cursor = Some(parameters.cursor.clone()).filter(|cursor| !cursor.is_empty());
    let listing = machine.executions.listing(&parameters.filter(), cursor, ROWS).await?;
    let content = html! {
        h1 { "Executions" }
        (machines(&site, machine).await?)
        (filters(&site, machine, &parameters))
        @if machine.is_express { (express_note()) }
        div #list data-live { (list(&site, machine, &listing, &parameters)) }
    };
    Ok(layout::page(&site, View::Executions, "Executions", &content))
}

/// Links to the state machines.
async fn machines(site: &Site, current: &Machine) -> Result<Markup, Failure> {
    let all = site.machines.all().await?;
    Ok(html! {
        nav.tabs aria-label="State machines" {
            @for machine in all {
                a href=(site.href(&format!("executions?machine={}", machine.name)))
                    aria-current=[(machine.name == current.name).then_some("page")] {
                    (machine.name)
                }
            }
        }
    })
}

/// Renders a note: AWS does not keep the executions of an Express state machine.
pub(super) fn express_note() -> Markup {
    html! {
        p.note {
            "This state machine is EXPRESS. The emulator keeps its executions; AWS does not: there, "
            "the log group of the state machine is their only record."
        }
    }
}

fn filters(site: &Site, machine: &Machine, parameters: &Parameters) -> Markup {
    html! {
        form.filters action=(site.href("executions")) role="search" {
            input type="hidden" name="machine" value=(machine.name);
            label {
                span { "Key" }
                input type="search" name="key" value=(parameters.key) data-search
                    placeholder="part of a key";
            }
            label {
                span { "Status" }
                select name="status" {
                    option value="" { "all" }
                    @for (status, name) in STATUSES {
                        option value=(status) selected[status.to_string() == parameters.status] {
                            (name)
                        }
                    }
                }
            }
            label {
                span { "Outcome" }
                select name="outcome" {
                    option value="" { "all" }
                    @for kind in OutcomeKind::ALL {
                        option value=(kind.name()) selected[kind.name() == parameters.outcome] {
                            (kind.name())
                        }
                    }
                }
            }
            button { "Filter" }
        }
    }
}

fn list(site: &Site, machine: &Machine, listing: &Listing, parameters: &Parameters) -> Markup {
    let older = listing.next.as_deref().map(|cursor| parameters.query(machine.name, cursor));
    let first = parameters.query(machine.name, "");
    let is_filtered = listing.examined > listing.executions.len();
    html! {
        (table(site, &listing.executions))
        @if listing.executions.is_empty() {
            p.empty {
                @if listing.examined > 0 { "None of " (listing.examined) " executions match." }
                @else if !parameters.filter().statuses.is_empty() { "No execution has this status." }
                @else { "No executions yet. " a href=(site.href("images")) { "Upload an image" } "." }
            }
        }
        nav.pages aria-label="Pages" {
            @if !parameters.cursor.is_empty() {
                a href=(site.href(&format!("executions?{first}"))) rel="first" { "Newest" }
            }
            @if is_filtered { span.note { (listing.examined) " examined" } }
            @if let Some(older) = older {
                a href=(site.href(&format!("executions?{older}"))) rel="next" { "Older" }
            }
        }
    }
}

/// Renders executions as a table.
pub(super) fn table(site: &Site, executions: &[Execution]) -> Markup {
    html! {
        @if !executions.is_empty() {
            table.rows {
                thead {
                    tr {
                        th { "Status" } th { "Key" } th { "Event" } th { "Outcome" }
                        th.number { "Duration" } th.number { "Started" }
                    }
                }
                tbody {
                    @for execution in executions { (row(site, execution)) }
                }
            }
        }
    }
}

fn row(site: &Site, execution: &Execution) -> Markup {
    let change = execution.trigger.as_ref().and_then(|trigger| trigger.change);
    html! {
        // The script recognizes the row by this id when newer rows are inserted before it, so the
        // focus stays on the row.
        tr id=(format!("row-{}", text::name(&execution.arn))) {
            td { (text::status(execution.status)) }
            td {
                a.row href=(address(site, &execution.arn)) {
                    @match execution.key() {
                        Some(key) => (site.key(key)),
                        None => code { (text::visible(text::name(&execution.arn))) }
                    }
                }
            }
            td { @if let Some(change) = change { (change) } }
            td { (text::outcome(execution)) }
            td.number { @if let Some(duration) = execution.duration() { (format::seconds(duration)) } }
            td.number { (text::time(execution.started)) }
        }
    }
}

/// The path of the view of one execution.
pub(super) fn address(site: &Site, arn: &str) -> String {
    site.href(&format!("execution?arn={}", text::encode(arn)))
}
