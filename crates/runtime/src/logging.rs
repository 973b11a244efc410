//! The log: each event of `tracing` becomes one line of JSON.

use std::sync::Once;

use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Module of `lambda_runtime` that logs every failed invocation, and every panic, at ERROR.
const LOGS_FAILURES: &str = "lambda_runtime::layers::panic";

static START: Once = Once::new();

/// Sets up logging at the level in `AWS_LAMBDA_LOG_LEVEL` (default `INFO`). Does nothing if logging
/// is already set up.
pub(crate) fn start() {
    START.call_once(|| {
        let variable = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
        subscriber(level(&variable), std::io::stdout).init();
    });
}

/// Parses Lambda's name for a level; an unknown name counts as INFO. No line has the level FATAL,
/// so FATAL turns the log off.
pub(crate) fn level(name: &str) -> LevelFilter {
    match name {
        "FATAL" => LevelFilter::OFF,
        // Empty text would be parsed as ERROR.
        "" => LevelFilter::INFO,
        name => name.parse().unwrap_or(LevelFilter::INFO),
    }
}

pub(crate) fn subscriber<W>(level: LevelFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level)
        .with_writer(writer)
        .finish()
        .with(filter_fn(|event| !repeats_a_summary(event)))
}

/// True for the line that `lambda_runtime` logs about each failed invocation: the summary line has
/// already reported the failure, at the right level. False for the lines of `lambda_runtime` about
/// panics, which have a field `error`.
fn repeats_a_summary(event: &Metadata<'_>) -> bool {
    event.target() == LOGS_FAILURES && event.fields().field("error").is_none()
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead as _};

    use serde_json::Value;
    use tracing::error;

    use super::*;

    /// Runs the closure and returns the `message` of each line that is written meanwhile.
    fn messages(log: impl FnOnce()) -> Vec<Value> {
        let (reader, writer) = io::pipe().unwrap();
        let subscriber = subscriber(LevelFilter::INFO, move || writer.try_clone().unwrap());
        tracing::subscriber::with_default(subscriber, log);
        let lines = io::BufReader::new(reader).lines().map(Result::unwrap);
        lines.map(|line| serde_json::from_str::<Value>(&line).unwrap()["message"].take()).collect()
    }

    /// The first two `error!` calls imitate those in `layers/panic.rs` of `lambda_runtime` 1.5: one
    /// logs a failure, the other a panic.
    #[test]
    fn failures_are_not_logged_again_but_panics_are_logged() {
        let messages = messages(|| {
            let error = "TableRefused";
            error!(target: LOGS_FAILURES, "{error:?}");
            error!(target: LOGS_FAILURES, ?error, "user handler panicked");
            error!("cannot write the summary line");
        });
        assert_eq!(messages, ["user handler panicked", "cannot write the summary line"]);
    }

    #[test]
    fn levels_have_the_names_that_lambda_gives_them() {
        let levels = [
            ("", LevelFilter::INFO),
            ("TRACE", LevelFilter::TRACE),
            ("WARN", LevelFilter::WARN),
            ("FATAL", LevelFilter::OFF),
        ];
        for (name, expected) in levels {
            assert_eq!(level(name), expected, "{name}");
        }
    }
}
