//! Compares the facts that the probe states with the facts that an oracle states.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::Facts;
use crate::{answer, facts};

/// Two coordinates are equal if they differ by at most this number of degrees. The probe states six
/// decimal places, so this is one unit of the sixth, and a margin for rounding.
const DEGREES: f64 = 1.000_001e-6;

/// Counts for one fact.
#[derive(Default)]
struct Tally {
    equal: u32,
    /// Number of files for which the probe and the oracle state different values.
    differs: u32,
    /// Number of files for which only the oracle states the fact.
    absent: u32,
}

/// Compares the probe's facts about each file with the oracle's, and prints a table. If `verbose`,
/// first lists the facts that differ, the facts that only the oracle states, and the files that
/// only the oracle reads.
pub(super) fn print(
    root: &Path,
    files: &[PathBuf],
    oracle: &[Facts],
    verbose: bool,
) -> Result<(), Box<dyn Error>> {
    let mut output = BufWriter::new(io::stdout().lock());
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut refused, mut only_ours, mut neither) = (0, 0, 0);
    for (file, stated) in files.iter().zip(oracle) {
        let object = Bytes::from(fs::read(root.join(file))?);
        let (result, _) = answer::probe(&object, &file.to_string_lossy());
        match (result, stated) {
            (Ok(image), Ok(stated)) => {
                let ours = facts::of(&image);
                for (name, value) in stated {
                    let tally = tallies.entry(name.clone()).or_default();
                    if let Some(remark) = tally.judge(name, value, &ours)
                        && verbose
                    {
                        writeln!(output, "{}: {remark}", file.display())?;
                    }
                }
            }
            (Err(error), Ok(_)) => {
                refused += 1;
                if verbose {
                    writeln!(output, "{}: {}: {error}", file.display(), error.name())?;
                }
            }
            (Ok(_), Err(_)) => only_ours += 1,
            (Err(_), Err(_)) => neither += 1,
        }
    }
    writeln!(output, "{:<18}{:>8}{:>8}{:>9}{:>8}", "fact", "stated", "equal", "differs", "absent")?;
    for (name, Tally { equal, differs, absent }) in &tallies {
        let stated = equal + differs + absent;
        writeln!(output, "{name:<18}{stated:>8}{equal:>8}{differs:>9}{absent:>8}")?;
    }
    writeln!(output, "files that only the oracle reads: {refused}")?;
    writeln!(output, "files that only the probe reads: {only_ours}")?;
    writeln!(output, "files that neither reads: {neither}")?;
    Ok(output.flush()?)
}

impl Tally {
    /// Counts a fact that the oracle states. If the probe states a different value or does not
    /// state the fact, returns a remark.
    fn judge(&mut self, name: &str, stated: &Value, ours: &Map<String, Value>) -> Option<String> {
        match ours.get(name) {
            Some(value) if are_equal(name, stated, value) => {
                self.equal += 1;
                None
            }
            Some(value) => {
                self.differs += 1;
                Some(format!("{name} is {value}, the oracle states {stated}"))
            }
            None => {
                self.absent += 1;
                Some(format!("{name} is absent, the oracle states {stated}"))
            }
        }
    }
}

fn are_equal(name: &str, stated: &Value, ours: &Value) -> bool {
    match name {
        // The offset from UTC is not compared, because no oracle states it.
        "takenAt" => {
            let text =
                |value: &Value| value.as_str().and_then(|text| text.get(..19)).map(str::to_owned);
            text(stated).is_some() && text(stated) == text(ours)
        }
        "location" => ["latitude", "longitude"].iter().all(|name| {
            let degrees = |value: &Value| value[*name].as_str()?.parse::<f64>().ok();
            let distance = degrees(stated).zip(degrees(ours)).map(|(a, b)| (a - b).abs());
            distance.is_some_and(|distance| distance <= DEGREES)
        }),
        _ => stated == ours,
    }
}
