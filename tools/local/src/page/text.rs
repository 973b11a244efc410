//! Text, numbers and JSON as HTML.
//!
//! `maud` escapes markup. This module also escapes characters that a browser does not show, such as
//! those of a terminal escape sequence, or a line break in a key. It also escapes characters that
//! change the direction of text: they could make `gpj.exe` read as `exe.jpg`.

use std::time::{SystemTime, UNIX_EPOCH};

use contract::KeyPrefix;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::executions::{Execution, Outcome, Status};
use crate::terminal::format::{self, is_invisible};

/// Longest JSON text that a view shows, in bytes; longer text is cut. Step Functions limits inputs
/// and outputs to 256 KiB, to which the view adds indentation
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const LONGEST_JSON: usize = 512 * 1024;

/// Renders text that anyone may have written, with its invisible characters as escapes.
pub(super) fn visible(text: &str) -> Markup {
    pieces(text, is_invisible)
}

/// Renders text as [`visible`] does, but keeps line breaks and tabs.
pub(super) fn lines(text: &str) -> Markup {
    pieces(text, |character| is_invisible(character) && !matches!(character, '\n' | '\t'))
}

fn pieces(text: &str, is_escaped: impl Fn(char) -> bool + Copy) -> Markup {
    html! {
        @for piece in text.split_inclusive(is_escaped) {
            @match piece.chars().next_back().filter(|last| is_escaped(*last)) {
                Some(last) => {
                    (piece[..piece.len() - last.len_utf8()])
                    span.escape { (last.escape_default()) }
                }
                None => (piece)
            }
        }
    }
}

/// Writes the query of a URL, without parameters whose value is empty.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let parameters = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> =
        parameters.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

/// Percent-encodes a value of a query.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Renders a key of an object without the stack's key prefix, or in full if the key does not have
/// the prefix or would be empty without it.
pub(super) fn key(prefix: &KeyPrefix, key: &str) -> Markup {
    let name = prefix.name_of(key).filter(|name| !name.is_empty());
    html! { bdi.key { (visible(name.unwrap_or(key))) } }
}

/// Renders JSON, indented. Cuts JSON that is longer than `LONGEST_JSON`, and says so.
pub(super) fn json(value: &Value) -> Markup {
    let mut text = format!("{value:#}");
    let total = text.len();
    let end = text.floor_char_boundary(LONGEST_JSON);
    text.truncate(end);
    html! {
        pre.json tabindex="0" { (lines(&text)) }
        @if total > end { p.note { "The first " (end) " of " (total) " bytes." } }
    }
}

/// Renders a time, given in seconds since 1970, in the form `5 min ago`. The script keeps the text
/// up to date.
pub(super) fn time(seconds: f64) -> Markup {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let milliseconds = format!("{:.0}", seconds * 1000.0);
    html! { time data-time=(milliseconds) { (format::ago(since - seconds)) } }
}

/// Renders the status of an execution.
pub(super) fn status(status: Status) -> Markup {
    let (class, name) = match status {
        Status::Running => ("running", "Running"),
        Status::Succeeded => ("succeeded", "Succeeded"),
        Status::Failed => ("failed", "Failed"),
        Status::TimedOut => ("failed", "Timed out"),
        Status::Aborted => ("failed", "Aborted"),
        Status::PendingRedrive => ("running", "Pending redrive"),
        Status::Unknown => ("unknown", "Unknown"),
    };
    html! { span.status.(class) { (name) } }
}

/// Renders the outcome of an execution.
pub(super) fn outcome(execution: &Execution) -> Markup {
    let outcome = execution.outcome();
    let class = match outcome {
        Outcome::Failed(_) => "bad",
        Outcome::Rejected(_) => "notable",
        _ => "plain",
    };
    html! {
        span.outcome.(class) { (visible(&outcome.to_string())) }
        @if execution.is_stale() { " " span.tag { "stale" } }
    }
}

/// The last part of an ARN, such as the name of an execution or of a function.
pub(super) fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_invisible_characters_are_shown() {
        let shown = visible("<b>\u{202e}gpj\n\u{1b}[2J&").into_string();
        assert_eq!(
            shown,
            "&lt;b&gt;<span class=\"escape\">\\u{202e}</span>gpj<span class=\"escape\">\\n</span>\
             <span class=\"escape\">\\u{1b}</span>[2J&amp;"
        );
        assert_eq!(lines("a\n\tb").into_string(), "a\n\tb");
    }

    #[test]
    fn key_loses_its_prefix_unless_nothing_is_left() {
        let shown = |text: &str| key(&"photos/2026/".parse().unwrap(), text).into_string();
        assert!(shown("photos/2026/a.png").contains(">a.png<"));
        for whole in ["photos/2026/", "uploads/a.png"] {
            assert!(shown(whole).contains(&format!(">{whole}<")), "{whole}");
        }
    }

    #[test]
    fn long_json_is_cut_with_a_note() {
        let shown = json(&Value::from("é".repeat(LONGEST_JSON))).into_string();
        assert!(shown.contains("The first "), "{}", &shown[shown.len() - 200..]);
    }
}
