//! `cargo local demo`: everything once, from the compiler to the API's answers.
//!
//! `files` finds what to upload, `process` uploads it and follows the
//! executions, `report` shows what came of it.

mod files;
mod process;
mod report;

pub(super) use files::FilesError;

use std::path::PathBuf;

use clap::Args;

use self::files::{Body, Upload};
use self::process::Processing;
use self::report::Report;
use super::ready::ready;
use super::up;
use super::{CommandError, Ended, print, print_json};
use crate::api::PREFIX;
use crate::samples;
use crate::stack::{Options, Stack};
use crate::terminal::bars;
use crate::workspace::Workspace;

/// Builds, deploys, uploads images, and shows what the API then answers.
///
/// Everything runs on a fresh emulator, which is stopped at the end. Without
/// FILES it uploads samples of its own, among them some that are no images.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local demo\n  cargo local demo ~/Pictures/holiday cat.jpg\n  cargo local demo --json | jq .info"
)]
pub(super) struct Demo {
    /// Files, and directories to be searched for files, to upload instead of samples.
    files: Vec<PathBuf>,
    /// Compile the functions as for AWS: minutes instead of seconds.
    #[arg(long)]
    release: bool,
    /// Keep the stack running afterwards, as `cargo local up` does.
    #[arg(long)]
    keep: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<Ended, CommandError> {
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
        let ended = if report.is_good() { Ended::Well } else { Ended::WithProblems };
        if self.json {
            print_json(&report)?;
        } else {
            print(&report.text())?;
        }
        if self.keep {
            if !self.json {
                print(&ready(&stack.outputs))?;
            }
            return up::watch(&mut stack, self.json).await;
        }
        if !self.json && stack.emulator().is_some() {
            print(NEXT)?;
        }
        Ok(ended)
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
        progress: &crate::progress::Progress,
    ) -> Result<Report, CommandError> {
        let keys: Vec<String> = uploads.iter().map(|upload| upload.key.clone()).collect();
        let mut processing = Processing::start(stack, progress).await?;
        processing.upload(uploads).await?;
        if self.files.is_empty() {
            processing.upload(vec![sample(samples::overwritten()?)]).await?;
            processing.delete(&format!("{PREFIX}{}", samples::DELETED)).await?;
        }
        let ends = processing.finish();
        report::ask(stack, keys, ends).await
    }
}

fn sample(sample: samples::Sample) -> Upload {
    Upload { key: format!("{PREFIX}{}", sample.name), body: Body::Bytes(sample.bytes) }
}

const NEXT: &str = "
All of it is stopped again. To go on:
  cargo local demo FILES…   the same with your own images, or whole directories
  cargo local up            a stack that stays, to upload to and to ask
";
