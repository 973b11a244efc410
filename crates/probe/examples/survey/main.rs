//! Measures the probe on a directory of images: reads, bytes and time per format. With a table of
//! true dimensions, it also counts right answers, and compares the probe with other crates, called
//! peers.
//!
//! ```text
//! cargo run --release -p probe --example survey -- DIR [--truth truth.csv] [--verbose] [--json]
//! cargo run --release -p probe --example survey -- DIR --oracle exiftool [--verbose]
//! ```
//!
//! `answer` probes a file, `children` runs the `peers` on all files, `tally` compares the answers
//! of the probe and of the peers with the `truth`, and `report` prints the results. With
//! `--oracle`, `oracle` compares the facts that the probe states with the facts that another
//! program states.

mod answer;
mod children;
mod facts;
mod files;
mod oracle;
mod peers;
mod report;
mod storage;
mod tally;
mod truth;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use oracle::Oracle;

/// Measures the probe on every file under a directory.
#[derive(Parser)]
struct Arguments {
    /// The directory to search for files.
    dir: PathBuf,
    /// A CSV file with the columns path (under DIR), format, width, height, orientation.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// List each file for which the probe is wrong or returns an error. With --oracle: list each
    /// fact on which the probe and the oracle differ.
    #[arg(long)]
    verbose: bool,
    /// Print one line of JSON for each file, and no tables.
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
    /// Compare the facts that the probe states with those that the program ORACLE states. ORACLE is
    /// installed below target/, except for Chromium, which has to be on the PATH.
    #[arg(long, conflicts_with_all = ["truth", "json"])]
    oracle: Option<Oracle>,
    /// Run this peer instead of the probe. Passed to child processes.
    #[arg(long, hide = true)]
    peer: Option<String>,
    /// Number of files to skip, because the peer has already answered for them.
    #[arg(long, hide = true, default_value_t = 0)]
    skip: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let files = files::under(&arguments.dir)?;
    if let Some(peer) = &arguments.peer {
        return children::serve(peer, &arguments.dir, &files, arguments.skip);
    }
    if arguments.json {
        return report::json(&arguments.dir, &files);
    }
    if let Some(oracle) = arguments.oracle {
        return oracle::compare(oracle, &arguments.dir, &files, arguments.verbose);
    }
    let truth = arguments.truth.as_deref().map(truth::read).transpose()?;
    let survey = tally::survey(&arguments.dir, &files, truth.as_ref())?;
    report::tables(&survey, arguments.verbose)
}
