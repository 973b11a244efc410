//! Measures the probe on a directory of images: right answers, reads and bytes per format, and the
//! same for other crates.
//!
//! ```text
//! cargo run --release -p probe --example survey -- DIR [--truth truth.csv] [--verbose] [--json]
//! ```

mod answer;
mod children;
mod files;
mod peers;
mod report;
mod storage;
mod tally;
mod truth;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

/// Measures the probe on every file under a directory.
#[derive(Parser)]
struct Arguments {
    /// The directory to search for files.
    dir: PathBuf,
    /// A CSV file with the columns path (under DIR), format, width, height, orientation.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Name each file that was answered wrongly or refused.
    #[arg(long)]
    verbose: bool,
    /// Print one JSON object a line for each file, and nothing else.
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
    /// Answer for this peer instead, for a parent process.
    #[arg(long, hide = true)]
    peer: Option<String>,
    /// The number of files that the peer has dealt with.
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
    let truth = arguments.truth.as_deref().map(truth::read).transpose()?;
    let survey = tally::survey(&arguments.dir, &files, truth.as_ref())?;
    report::tables(&survey, arguments.verbose)
}
