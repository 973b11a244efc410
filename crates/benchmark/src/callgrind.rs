//! Instructions, counted by Callgrind (<https://valgrind.org/docs/manual/cl-manual.html>).
//!
//! Callgrind runs a program on a simulated processor and counts what it executes, so the count
//! does not depend on how busy or how fast the machine is. It is taken of whole processes: one
//! that is ended as soon as it is initialized, one that has handled one event, and one that has
//! handled some more. Differences between them are what the steps took.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::BenchmarkError;
use crate::instance::{Instance, Launch};
use crate::workload::Workload;

/// How to get it.
pub(crate) const ADVICE: &str = "instructions are not counted without valgrind: install it, for example with \
     `apt-get install valgrind` or `dnf install valgrind`";

/// Warm invocations whose instructions are averaged.
const WARM: u32 = 10;

/// Instructions of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// From the start to waiting for the first event, dynamic linking included.
    pub(crate) init: u64,
    /// To handle the first event.
    pub(crate) first: u64,
    /// To handle any other.
    pub(crate) warm: u64,
}

/// Where valgrind is; none where it is not installed.
pub(crate) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join("valgrind")).find(|it| it.is_file())
}

/// Counts what the function executes.
pub(crate) fn count(
    valgrind: &Path,
    launch: &Launch<'_>,
    workload: &Workload,
) -> Result<Instructions, BenchmarkError> {
    let run = |invocations| total(valgrind, launch, workload, invocations);
    let (none, one, many) = (run(0)?, run(1)?, run(1 + WARM)?);
    Ok(Instructions {
        init: none,
        first: one.saturating_sub(none),
        warm: many.saturating_sub(one) / u64::from(WARM),
    })
}

/// Instructions of a process that handles this many events.
fn total(
    valgrind: &Path,
    launch: &Launch<'_>,
    workload: &Workload,
    invocations: u32,
) -> Result<u64, BenchmarkError> {
    let output = launch.directory.join("callgrind.out");
    let option = |name: &str, path: PathBuf| {
        let mut option = OsString::from(name);
        option.push(path);
        option
    };
    let wrapper = [
        valgrind.as_os_str().to_owned(),
        "--tool=callgrind".into(),
        option("--callgrind-out-file=", output.clone()),
        option("--log-file=", launch.directory.join("valgrind.log")),
    ];
    let mut instance = Instance::start_under(&wrapper, launch)?;
    instance.initialized()?;
    for _ in 0..invocations {
        instance.invoke(workload)?;
    }
    instance.end()?;
    let what = output.display().to_string();
    let text = std::fs::read_to_string(output).map_err(BenchmarkError::io(what))?;
    totals(&text).ok_or(BenchmarkError::NoCount)
}

/// The line `totals: N` at the end of what Callgrind writes
/// (<https://valgrind.org/docs/manual/cl-format.html>).
fn totals(output: &str) -> Option<u64> {
    let line = output.lines().rev().find_map(|line| line.strip_prefix("totals:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_the_last_line_of_that_name() {
        assert_eq!(totals("# callgrind format\nevents: Ir\n\n0 12\n\ntotals: 4711\n"), Some(4711));
        assert_eq!(totals("# callgrind format\n"), None);
    }
}
