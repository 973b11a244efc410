//! Instructions, counted by Callgrind (<https://valgrind.org/docs/manual/cl-manual.html>).
//!
//! Callgrind runs a program on a simulated processor and counts what it executes, so the count
//! does not depend on how busy or how fast the machine is. It is taken of whole processes: one
//! that is ended as soon as it is initialized, one that has handled one event, and one that has
//! handled some more. Differences between them are what the steps took.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::environment;
use crate::error::BenchmarkError;
use crate::instance::{Instance, Launch};
use crate::workload::Workload;

/// How to get it.
pub(crate) const ADVICE: &str = "instructions were not counted: that takes valgrind, for example \
                                  from `apt-get install valgrind`. `--no-instructions` does without";

/// Warm invocations whose instructions are averaged.
const WARM: u32 = 10;

/// Runs until two have to agree.
const RUNS: usize = 5;

/// Counts agree that differ by less than this part of them.
const AGREE: u64 = 500;

/// Instructions of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// From the start to waiting for the first event, dynamic linking included, of a function that
    /// can send no request before.
    pub(crate) offline_init: u64,
    /// The same of one that can.
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
    let environment = environment::without_credentials(launch.environment);
    let offline = Launch { environment: &environment, ..*launch };
    let (none, one, many) = (run(0)?, settled(|| run(1))?, run(1 + WARM)?);
    Ok(Instructions {
        offline_init: total(valgrind, &offline, workload, 0)?,
        init: none,
        first: one.saturating_sub(none),
        warm: many.saturating_sub(one) / u64::from(WARM),
    })
}

/// The lesser of two counts that agree. A single invocation that reads a large body takes a few
/// percent more where the body happens to arrive in small pieces; many of them are an average.
fn settled(run: impl Fn() -> Result<u64, BenchmarkError>) -> Result<u64, BenchmarkError> {
    let mut counts = Vec::new();
    while counts.len() < RUNS {
        counts.push(run()?);
        counts.sort_unstable();
        if let Some(pair) = counts.windows(2).find(|pair| pair[1] - pair[0] < pair[0] / AGREE) {
            return Ok(pair[0]);
        }
    }
    Ok(counts[0])
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

    fn settled_of(counts: &[u64]) -> u64 {
        let counts = std::cell::RefCell::new(counts.iter());
        settled(|| Ok(*counts.borrow_mut().next().unwrap())).unwrap()
    }

    #[test]
    fn a_count_is_taken_when_another_agrees() {
        assert_eq!(settled_of(&[20_010_000, 20_000_000]), 20_000_000);
        assert_eq!(settled_of(&[20_400_000, 20_000_000, 20_010_000]), 20_000_000);
        assert_eq!(
            settled_of(&[20_000_000, 24_000_000, 23_000_000, 22_000_000, 21_000_000]),
            20_000_000
        );
    }

    #[test]
    fn the_total_is_the_last_line_of_that_name() {
        assert_eq!(totals("# callgrind format\nevents: Ir\n\n0 12\n\ntotals: 4711\n"), Some(4711));
        assert_eq!(totals("# callgrind format\n"), None);
    }
}
