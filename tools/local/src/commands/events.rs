//! `cargo local events`: the result events of the stack.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use clap::Args;
use console::style;

use super::executions::limit;
use super::{CommandError, ExitStatus, print};
use crate::result_events::{ResultEvent, since};
use crate::stack::state::StateFile;
use crate::terminal::format;
use crate::workspace::Workspace;

/// Number of events to show if there is no `--limit`.
const SHOWN: usize = 25;

/// Without `--follow`, the longest time to wait for a first matching event. An event arrives within
/// about two seconds after the change that it reports.
const FIRST: Duration = Duration::from_secs(5);

/// Interval between queries for new events.
const POLL: Duration = Duration::from_millis(500);

/// Milliseconds by which each query for new events reaches back before the newest event seen,
/// because earlier queries may have missed an older event.
const OVERLAP: i64 = 2_000;

/// Show the result events: what subscribers of the stack get.
///
/// An event follows each committed change of a key, within about two seconds. docs/EVENTS.md says
/// what subscribers can rely on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local events --follow\n  cargo local events photo.jpg\n  cargo local events --json | jq .event.detail"
)]
pub(super) struct EventsCommand {
    /// Show only events of keys that contain this text.
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// Keep running, and print each new event until Ctrl-C.
    #[arg(long, short)]
    follow: bool,
    /// Maximum number of events to show. Older events are left out.
    #[arg(long, default_value_t = SHOWN, value_parser = limit)]
    limit: usize,
    /// Print each event as a JSON object.
    #[arg(long)]
    json: bool,
}

impl EventsCommand {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let (outputs, aws) = StateFile::of(workspace).connect()?;
        let started = Instant::now();
        let mut events = since(&aws, &outputs, 0).await?;
        while !self.follow
            && !events.iter().any(|event| self.is_wanted(event))
            && started.elapsed() < FIRST
        {
            tokio::time::sleep(POLL).await;
            events = since(&aws, &outputs, 0).await?;
        }
        let mut newest = events.last().map(|event| event.time).unwrap_or_default();
        let mut seen: HashSet<String> = events.iter().map(identity).collect();
        events.retain(|event| self.is_wanted(event));
        let left_out = events.len().saturating_sub(self.limit);
        for event in events.iter().skip(left_out) {
            print(&self.line(event)?)?;
        }
        if left_out > 0 && !self.json {
            let older = format::count(left_out, "older event", "older events");
            print(&format!("{older} not shown: add --limit {} to see them.\n", events.len()))?;
        }
        if !self.follow {
            if events.is_empty() && !self.json {
                print(
                    "There is no result event yet. Upload an image with `cargo local upload FILE`.\n",
                )?;
            }
            return Ok(if events.is_empty() { ExitStatus::Failure } else { ExitStatus::Success });
        }
        loop {
            tokio::time::sleep(POLL).await;
            let events = since(&aws, &outputs, newest - OVERLAP).await?;
            newest = events.last().map_or(newest, |event| event.time.max(newest));
            for event in events.iter().filter(|event| seen.insert(identity(event))) {
                if self.is_wanted(event) {
                    print(&self.line(event)?)?;
                }
            }
        }
    }

    fn is_wanted(&self, event: &ResultEvent) -> bool {
        self.key.as_ref().is_none_or(|text| event.key().contains(text.as_str()))
    }

    fn line(&self, event: &ResultEvent) -> serde_json::Result<String> {
        if self.json {
            return Ok(format!("{}\n", serde_json::to_string(event)?));
        }
        Ok(text(event))
    }
}

/// The id that EventBridge gave the event. If the stack sends an event again, the repetition has an
/// id of its own and is shown, too.
fn identity(event: &ResultEvent) -> String {
    event.event["id"].as_str().unwrap_or_default().to_owned()
}

fn text(event: &ResultEvent) -> String {
    let kind = match event.kind() {
        kind @ ("ImageRecorded" | "ImageChanged") => style(kind).green(),
        kind @ "ImageRejected" => style(kind).yellow(),
        kind => style(kind).cyan(),
    };
    let key = format::printable(event.key());
    let order = event.detail("order").trim_start_matches('0').to_owned();
    let result = format::printable(&event.result());
    let rest = [result, format!("order {}", format::printable(&order))];
    let rest = rest.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
    format!("{kind}  {key}  {}\n", style(rest).dim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_without_control_characters() {
        console::set_colors_enabled(false);
        let event = serde_json::json!({"detail-type": "ImageRejected", "id": "1", "detail": {
            "key": "uploads/a\u{1b}.png", "order": "000012",
            "rejection": {"reason": "CorruptImage"}}});
        let line = text(&ResultEvent { time: 0, event });
        assert_eq!(line, "ImageRejected  uploads/a\\u{1b}.png  CorruptImage  order 12\n");
    }
}
