//! `cargo local demo`: builds and deploys the stack, uploads images, and shows the API's responses.

use std::path::PathBuf;

use clap::Args;

use super::ready::{Stop, ready};
use super::uploads::files::{self, File};
use super::uploads::process::Processing;
use super::uploads::report::{self, Report};
use super::uploads::{sample, samples};
use super::{CommandError, ExitStatus, page, print, print_json, up};
use crate::progress::Progress;
use crate::samples::{DELETED, overwritten};
use crate::stack::{Options, Stack};
use crate::terminal::bars;
use crate::workspace::Workspace;

/// Build and deploy the stack, upload images, and show what the API returns for each.
///
/// Starts a new emulator and stops it at the end. Without FILES, uploads built-in samples, a few of
/// which are not images.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local demo\n  cargo local demo ~/Pictures/holiday cat.jpg\n  cargo local demo --json | jq .info"
)]
pub(super) struct Demo {
    /// Files or directories to upload instead of the samples. Directories are searched recursively.
    files: Vec<PathBuf>,
    /// Build the functions with optimizations, as for AWS; takes minutes instead of seconds.
    #[arg(long)]
    release: bool,
    /// Keep the stack running after the demo, as `cargo local up` does.
    #[arg(long)]
    keep: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let files = self.files()?;
        let mut options = Options::from_environment();
        options.profile = up::profile(self.release);
        let mut claim = self.keep.then(|| up::claim(workspace, &options)).transpose()?;
        let progress = bars::bars();
        let mut stack = Stack::start(workspace, &options, &progress).await?;
        if let Some(claim) = &mut claim {
            up::announce(claim, &stack, &options).await?;
        }
        let report = self.process(&mut stack, files, &progress).await?;
        let status = if report.is_good() { ExitStatus::Success } else { ExitStatus::Failure };
        if self.json {
            print_json(&report)?;
        } else {
            print(&format!("\n{}", report.text(FIND_OUT)))?;
        }
        if self.keep {
            let page = page::serve(workspace, &stack)?;
            if !self.json {
                print(&ready(&stack.outputs, Some(&page.address()), Stop::CtrlC))?;
            }
            return up::watch(&mut stack, self.json).await;
        }
        if !self.json && stack.emulator().is_some() {
            print(NEXT_STEPS)?;
        }
        Ok(status)
    }

    fn files(&self) -> Result<Vec<File>, CommandError> {
        if self.files.is_empty() {
            return Ok(samples()?);
        }
        Ok(files::find(&self.files)?)
    }

    async fn process(
        &self,
        stack: &mut Stack,
        files: Vec<File>,
        progress: &Progress,
    ) -> Result<Report, CommandError> {
        let prefix = stack.outputs.key_prefix.clone();
        let uploads: Vec<_> = files.into_iter().map(|file| file.under(&prefix, "")).collect();
        let keys: Vec<String> = uploads.iter().map(|upload| upload.key.clone()).collect();
        let mut processing = Processing::start(stack, progress).await?;
        processing.upload(uploads).await?;
        if self.files.is_empty() && !processing.has_failed() {
            processing.upload(vec![sample(overwritten()?).under(&prefix, "")]).await?;
            processing.delete(&prefix.key(DELETED)).await?;
        }
        let executions = processing.finish();
        report::query(stack, keys, executions).await
    }
}

const FIND_OUT: &str = "To find out why, run `cargo local demo --keep` with the same files, then `cargo local executions KEY` in another terminal.";

const NEXT_STEPS: &str = "
The stack has been stopped. Next, try:
  cargo local demo FILES…   run the demo with your own images or directories
  cargo local up            run a stack that stays up, to upload to and query
";
