//! `cargo local demo`: the whole stack once, from the compiler to the API's responses.
//!
//! `files` collects the files to upload, `process` uploads them and follows their executions, and
//! `report` queries the API and formats the result.

mod files;
mod process;
mod report;

use std::path::PathBuf;

use clap::Args;
pub(super) use files::FilesError;

use self::files::{Body, Upload};
use self::process::Processing;
use self::report::Report;
use super::ready::ready;
use super::up;
use super::{CommandError, ExitStatus, page, print, print_json};
use crate::api::PREFIX;
use crate::progress::Progress;
use crate::samples;
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
    /// Keep the stack running afterwards, like `cargo local up`.
    #[arg(long)]
    keep: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let uploads = self.uploads()?;
        let mut options = Options::from_environment();
        options.profile = up::profile(self.release);
        let mut claim = self.keep.then(|| up::claim(workspace, &options)).transpose()?;
        let progress = bars::bars();
        let mut stack = Stack::start(workspace, &options, &progress).await?;
        if let Some(claim) = &mut claim {
            up::announce(claim, &stack)?;
        }
        let report = self.process(&mut stack, uploads, &progress).await?;
        let status = if report.is_good() { ExitStatus::Success } else { ExitStatus::Failure };
        if self.json {
            print_json(&report)?;
        } else {
            print(&report.text())?;
        }
        if self.keep {
            let page = page::serve(workspace, &stack).await?;
            if !self.json {
                print(&ready(&stack.outputs))?;
                page::show(&page.address(), workspace, false)?;
            }
            return up::watch(&mut stack, self.json).await;
        }
        if !self.json && stack.emulator().is_some() {
            print(NEXT_STEPS)?;
        }
        Ok(status)
    }

    fn uploads(&self) -> Result<Vec<Upload>, CommandError> {
        if self.files.is_empty() {
            return Ok(samples::samples()?.into_iter().map(sample).collect());
        }
        Ok(files::find(&self.files)?)
    }

    async fn process(
        &self,
        stack: &mut Stack,
        uploads: Vec<Upload>,
        progress: &Progress,
    ) -> Result<Report, CommandError> {
        let keys: Vec<String> = uploads.iter().map(|upload| upload.key.clone()).collect();
        let mut processing = Processing::start(stack, progress).await?;
        processing.upload(uploads).await?;
        if self.files.is_empty() {
            processing.upload(vec![sample(samples::overwritten()?)]).await?;
            processing.delete(&format!("{PREFIX}{}", samples::DELETED)).await?;
        }
        let executions = processing.finish();
        report::query(stack, keys, executions).await
    }
}

fn sample(sample: samples::Sample) -> Upload {
    Upload { key: format!("{PREFIX}{}", sample.name), body: Body::Bytes(sample.bytes) }
}

const NEXT_STEPS: &str = "
The stack has been stopped. Next, try:
  cargo local demo FILES…   run the demo with your own images or directories
  cargo local up            run a stack that stays up, to upload to and query
";
