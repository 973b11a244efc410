//! Counts instructions with Callgrind (<https://valgrind.org/docs/manual/cl-manual.html>).
//!
//! Callgrind runs a program on a simulated processor and counts the instructions it executes, so
//! the count does not depend on the speed or load of the machine. It counts whole processes: one
//! that ends as soon as it is initialized, one that has handled one event, and one that has handled
//! several. The first count covers the initialization. The second count minus the first covers the
//! first invocation. The third count minus the second covers the later invocations.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::environment;
use crate::error::BenchmarkError;
use crate::instance::{Instance, Launch};
use crate::workload::Workload;

/// Hint for machines without valgrind.
pub(crate) const ADVICE: &str = "instructions were not counted: install valgrind, for example with \
                                  `apt-get install valgrind`, or pass `--no-instructions`";

/// Number of warm invocations to average over.
const WARM: u32 = 10;

/// Maximum number of runs. There are fewer if the counts of two runs agree earlier.
const RUNS: usize = 5;

/// Two counts agree if they differ by less than 1/`AGREE` of the lower count.
const AGREE: u64 = 500;

/// Instructions that one function executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// Instructions from the start of the process, including dynamic linking, until it waits for
    /// the first event. The function has no credentials, so it cannot send requests during init.
    pub(crate) offline_init: u64,
    /// Like `offline_init`, but the function has credentials, so it can send requests during init.
    pub(crate) init: u64,
    /// Instructions to handle the first event.
    pub(crate) first: u64,
    /// Instructions to handle a later event, on average.
    pub(crate) warm: u64,
}

/// The path of valgrind; `None` if no directory in `PATH` contains it.
pub(crate) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join("valgrind")).find(|it| it.is_file())
}

/// Counts a function's instructions.
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

/// Repeats `run` until two counts agree, and returns the lesser of the two. If no two of [`RUNS`]
/// counts agree, returns the least.
///
/// The counts vary, because a large body that happens to arrive in small pieces takes a few percent
/// more instructions. In a run of several invocations, the variation averages out.
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

/// Counts the instructions of a process that handles this many events and ends.
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

/// Parses the line `totals: N` at the end of Callgrind's output
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
