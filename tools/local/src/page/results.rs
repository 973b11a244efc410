//! The result events of the stack.

use axum::extract::State;
use maud::{Markup, html};

use super::error::Failure;
use super::layout::{self, View};
use super::{Shared, Site, text};
use crate::result_events::{ResultEvent, since};
use crate::terminal::format;

/// Maximum number of events to show.
const ROWS: usize = 50;

/// Shows the newest events, newest first.
pub(super) async fn view(State(site): Shared) -> Result<Markup, Failure> {
    let mut events = since(&site.aws, &site.outputs, 0).await?;
    events.reverse();
    let content = html! {
        h1 { "Events" }
        p.note {
            "What the stack tells subscribers, one event for each committed change of a key. An event \
             may arrive twice; of two events of a key, the one with the greater order is the later one."
        }
        div #events data-live { (table(&site, &events)) }
    };
    Ok(layout::page(&site, View::Events, "Events", &content))
}

fn table(site: &Site, events: &[ResultEvent]) -> Markup {
    html! {
        @if events.is_empty() {
            p.empty { "No event yet." }
        } @else {
            table {
                thead { tr {
                    th { "Kind" } th { "Key" } th { "Result" } th { "Order" }
                } }
                tbody {
                    @for event in events.iter().take(ROWS) { (row(site, event)) }
                }
            }
            @if events.len() > ROWS {
                p.note { "The newest " (ROWS) " of " (format::count(events.len(), "event", "events")) "." }
            }
        }
    }
}

fn row(site: &Site, event: &ResultEvent) -> Markup {
    let search = site.href(&format!("executions?key={}", text::encode(event.key())));
    html! {
        tr {
            td { (text::visible(event.kind())) }
            td { a.row href=(search) { (site.key(event.key())) } }
            td { (text::visible(&event.result())) }
            td { code { (text::visible(event.detail("order").trim_start_matches('0'))) } }
        }
    }
}
