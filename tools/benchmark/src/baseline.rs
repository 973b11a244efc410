//! The baseline: `baseline.json`, the committed file with the counts of all functions. New
//! measurements are compared with these counts.

use std::path::{Path, PathBuf};

use crate::error::BenchmarkError;
use crate::figures::{Counts, Report};

/// Tolerance for instructions and file sizes, in percent. Another processor or toolchain changes
/// the counts by less than this: the C library and some crates choose code for the processor at run
/// time, and toolchains differ in the code that they generate.
const COUNT_PERCENT: u64 = 10;

/// Tolerance for resident memory, in percent. It is higher than [`COUNT_PERCENT`], because resident
/// memory depends on the kernel, too.
const MEMORY_PERCENT: u64 = 25;

/// The file with the committed counts.
pub(crate) fn file(root: &Path) -> PathBuf {
    root.join("tools/benchmark/baseline.json")
}

/// Reads the committed counts.
pub(crate) fn read(root: &Path) -> Result<Report, BenchmarkError> {
    let file = file(root);
    let what = file.display().to_string();
    let text = std::fs::read(&file).map_err(BenchmarkError::io(what))?;
    serde_json::from_slice(&text).map_err(|source| BenchmarkError::Json { file, source })
}

/// Writes the counts of a report to the file with the committed counts.
pub(crate) fn write(root: &Path, report: &Report) -> Result<(), BenchmarkError> {
    let file = file(root);
    let text = serde_json::to_string_pretty(&report.without_times());
    let text = text.map_err(|source| BenchmarkError::Json { file: file.clone(), source })?;
    let what = file.display().to_string();
    std::fs::write(file, text + "\n").map_err(BenchmarkError::io(what))
}

/// Returns a sentence for each figure of `baseline` that `current` lacks or exceeds by more than
/// the figure's tolerance, and for each function that only one report has. If the architectures
/// differ, returns only a sentence about that.
pub(crate) fn regressions(baseline: &Report, current: &Report) -> Vec<String> {
    if baseline.architecture != current.architecture {
        let (there, here) = (&baseline.architecture, &current.architecture);
        return vec![format!("the baseline is for {there}: it cannot be compared with {here}")];
    }
    let known = current.functions.iter().flat_map(|(function, figures)| {
        match baseline.functions.get(function) {
            Some(baseline) => compare(function, &baseline.counts, &figures.counts),
            None => vec![format!("{function} is not in the baseline: write a new one")],
        }
    });
    let gone =
        baseline.functions.keys().filter(|function| !current.functions.contains_key(*function));
    let gone = gone.map(|function| format!("{function} is in the baseline, but was not measured"));
    known.chain(gone).collect()
}

/// A sentence for each gain: a figure that is lower than in `baseline` by more than the figure's
/// tolerance. A gain needs a new baseline. Otherwise a later regression could use it up unnoticed.
pub(crate) fn gains(baseline: &Report, current: &Report) -> Vec<String> {
    let both = baseline.functions.iter().filter_map(|(function, before)| {
        Some((function, figures(&before.counts), figures(&current.functions.get(function)?.counts)))
    });
    let gains = both.flat_map(|(function, before, now)| {
        before.into_iter().zip(now).filter_map(move |((name, percent, before), (_, _, now))| {
            let (before, now) = (before?, now?);
            (now < before - before * percent / 100)
                .then(|| format!("{function}: {name}: from {before} to {now}"))
        })
    });
    gains.collect()
}

fn compare(function: &str, baseline: &Counts, current: &Counts) -> Vec<String> {
    let complaints = figures(baseline).into_iter().zip(figures(current)).filter_map(
        |((name, percent, before), (_, _, now))| {
            let limit = before? + before? * percent / 100;
            let Some(now) = now else {
                return Some(format!("{function}: {name}: not measured"));
            };
            (now > limit).then(|| {
                let before = before.unwrap_or_default();
                format!("{function}: {name}: from {before} to {now}, more than {percent} % up")
            })
        },
    );
    complaints.collect()
}

/// The name, tolerance in percent, and value of each figure.
fn figures(counts: &Counts) -> [(&'static str, u64, Option<u64>); 7] {
    [
        ("offline init instructions", COUNT_PERCENT, counts.offline_init_instructions),
        ("init instructions", COUNT_PERCENT, counts.init_instructions),
        ("instructions of the first invocation", COUNT_PERCENT, counts.first_instructions),
        ("instructions of a warm invocation", COUNT_PERCENT, counts.warm_instructions),
        ("peak resident memory in bytes", MEMORY_PERCENT, Some(counts.peak_memory_bytes)),
        ("size of the executable in bytes", COUNT_PERCENT, Some(counts.binary_bytes)),
        ("size of the archive in bytes", COUNT_PERCENT, Some(counts.zip_bytes)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Figures;

    fn report(functions: &[(&str, u64)]) -> Report {
        let figures = |size: u64| Figures {
            counts: Counts {
                init_instructions: Some(1_000_000),
                peak_memory_bytes: 8_000_000,
                binary_bytes: 3 * size,
                zip_bytes: size,
                ..Counts::default()
            },
            milliseconds: None,
        };
        let functions = functions.iter().map(|(name, size)| ((*name).to_owned(), figures(*size)));
        Report { architecture: "x86_64".into(), functions: functions.collect() }
    }

    #[test]
    fn what_grows_or_shrinks_beyond_the_tolerance_is_named_with_its_figure() {
        let before = report(&[("get-image", 1000)]);
        for (size, grown, shrunk) in [
            (1100, None, None),
            (1101, Some("from 1000 to 1101, more than 10 % up"), None),
            (901, None, None),
            (899, None, Some("from 1000 to 899")),
        ] {
            let now = report(&[("get-image", size)]);
            for (found, expected) in
                [(regressions(&before, &now), grown), (gains(&before, &now), shrunk)]
            {
                // `report` derives the executable's size from the archive's, so findings come in
                // pairs.
                assert_eq!(found.len(), expected.map_or(0, |_| 2), "{found:?}");
                let expected =
                    expected.map(|it| format!("get-image: size of the archive in bytes: {it}"));
                assert_eq!(found.get(1), expected.as_ref());
            }
        }
    }

    #[test]
    fn memory_has_more_room() {
        let (before, mut now) = (report(&[("get-image", 1)]), report(&[("get-image", 1)]));
        let figures = now.functions.get_mut("get-image").unwrap();
        figures.counts.peak_memory_bytes = 10_000_000;
        assert_eq!(regressions(&before, &now), Vec::<String>::new());
        now.functions.get_mut("get-image").unwrap().counts.peak_memory_bytes += 1;
        assert!(regressions(&before, &now)[0].contains("resident memory"));
    }

    #[test]
    fn what_cannot_be_compared_does_not_pass() {
        let before = report(&[("get-image", 1), ("openapi", 1)]);
        let mut now = report(&[("get-image", 1), ("list-images", 1)]);
        now.functions.get_mut("get-image").unwrap().counts.init_instructions = None;
        assert_eq!(
            regressions(&before, &now),
            [
                "get-image: init instructions: not measured",
                "list-images is not in the baseline: write a new one",
                "openapi is in the baseline, but was not measured",
            ]
        );
        now.architecture = "aarch64".into();
        assert!(regressions(&before, &now)[0].contains("aarch64"));
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("tools/benchmark")).unwrap();
        let report = report(&[("get-image", 1000)]);
        write(directory.path(), &report).unwrap();
        assert_eq!(read(directory.path()).unwrap(), report);
    }
}
