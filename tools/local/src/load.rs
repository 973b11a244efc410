//! A load of uploads, and how the stack bears it.
//!
//! Every figure of an emulator on one machine is mostly the emulator's and the machine's. So the
//! same load goes to a second state machine at the same time, behind the same bucket: the
//! [`Floor`], three functions that do nothing. What an analysis takes beyond that is its own.
//!
//! `pace` says when each upload is due, `upload` makes it, `follow` waits for the executions,
//! `states` asks where their time went, and `report` holds what came of it.

mod floor;
mod follow;
mod pace;
mod percentiles;
mod report;
mod states;
mod upload;

pub use floor::{Floor, PACKAGE};
pub use pace::Pace;
pub use percentiles::Percentiles;
pub use report::{LoadReport, Measured, StateTime};

use std::sync::Arc;

use futures_util::StreamExt as _;

use self::follow::Follow;
use self::upload::{Destination, Upload};
use crate::api::PREFIX;
use crate::deploy::DeployError;
use crate::executions::{Executions, ExecutionsError, Outcome};
use crate::progress::{Progress, Step};
use crate::samples::{self, Sample, SampleError};
use crate::stack::{ProgramFilesError, Stack, StackError};

/// Uploads to each state machine before anything is measured, so that the functions have started
/// as often as the emulator lets them run at once.
const WARM_UP: Pace = Pace::new(8, 50.0);

/// The load was not applied, or nobody knows what came of it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The images to upload could not be made.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The program of the floor could not be read.
    #[error(transparent)]
    Program(#[from] ProgramFilesError),
    /// The floor was not deployed.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// Step Functions does not answer.
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    /// The emulator has ended.
    #[error(transparent)]
    Stack(#[from] StackError),
}

/// A state machine under load.
#[derive(Debug, Clone)]
struct Target {
    executions: Arc<Executions>,
    /// What the keys of its uploads begin with.
    prefix: &'static str,
    /// How an execution ends that did its work.
    wanted: Outcome,
}

/// Uploads images to `stack` and to `floor` at `pace`, follows all executions to their end, and
/// reports both.
///
/// It ends by itself: when all executions have ended, or none has for three minutes. What has not
/// ended by then counts as failed.
///
/// # Errors
/// When the emulator ends or Step Functions does not answer. Uploads that are refused and
/// executions that fail are no errors, but counted.
pub async fn run(
    stack: &mut Stack,
    floor: &Floor,
    pace: Pace,
    progress: &Progress,
) -> Result<LoadReport, LoadError> {
    let images = samples::varied()?;
    let targets = [
        Target { executions: stack.executions.clone(), prefix: PREFIX, wanted: Outcome::Image },
        Target {
            executions: floor.executions.clone(),
            prefix: floor::PREFIX,
            wanted: Outcome::Other,
        },
    ];
    progress.doing(Step::Process, "starting every function once");
    apply(stack, &targets, "warm-up", WARM_UP, &images, &Progress::silent()).await?;
    let [pipeline, floor] = apply(stack, &targets, "load", pace, &images, progress).await?;
    progress.doing(Step::Process, "asking where the time went");
    let report = LoadReport::new(
        pace,
        report::measured(&targets[0], &pipeline).await?,
        report::measured(&targets[1], &floor).await?,
    );
    let ended = report.pipeline.completed + report.floor.completed;
    progress.done(Step::Process, format!("{ended} of {} completed", 2 * pace.uploads()));
    Ok(report)
}

/// Applies one load, and returns the answered uploads of each target when their executions have
/// ended.
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
        let mut answered = [Vec::new(), Vec::new()];
        let mut uploads = std::pin::pin!(upload::uploads(to, pace));
        while let Some(upload) = uploads.next().await {
            follow.uploaded(upload.answered.is_ok());
            answered[upload.target].push(upload);
        }
        follow.all_uploaded();
        Ok(answered)
    };
    let (answered, ()) = tokio::try_join!(uploading, follow.to_the_end(stack))?;
    Ok(answered)
}
