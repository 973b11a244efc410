//! The failure queue.

use axum::extract::{Form, Query, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use super::error::Failure;
use super::layout::{self, View};
use super::{Shared, Site, executions, text};
use crate::redrive::{self, Redriven, Reported};
use crate::terminal::format;

/// Maximum number of messages to show.
const ROWS: usize = 100;

/// Parameters of the view: the result of the last redrive.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    /// ARN of the execution that was started, if the user redrove a single message.
    execution: String,
    /// Number of executions that were started.
    started: Option<usize>,
    /// Number of messages for which no execution could be started. They stay in the queue.
    kept: Option<usize>,
}

/// Shows the queue.
pub(super) async fn view(
    State(site): Shared,
    Query(parameters): Query<Parameters>,
) -> Result<Markup, Failure> {
    let reported = {
        let _alone = site.queue.lock().await;
        redrive::reported(&site.aws, &site.outputs, ROWS).await?
    };
    let content = html! {
        h1 { "Failures" }
        p.note {
            "Executions that failed after all retries. Redriving one starts a new execution with the "
            "same event, and removes the failure from the queue."
        }
        (result(&site, &parameters))
        div #queue data-live { (queue(&site, &reported)) }
    };
    Ok(layout::page(&site, View::Failures, "Failures", &content))
}

/// Fields of the forms that redrive messages.
#[derive(Debug, Deserialize)]
pub(super) struct Fields {
    /// Id of the message to redrive. If it is empty, all messages are redriven.
    #[serde(default)]
    message: String,
}

/// Starts a new execution for one message of the failure queue, or for each message.
pub(super) async fn redrive(
    State(site): Shared,
    Form(Fields { message }): Form<Fields>,
) -> Result<Redirect, Failure> {
    let _alone = site.queue.lock().await;
    if message.is_empty() {
        let redriven = redrive::redrive(&site.aws, &site.outputs, usize::MAX).await?;
        let started = redriven.iter().filter(|it| it.execution.is_some()).count();
        let kept = redriven.len() - started;
        let target = format!("failures?started={started}&kept={kept}");
        return Ok(Redirect::to(&site.href(&target)));
    }
    let redriven = redrive::redrive_message(&site.aws, &site.outputs, &message).await?;
    let Some(Redriven { execution, problem, .. }) = redriven else {
        let gone = "the message is not in the queue: it has been redriven already";
        return Err(Failure::Request(gone.to_owned()));
    };
    match execution {
        Some(arn) => {
            let target = format!("failures?started=1&execution={}", text::encode(&arn));
            Ok(Redirect::to(&site.href(&target)))
        }
        None => Err(Failure::Request(problem.unwrap_or_default())),
    }
}

/// Says what the last redrive did.
fn result(site: &Site, parameters: &Parameters) -> Markup {
    let Parameters { execution, started, kept } = parameters;
    let Some(started) = *started else { return html! {} };
    html! {
        p.results role="status" {
            (format::count(started, "execution", "executions")) " started. "
            @if !execution.is_empty() {
                a href=(executions::address(site, execution)) { "Follow it" } "."
            }
            @if let Some(kept) = kept.filter(|kept| *kept > 0) {
                (format::count(kept, "message was", "messages were")) " kept: no execution could be \
                started."
            }
        }
    }
}

fn queue(site: &Site, reported: &[Reported]) -> Markup {
    html! {
        @if reported.is_empty() {
            p.empty { "The failure queue is empty." }
        } @else {
            form.actions method="post" action=(site.href("failures/redrive")) {
                button { "Redrive all" }
                @if reported.len() == ROWS { span.note { "The first " (ROWS) " are shown." } }
            }
            @for failure in reported { (one(site, failure)) }
        }
    }
}

fn one(site: &Site, failure: &Reported) -> Markup {
    html! {
        article.failure id=(format!("message-{}", failure.message)) {
            header {
                h2 {
                    @match failure.key() {
                        Some(key) => (site.key(key))
                        None => "(no S3 event)"
                    }
                }
                @if let Some(sent) = failure.sent { (text::time(sent)) }
                form method="post" action=(site.href("failures/redrive")) {
                    input type="hidden" name="message" value=(failure.message);
                    button { "Redrive" }
                }
            }
            p.error {
                strong { (text::visible(failure.error.as_deref().unwrap_or_default())) } " "
                (text::visible(&format::whole_cause(failure.cause.as_deref().unwrap_or_default())))
            }
            @if let Some(execution) = &failure.execution {
                p {
                    a.row href=(executions::address(site, execution)) {
                        "Execution " code { (text::visible(text::name(execution))) }
                    }
                }
            }
            details id=(format!("event-{}", failure.message)) {
                summary { "Event" }
                (text::json(&failure.event))
            }
        }
    }
}
