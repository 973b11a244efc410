//! The table of counts: a row for each path through the system.

use super::markdown::{table, thousands};
use crate::costs::bytes;
use crate::counts::PathCounts;

/// A column: its title, and its value in the row of a path.
type Column = (&'static str, fn(&PathCounts) -> f64);

const COLUMNS: [Column; 16] = [
    ("events", |it| f64::from(it.events)),
    ("transitions", |it| f64::from(it.transitions)),
    ("API requests", |it| f64::from(it.requests)),
    ("invocations", |it| f64::from(it.invocations)),
    ("S3 HEAD", |it| f64::from(it.heads)),
    ("S3 GET", |it| f64::from(it.gets)),
    ("table calls", |it| f64::from(it.table_calls)),
    ("table write units", |it| it.table_write_units),
    ("index write units", |it| it.index_write_units),
    ("read units", |it| it.read_units),
    ("function log B", |it| bytes(it.function_log_bytes)),
    ("execution log B", |it| bytes(it.execution_log_bytes)),
    ("without data", |it| bytes(it.execution_log_bytes_without_data)),
    ("at ERROR", |it| bytes(it.execution_log_bytes_at_error)),
    ("access log B", |it| bytes(it.access_log_bytes)),
    ("response B", |it| bytes(it.response_bytes)),
];

/// Renders a row for each path through the system, with the counts of one run. Columns with only
/// zeros are left out.
#[must_use]
pub fn counts(paths: &[PathCounts]) -> String {
    let used: Vec<_> =
        COLUMNS.iter().filter(|(_, of)| paths.iter().any(|path| of(path) != 0.0)).collect();
    let titles: Vec<_> = ["path"].into_iter().chain(used.iter().map(|(title, _)| *title)).collect();
    let row = |path: &PathCounts| {
        let figures = used.iter().map(|(_, of)| number(of(path)));
        [path.name.clone()].into_iter().chain(figures).collect()
    };
    table(&titles, 1, &paths.iter().map(row).collect::<Vec<_>>())
}

fn number(value: f64) -> String {
    if value == 0.0 {
        return "–".to_owned();
    }
    thousands(value, usize::from(value.fract() != 0.0))
}
