//! `cargo local logs`: the log lines of the functions.

use std::collections::HashSet;
use std::time::Duration;

use clap::Args;
use console::style;
use serde_json::{Map, Value};

use super::executions::limit;
use super::{CommandError, ExitStatus, print};
use crate::aws::Aws;
use crate::executions::{Execution, Executions};
use crate::logs::{LogLine, Logs, function_named, of_invocations_with};
use crate::stack::Outputs;
use crate::stack::state::StateFile;
use crate::terminal::format;
use crate::workspace::Workspace;

/// Number of lines to show if there is no `--limit`.
const SHOWN: usize = 100;

/// Interval between queries for new lines.
const POLL: Duration = Duration::from_millis(500);

/// Each query for new lines starts this many milliseconds before the newest line seen, because an
/// older line may still be written after a newer one.
const OVERLAP: i64 = 2_000;

/// Show the log lines of the functions.
///
/// The argument selects the lines of one function (`read-dimensions`), of one execution (its id or
/// ARN), or of the objects whose key contains the argument. An invocation's lines appear when the
/// invocation ends.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local logs --follow\n  cargo local logs read-dimensions\n  cargo local logs photo.jpg\n  cargo local logs 5f3a9c01 --platform\n  cargo local logs --json | jq -c .message"
)]
pub(super) struct LogsCommand {
    /// A function, an execution, or a part of a key.
    #[arg(value_name = "KEY|FUNCTION|EXECUTION")]
    what: Option<String>,
    /// Keep running, and print each new line until Ctrl-C.
    #[arg(long, short)]
    follow: bool,
    /// Maximum number of lines to show. Older lines are left out.
    #[arg(long, default_value_t = SHOWN, value_parser = limit)]
    limit: usize,
    /// Show Lambda's own lines too: beginning, end and report of each invocation.
    #[arg(long)]
    platform: bool,
    /// Print each line as a JSON object, with its function and request id.
    #[arg(long)]
    json: bool,
}

/// The lines to show.
enum Selection {
    All,
    /// Lines of invocations for keys that contain this text.
    Key(String),
    /// Lines of an execution's invocations, found by these request ids.
    Requests(HashSet<String>),
    /// Lines of invocations for the execution's object, from the execution's start to its end. Used
    /// if the execution's history has no request ids.
    Execution(Box<Execution>),
}

impl Selection {
    fn of(&self, lines: Vec<LogLine>) -> Vec<LogLine> {
        match self {
            Self::All => lines,
            Self::Key(text) => {
                of_invocations_with(lines, |line| line.has_key(|key| key.contains(text.as_str())))
            }
            Self::Requests(ids) => of_invocations_with(lines, |line| {
                line.request_id.as_ref().is_some_and(|id| ids.contains(id))
            }),
            Self::Execution(execution) => of_invocations_with(lines, |line| {
                execution.spans(line.time) && line.has_key(|key| execution.key() == Some(key))
            }),
        }
    }
}

impl LogsCommand {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let (outputs, aws) = StateFile::of(workspace).connect()?;
        let logs = Logs::new(aws.logs.clone());
        let prefix = outputs.function_prefix();
        let all = logs.functions(prefix).await?;
        let (functions, selection) = self.select(&outputs, &aws, &all, prefix).await?;
        let mut seen = HashSet::new();
        let mut lines = Vec::new();
        for function in &functions {
            lines.extend(logs.lines(function, 0).await?);
        }
        let mut newest = lines.iter().map(|line| line.time).max().unwrap_or_default();
        seen.extend(lines.iter().filter(|line| line.time >= newest - OVERLAP).cloned());
        let shown = self.show(self.wanted(&selection, lines))?;
        if !self.follow {
            if shown == 0 {
                print(&self.nothing())?;
            }
            return Ok(if shown == 0 { ExitStatus::Failure } else { ExitStatus::Success });
        }
        loop {
            tokio::time::sleep(POLL).await;
            let mut lines = Vec::new();
            for function in &functions {
                lines.extend(logs.lines(function, newest - OVERLAP).await?);
            }
            newest = lines.iter().map(|line| line.time).max().unwrap_or(newest).max(newest);
            seen.retain(|line| line.time >= newest - OVERLAP);
            let wanted = self.wanted(&selection, lines);
            for line in wanted.into_iter().filter(|line| seen.insert(line.clone())) {
                print(&self.line(&line)?)?;
            }
        }
    }

    /// Returns the functions whose logs to read, and the selection of lines to show.
    async fn select(
        &self,
        outputs: &Outputs,
        aws: &Aws,
        all: &[String],
        prefix: &str,
    ) -> Result<(Vec<String>, Selection), CommandError> {
        let Some(what) = &self.what else { return Ok((all.to_owned(), Selection::All)) };
        if let Some(function) = function_named(all, prefix, what) {
            return Ok((vec![function.clone()], Selection::All));
        }
        let executions = Executions::new(aws.sfn.clone(), &outputs.state_machine_arn);
        let selection = match executions.called(what).await? {
            Some(execution) => {
                let steps = executions.steps(&execution.arn).await?;
                let attempts = steps.into_iter().flat_map(|step| step.attempts);
                let ids: HashSet<_> = attempts.filter_map(|attempt| attempt.request_id).collect();
                if ids.is_empty() {
                    Selection::Execution(Box::new(execution))
                } else {
                    Selection::Requests(ids)
                }
            }
            None => Selection::Key(what.clone()),
        };
        Ok((all.to_owned(), selection))
    }

    /// The selected lines, oldest first. Lambda's own lines are left out without `--platform`.
    fn wanted(&self, selection: &Selection, lines: Vec<LogLine>) -> Vec<LogLine> {
        let mut lines = selection.of(lines);
        lines.retain(|line| self.platform || !line.is_from_lambda());
        lines.sort_by_key(|line| line.time);
        lines
    }

    /// Prints the newest lines, up to the number in `--limit`. Returns the number of printed lines.
    fn show(&self, mut lines: Vec<LogLine>) -> Result<usize, CommandError> {
        let left_out = lines.len().saturating_sub(self.limit);
        lines.drain(..left_out);
        for line in &lines {
            print(&self.line(line)?)?;
        }
        if left_out > 0 && !self.json {
            let older = format::count(left_out, "older line", "older lines");
            let all = left_out + lines.len();
            print(&format!("{older} not shown: add --limit {all} to see them.\n"))?;
        }
        Ok(lines.len())
    }

    fn line(&self, line: &LogLine) -> serde_json::Result<String> {
        if self.json { Ok(format!("{}\n", serde_json::to_string(line)?)) } else { Ok(text(line)) }
    }

    fn nothing(&self) -> String {
        match &self.what {
            _ if self.json => String::new(),
            Some(what) => format!(
                "There is no log line of a function, an execution or a key {}. `cargo local logs` shows the newest lines of all functions, `cargo local executions` lists executions.\n",
                format::quoted(what)
            ),
            None => "No function has run yet. Upload an image with `cargo local upload FILE`.\n"
                .to_owned(),
        }
    }
}

/// Members of a JSON line that the function [`members`] either shows first, without their names, or
/// never shows.
const SHOWN_FIRST: [&str; 8] =
    ["timestamp", "level", "message", "request", "outcome", "key", "error", "_aws"];

/// Formats a line for people. A JSON line becomes its level, message, outcome, key and error,
/// followed by most of its other members with their names. The message of an invocation's summary
/// line is left out.
fn text(line: &LogLine) -> String {
    let time = time_of_day(line.time);
    // A function's name is long, but is not shortened: only its end tells the functions apart.
    let function = &line.function;
    let json = serde_json::from_str::<Map<String, Value>>(&line.message).ok();
    let message = json.map_or_else(|| format::printable(&line.message), |json| members(&json));
    format!("{} {} {message}\n", style(time).dim(), style(function).cyan())
}

fn members(json: &Map<String, Value>) -> String {
    let text = |name: &str| json.get(name).and_then(Value::as_str).map(format::printable);
    let level = text("level").unwrap_or_default();
    let level = match &*level {
        "ERROR" | "FATAL" => style(level).red(),
        "WARN" => style(level).yellow(),
        _ => style(level).dim(),
    };
    let mut parts = vec![level.to_string()];
    parts.extend(text("message").filter(|message| message != "summary"));
    parts.extend(["outcome", "key", "error"].into_iter().filter_map(text));
    let rest = json.iter().filter(|(name, _)| !SHOWN_FIRST.contains(&name.as_str()));
    let rest: Vec<_> = rest
        .map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), format::printable);
            format!("{} {value}", format::printable(name))
        })
        .collect();
    if !rest.is_empty() {
        parts.push(style(rest.join(", ")).dim().to_string());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// Formats milliseconds since 1970 as a time of day, in UTC.
fn time_of_day(milliseconds: i64) -> String {
    let (seconds, rest) = (milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000));
    let (hours, minutes) = (seconds.rem_euclid(86_400) / 3600, seconds.rem_euclid(3600) / 60);
    format!("{hours:02}:{minutes:02}:{:02}.{rest:03}Z", seconds.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &str) -> LogLine {
        LogLine {
            time: 1_764_115_199_042,
            function: "pixgauge-local-read-dimensions".to_owned(),
            stream: "s".to_owned(),
            request_id: Some("r".to_owned()),
            message: message.to_owned(),
        }
    }

    #[test]
    fn a_summary_line_is_a_sentence() {
        console::set_colors_enabled(false);
        let summary = r#"{"timestamp":"t","level":"INFO","message":"summary","request":"r","key":"uploads/a\u001b.png","outcome":"measured","format":"png","gets":1,"duration_ms":12.5,"_aws":{}}"#;
        assert_eq!(
            text(&line(summary)),
            "23:59:59.042Z pixgauge-local-read-dimensions INFO measured uploads/a\\u{1b}.png format png, gets 1, duration_ms 12.5\n"
        );
    }

    #[test]
    fn another_line_stays_as_it_is_without_control_characters() {
        console::set_colors_enabled(false);
        let shown = text(&line("START RequestId: r\u{1b}[2J"));
        assert!(shown.ends_with(" START RequestId: r\\u{1b}[2J\n"), "{shown}");
    }
}
