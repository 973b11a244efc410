//! Log lines of one invocation.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::error::Failure;
use super::{Shared, text};
use crate::logs::LogLine;

/// Parameters that identify an invocation.
#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    /// Name or ARN of the function.
    function: String,
    /// Request id of the invocation.
    request: String,
    /// Start of the task's attempt that made the invocation, in milliseconds since 1970.
    from: i64,
    /// Latest time at which the invocation can have ended, in milliseconds since 1970.
    to: i64,
}

/// Shows the log lines of an invocation, as a part of the view of an execution.
pub(super) async fn view(
    State(site): Shared,
    Query(parameters): Query<Parameters>,
) -> Result<Markup, Failure> {
    let Parameters { function, request, from, to } = parameters;
    // A state machine may name the function by its ARN.
    let name = function.rsplit(":function:").next().unwrap_or_default();
    let lines = site.logs.of_request(name, &request, (from, to)).await?;
    Ok(html! {
        @if lines.is_empty() {
            p.note { "No lines yet: the emulator writes them when the invocation ends." }
        } @else {
            ol.log { @for line in &lines { (one(line)) } }
        }
        p.note { code { "/aws/lambda/" (text::visible(name)) } }
    })
}

fn one(line: &LogLine) -> Markup {
    let json = serde_json::from_str::<Value>(&line.message).ok().filter(Value::is_object);
    let level = json.as_ref().and_then(|json| json.get("level")?.as_str()).unwrap_or_default();
    let class = match level {
        "ERROR" | "FATAL" => "bad",
        "WARN" => "notable",
        _ => "plain",
    };
    html! {
        li.(class) {
            @match json {
                Some(json) => details {
                    summary { (text::lines(&line.message)) }
                    (text::json(&json))
                }
                None => (text::lines(&line.message))
            }
        }
    }
}
