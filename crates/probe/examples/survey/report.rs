//! Prints the results.

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::peers::PEERS;
use crate::tally::{Survey, Tally};
use crate::{answer, facts};

/// Probes each file, and prints the answer as a JSON object on a line of its own.
pub(crate) fn json(root: &Path, files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let mut output = BufWriter::new(io::stdout().lock());
    for file in files {
        let object = Bytes::from(fs::read(root.join(file))?);
        writeln!(output, "{}", line(&object, &file.to_string_lossy()))?;
    }
    Ok(output.flush()?)
}

fn line(object: &Bytes, path: &str) -> Value {
    let (result, cost) = answer::probe(object, path);
    let mut line = json!({ "path": path, "gets": cost.gets, "bytes": cost.bytes });
    match result {
        Ok(image) => {
            if let Value::Object(line) = &mut line {
                line.extend(facts::of(&image));
            }
        }
        Err(error) => line["error"] = json!(format!("{}: {error}", error.name())),
    }
    line
}

/// Prints the table of costs and, if the truth about any file is known, the table of right answers.
/// If `verbose`, prints the remarks first.
pub(crate) fn tables(survey: &Survey, verbose: bool) -> Result<(), Box<dyn Error>> {
    let mut output = BufWriter::new(io::stdout().lock());
    if verbose {
        for remark in &survey.remarks {
            writeln!(output, "{remark}")?;
        }
        writeln!(output)?;
    }
    let mut judged = Tally::default();
    costs_header(&mut output)?;
    for (format, tally) in &survey.formats {
        costs(&mut output, format, tally)?;
        if has_truth(format) {
            judged.add(tally);
        }
    }
    if judged.files > 0 {
        costs(&mut output, "all with truth", &judged)?;
        peers(&mut output, survey, &judged)?;
    }
    Ok(output.flush()?)
}

/// False if `format`, the name of a row, is in brackets. Brackets mean that the true dimensions of
/// the row's files are not known.
fn has_truth(format: &str) -> bool {
    !format.starts_with('(')
}

fn costs_header(output: &mut impl Write) -> io::Result<()> {
    writeln!(
        output,
        "{:<18}{:>6}{:>7}{:>7}{:>8}{:>11}{:>10}{:>12}{:>9}{:>9}",
        "format",
        "files",
        "right",
        "wrong",
        "errors",
        "mean GETs",
        "max GETs",
        "mean bytes",
        "share",
        "CPU"
    )
}

fn costs(output: &mut impl Write, format: &str, tally: &Tally) -> io::Result<()> {
    let files = f64::from(tally.files);
    let verdict = |count: u32| if has_truth(format) { count.to_string() } else { "-".to_owned() };
    writeln!(
        output,
        "{format:<18}{:>6}{:>7}{:>7}{:>8}{:>11.3}{:>10}{:>12.0}{:>8.1}%{:>6.2} µs",
        tally.files,
        verdict(tally.right),
        verdict(tally.wrong),
        tally.errors,
        f64::from(tally.gets) / files,
        tally.max_gets,
        float(tally.bytes) / files,
        100.0 * float(tally.bytes) / float(tally.object_bytes.max(1)),
        tally.time.as_secs_f64() * 1e6 / files,
    )
}

/// Prints, for the probe and for each peer, the number of right answers by format, the mean number
/// of GETs, and the numbers of wrong answers and of panics.
fn peers(output: &mut impl Write, survey: &Survey, judged: &Tally) -> io::Result<()> {
    write!(output, "\n{:<18}{:>6}{:>11}", "right answers", "files", "probe")?;
    for peer in &PEERS {
        write!(output, "{:>11}", peer.name)?;
    }
    writeln!(output)?;
    for (format, tally) in survey.formats.iter().filter(|(format, _)| has_truth(format)) {
        peer_row(output, format, tally)?;
    }
    peer_row(output, "all", judged)?;
    write!(output, "{:<24}{:>11.3}", "mean GETs", mean(judged.gets, judged.files))?;
    for peer in &judged.peers {
        write!(output, "{:>11.3}", mean(peer.gets, judged.files))?;
    }
    write!(output, "\n{:<24}{:>11}", "wrong", judged.wrong)?;
    for peer in &judged.peers {
        write!(output, "{:>11}", peer.wrong)?;
    }
    // Panics of the probe are not counted: a panic of the probe would have ended the survey.
    write!(output, "\n{:<24}{:>11}", "panics", "-")?;
    for peer in &judged.peers {
        write!(output, "{:>11}", peer.panics)?;
    }
    writeln!(output)
}

fn peer_row(output: &mut impl Write, format: &str, tally: &Tally) -> io::Result<()> {
    write!(output, "{format:<18}{:>6}{:>11}", tally.files, tally.right)?;
    for peer in &tally.peers {
        write!(output, "{:>11}", peer.right)?;
    }
    writeln!(output)
}

fn mean(sum: u32, count: u32) -> f64 {
    f64::from(sum) / f64::from(count.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "sums of file sizes stay far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}
