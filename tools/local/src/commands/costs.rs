//! `cargo local costs`.

use clap::Args;
use costs_and_scale::{counts, report};

use super::{CommandError, Ended, print, print_json};

/// Prints what a million uploads and queries cost on AWS, as docs/COSTS.md has it.
///
/// Computed from counts that a test measures; no stack needs to run.
#[derive(Debug, Args)]
pub(super) struct Costs {
    /// Print the measured counts as JSON instead.
    #[arg(long)]
    json: bool,
}

impl Costs {
    pub(super) fn run(self) -> Result<Ended, CommandError> {
        let counts = counts::measured()?;
        if self.json {
            print_json(&counts)?;
            return Ok(Ended::Well);
        }
        for block in report::cost_blocks(&counts) {
            print(&format!("{}:\n\n{}\n", block.title, block.content))?;
        }
        Ok(Ended::Well)
    }
}
