//! Uploads images at a steady rate and measures how long their analyses take.
//!
//! On one machine, the emulator accounts for most of every duration. For comparison, uploads to the
//! same bucket put the same load on a second state machine, the [`EmptyPipeline`], at the same
//! time. Its three functions return their input. The difference between the durations of the two
//! state machines is the time that the analysis itself takes.
//!
//! [`run`] applies the load, and docs/LOAD.md explains the figures. The modules:
//!
//! - `pace` schedules the uploads.
//! - `upload` makes the uploads.
//! - `follow` waits for the executions that the uploads start.
//! - `states` reads the time that each state took.
//! - `percentiles` computes medians and other percentiles.
//! - `report` compares the medians of the two state machines.
//! - `empty_pipeline` deploys the second state machine.

mod empty_pipeline;
mod follow;
mod pace;
mod percentiles;
mod report;
mod states;
mod upload;

use std::sync::Arc;

pub use empty_pipeline::{EmptyPipeline, PACKAGE};
use futures_util::StreamExt as _;
pub use pace::Pace;
pub use percentiles::Percentiles;
pub use report::{LoadReport, Measured, StateTime};

use self::follow::Follow;
use self::upload::{Destination, Upload};
use crate::deploy::DeployError;
use crate::executions::{Executions, ExecutionsError, Outcome};
use crate::progress::{Progress, Step};
use crate::samples::{self, Sample, SampleError};
use crate::stack::{ProgramFilesError, Stack, StackError};

/// The uploads that precede the measurement, for each state machine. They arrive almost
/// simultaneously, so the emulator starts several processes of each function. The measurement then
/// has few cold starts.
const WARM_UP: Pace = Pace::new(8, 50.0);

/// The load could not be applied or measured.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A sample image could not be encoded.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The Pulumi program of the empty pipeline could not be read.
    #[error(transparent)]
    Program(#[from] ProgramFilesError),
    /// The empty pipeline could not be deployed.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// A call to Step Functions failed.
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// [`Stack::check`] found that the emulator has ended, or could not check the emulator.
    #[error(transparent)]
    Stack(#[from] StackError),
}

/// A state machine under load.
#[derive(Debug, Clone)]
struct Target {
    executions: Arc<Executions>,
    /// An upload whose key has this prefix starts an execution of the state machine.
    prefix: String,
    /// Outcome with which an execution of the state machine counts as completed.
    expected: Outcome,
}

/// Uploads images at `pace` for the image analysis of `stack`, and at the same pace for the empty
/// pipeline `empty`. Waits for the executions, and reports on both state machines.
///
/// After the last upload, stops waiting once no execution has ended for three minutes. The uploads
/// whose executions have not ended by then count as failed.
///
/// # Errors
/// If a sample cannot be encoded, the emulator ends, or a call to Step Functions fails. Failed
/// uploads and failed executions are not errors; the report counts them.
pub async fn run(
    stack: &mut Stack,
    empty: &EmptyPipeline,
    pace: Pace,
    progress: &Progress,
) -> Result<LoadReport, LoadError> {
    let images = samples::varied()?;
    let targets = [
        Target {
            executions: stack.executions.clone(),
            prefix: stack.outputs.key_prefix.to_string(),
            expected: Outcome::Image,
        },
        Target {
            executions: empty.executions.clone(),
            prefix: empty_pipeline::PREFIX.to_owned(),
            expected: Outcome::Other,
        },
    ];
    progress.doing(Step::Process, "warming up the functions");
    apply(stack, &targets, "warm-up", WARM_UP, &images, &Progress::silent()).await?;
    let [pipeline, empty] = apply(stack, &targets, "load", pace, &images, progress).await?;
    progress.doing(Step::Process, "reading the histories of the executions");
    let report = LoadReport::new(
        pace,
        report::measure(&targets[0], &pipeline).await?,
        report::measure(&targets[1], &empty).await?,
    );
    let completed = report.pipeline.completed + report.empty_pipeline.completed;
    let total = 2 * pace.uploads();
    progress.done(Step::Process, format!("{completed} of {total} uploads completed"));
    Ok(report)
}

/// Makes the uploads of one phase, and waits for their executions. Returns the uploads to
/// each of the `targets`.
async fn apply(
    stack: &mut Stack,
    targets: &[Target; 2],
    phase: &str,
    pace: Pace,
    images: &[Sample],
    progress: &Progress,
) -> Result<[Vec<Upload>; 2], LoadError> {
    let (client, bucket) = (stack.aws.s3.clone(), stack.outputs.bucket_name.clone());
    let prefixes = targets.each_ref().map(|target| format!("{}{phase}/", target.prefix));
    let to = Destination {
        client: &client,
        bucket: &bucket,
        prefixes: prefixes.each_ref().map(String::as_str),
        images,
    };
    let follow = Follow::start(targets, u64::from(pace.uploads()), progress).await?;
    let uploading = async {
        let mut done = [Vec::new(), Vec::new()];
        let mut uploads = std::pin::pin!(upload::uploads(to, pace));
        while let Some(upload) = uploads.next().await {
            follow.count_upload(upload.uploaded.is_ok());
            done[upload.target].push(upload);
        }
        follow.end_of_uploads();
        Ok(done)
    };
    let (done, ()) = tokio::try_join!(uploading, follow.wait(stack))?;
    Ok(done)
}
