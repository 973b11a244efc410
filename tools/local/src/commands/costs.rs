//! `cargo local costs`: prices of uploads and queries on AWS.

use clap::Args;
use costs_and_scale::{counts, report};

use super::{CommandError, ExitStatus, print, print_json};

/// Print what a million uploads and queries cost on AWS.
///
/// These are the tables of docs/COSTS.md, computed from the request counts that a test measures.
/// Needs no running stack.
#[derive(Debug, Args)]
pub(super) struct Costs {
    /// Print the measured counts instead, as JSON.
    #[arg(long)]
    json: bool,
}

impl Costs {
    pub(super) fn run(self) -> Result<ExitStatus, CommandError> {
        let counts = counts::measured()?;
        if self.json {
            print_json(&counts)?;
            return Ok(ExitStatus::Success);
        }
        for block in report::cost_blocks(&counts) {
            print(&format!("{}:\n\n{}\n", block.title, block.content))?;
        }
        Ok(ExitStatus::Success)
    }
}
