//! `cargo local upload`: uploads files to a running stack and shows the results.

use std::path::PathBuf;

use clap::Args;

use super::uploads::files::{self, File};
use super::uploads::process::Processing;
use super::uploads::{report, samples};
use super::{CommandError, ExitStatus, print, print_json};
use crate::stack::Stack;
use crate::stack::state::StateFile;
use crate::terminal::bars;
use crate::workspace::Workspace;

/// Upload files, wait for their executions, and show what the API returns for each.
///
/// A key consists of the stack's key prefix, the value of `--prefix`, and the file's name. For a
/// file in a directory, its path in that directory takes the place of the name. Without FILES,
/// uploads the samples of `cargo local demo`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local upload cat.jpg\n  cargo local upload ~/Pictures/holiday --prefix holiday\n  cargo local upload"
)]
pub(super) struct Upload {
    /// Files or directories to upload. Directories are searched recursively, without hidden files.
    files: Vec<PathBuf>,
    /// Part of the key after the stack's key prefix and before the file's name or path.
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Advice for the user if the result of an object is not good.
const FIND_OUT: &str =
    "To find out why, run `cargo local executions KEY` and `cargo local logs KEY`.";

impl Upload {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let files = self.files()?;
        let (outputs, aws) = StateFile::of(workspace).connect()?;
        let objects = files.into_iter().map(|it| it.under(&outputs.key_prefix, &self.prefix));
        let objects: Vec<_> = objects.collect();
        let mut stack = Stack::attached(outputs, aws);
        let keys = objects.iter().map(|object| object.key.clone()).collect();
        let progress = bars::bars();
        let mut processing = Processing::start(&mut stack, &progress).await?;
        processing.upload(objects).await?;
        let executions = processing.finish();
        let report = report::query(&stack, keys, executions).await?;
        if self.json {
            print_json(&report)?;
        } else {
            print(&report.text(FIND_OUT))?;
        }
        Ok(if report.is_good() { ExitStatus::Success } else { ExitStatus::Failure })
    }

    fn files(&self) -> Result<Vec<File>, CommandError> {
        Ok(if self.files.is_empty() { samples()? } else { files::find(&self.files)? })
    }
}
