//! Parses the output of Cargo: artifacts as JSON on standard output, and the progress bar, status
//! lines and diagnostics as text on standard error.

use std::path::PathBuf;

use serde::Deserialize;

/// A line that Cargo wrote to standard error.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The progress bar.
    Progress {
        /// Number of compiled crates.
        done: u64,
        /// Number of crates in the build.
        total: u64,
        /// The crates that are being compiled.
        what: String,
    },
    /// Cargo waits for a lock that another Cargo process holds, usually that of the build
    /// directory.
    Blocked,
    /// A status line, such as `   Compiling serde`, or an empty line. It can be dropped, because it
    /// belongs to no error or warning.
    Status,
    /// A line of an error or a warning.
    Diagnostic,
}

/// Width to which Cargo right-aligns its status words, such as `Compiling`.
const STATUS_WIDTH: usize = 12;

/// Classifies a line that Cargo wrote to standard error.
pub(super) fn read(line: &str) -> Line {
    let plain = console::strip_ansi_codes(line);
    let Some((status, rest)) = plain.split_at_checked(STATUS_WIDTH) else {
        return if plain.trim().is_empty() { Line::Status } else { Line::Diagnostic };
    };
    match status.trim_start() {
        "Building" => progress(rest).unwrap_or(Line::Status),
        "Blocking" => Line::Blocked,
        "Adding" | "Compiling" | "Dirty" | "Downloaded" | "Downloading" | "Finished" | "Fresh"
        | "Locking" | "Updating" => Line::Status,
        _ if plain.trim().is_empty() => Line::Status,
        _ => Line::Diagnostic,
    }
}

/// Parses a progress bar, for example ` [=====>    ] 12/340: serde, tokio(build)`.
fn progress(bar: &str) -> Option<Line> {
    let (_, rest) = bar.split_once("] ")?;
    let (counts, what) = rest.split_once(':').unwrap_or((rest, ""));
    let (done, total) = counts.trim().split_once('/')?;
    Some(Line::Progress {
        done: done.parse().ok()?,
        total: total.parse().ok()?,
        what: what.trim().to_owned(),
    })
}

/// Splits a stream into lines. A line ends with a newline or, like the progress bar, with a
/// carriage return.
#[derive(Debug, Default)]
pub(super) struct Lines {
    unfinished: Vec<u8>,
}

impl Lines {
    /// Appends `bytes` and returns the lines that are complete now.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in bytes {
            if byte == b'\n' || byte == b'\r' {
                lines.push(String::from_utf8_lossy(&self.unfinished).into_owned());
                self.unfinished.clear();
            } else {
                self.unfinished.push(byte);
            }
        }
        lines
    }
}

/// A JSON message of Cargo, with only the fields that identify a binary. See
/// <https://doc.rust-lang.org/cargo/reference/external-tools.html>.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Returns the name and path of each binary that Cargo's standard output lists.
pub(super) fn binaries(output: &str) -> Vec<(String, PathBuf)> {
    output
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter_map(|message| Some((message.target?.name, message.executable?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_and_status_are_told_from_diagnostics() {
        let progress =
            Line::Progress { done: 12, total: 340, what: "serde, tokio(build)".to_owned() };
        let bar =
            "\u{1b}[1m\u{1b}[96m    Building\u{1b}[0m [====>      ] 12/340: serde, tokio(build)";
        for (line, expected) in [
            (bar, progress),
            ("   Compiling serde v1.0.229", Line::Status),
            ("    Finished `dev` profile [unoptimized] target(s) in 0.1s", Line::Status),
            ("    Blocking waiting for file lock on build directory", Line::Blocked),
            ("    Building [>", Line::Status),
            ("error[E0425]: cannot find value `x` in this scope", Line::Diagnostic),
            (" --> src/main.rs:1:13", Line::Diagnostic),
            ("1 | fn main() { x }", Line::Diagnostic),
            ("error: could not compile `f` (bin \"f\") due to 1 previous error", Line::Diagnostic),
            ("é", Line::Diagnostic),
            ("short", Line::Diagnostic),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_may_arrive_in_pieces() {
        let mut lines = Lines::default();
        assert!(lines.push(b"on").is_empty());
        assert_eq!(lines.push(b"e\rtwo\nthr"), ["one", "two"]);
        assert_eq!(lines.push(b"ee\n"), ["three"]);
    }

    #[test]
    fn only_binaries_are_reported() {
        let output = r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}
not json
{"reason":"compiler-artifact","target":{"name":"head-object"},"executable":"/t/head-object"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(binaries(output), [("head-object".to_owned(), "/t/head-object".into())]);
    }
}
