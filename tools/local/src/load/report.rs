//! Result of a load: for each state machine, the numbers of completed and failed uploads, and the
//! times that uploads and executions took.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::upload::Upload;
use super::{LoadError, Pace, Percentiles, Target, states};
use crate::executions::{Execution, Outcome};

/// Result of the same load on the pipeline and on the empty pipeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadReport {
    /// Uploads for each state machine.
    pub uploads: u32,
    /// Uploads per second for each state machine.
    pub rate: f64,
    /// Result of the state machine that measures an image.
    pub pipeline: Measured,
    /// Result of the state machine whose three functions return their input.
    pub empty_pipeline: Measured,
    /// Median latency of the pipeline, divided by the median latency of the empty pipeline.
    pub latency_ratio: Option<f64>,
    /// Median of [`Measured::inside`] for the pipeline, divided by the same median for the empty
    /// pipeline.
    pub inside_ratio: Option<f64>,
}

/// Result of one state machine's uploads.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// All uploads, completed or failed.
    pub uploads: usize,
    /// Uploads whose execution ended with the expected outcome.
    pub completed: usize,
    /// Uploads that failed, or whose execution did not end with the expected outcome.
    pub failed: usize,
    /// Number of failed uploads for each reason.
    pub failures: BTreeMap<String, usize>,
    /// Completed uploads per second. The time counts from S3's first response until the end of the
    /// last execution.
    pub throughput: Option<f64>,
    /// Time from the upload's due time to S3's response, or to the failure of the upload.
    pub upload: Option<Percentiles>,
    /// Time from S3's response to the end of the execution. The last state of `analyze-image`
    /// records the image, so the image is in the catalog by then.
    pub latency: Option<Percentiles>,
    /// Time from the start of the execution to its end.
    pub execution: Option<Percentiles>,
    /// Time from the entry of the first state to the exit of the last one, in a sample of the
    /// executions. Unlike `execution`, excludes the time before the first state, in which the
    /// emulator waits for 150 ms, whichever of the two state machines runs.
    pub inside: Option<Percentiles>,
    /// Median time in each state, from the same sample of executions as `inside`.
    pub states: Vec<StateTime>,
}

/// Median time that executions spent in one state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateTime {
    /// Name of the state, or `(before the first state)`.
    pub state: String,
    /// Median, in seconds.
    pub p50: f64,
}

impl LoadReport {
    pub(super) fn new(pace: Pace, pipeline: Measured, empty_pipeline: Measured) -> Self {
        Self {
            uploads: pace.uploads(),
            rate: pace.rate(),
            latency_ratio: ratio(pipeline.latency, empty_pipeline.latency),
            inside_ratio: ratio(pipeline.inside, empty_pipeline.inside),
            pipeline,
            empty_pipeline,
        }
    }

    /// True if every upload was completed.
    #[must_use]
    pub fn all_completed(&self) -> bool {
        self.pipeline.failed + self.empty_pipeline.failed == 0
    }
}

/// Divides one median by another; `None` if either is missing or the divisor is zero.
fn ratio(one: Option<Percentiles>, other: Option<Percentiles>) -> Option<f64> {
    let (one, other) = (one?.p50, other?.p50);
    (other > 0.0).then_some(one / other)
}

/// An upload whose execution ended with the expected outcome.
struct Completed<'a> {
    /// Time of S3's response to the upload, in seconds since 1970.
    uploaded: f64,
    /// End of the execution, in seconds since 1970.
    stopped: f64,
    execution: &'a Execution,
}

/// Finds the execution of each upload, and summarizes the uploads.
pub(super) async fn measure(target: &Target, uploads: &[Upload]) -> Result<Measured, LoadError> {
    let executions = target.executions.all().await?;
    let by_key = executions.iter().filter_map(|it| Some((it.key()?, it))).collect();
    let (completed, failures) = classify(uploads, &by_key, &target.expected);
    let arns: Vec<&str> = completed.iter().map(|it| it.execution.arn.as_str()).collect();
    let times = states::times(&target.executions, &arns).await?;
    Ok(Measured {
        uploads: uploads.len(),
        completed: completed.len(),
        failed: failures.values().sum(),
        failures,
        throughput: throughput(&completed),
        upload: Percentiles::of(uploads.iter().map(|upload| upload.took).collect()),
        latency: percentiles(&completed, |it| it.stopped - it.uploaded),
        execution: percentiles(&completed, |it| it.stopped - it.execution.started),
        inside: times.inside,
        states: times.states,
    })
}

/// Returns the completed uploads, and counts the failed ones by the reason for their failure.
/// `executions` is keyed by object key.
fn classify<'a>(
    uploads: &[Upload],
    executions: &HashMap<&str, &'a Execution>,
    expected: &Outcome,
) -> (Vec<Completed<'a>>, BTreeMap<String, usize>) {
    let (mut completed, mut failures) = (Vec::new(), BTreeMap::new());
    for upload in uploads {
        match completed_or_reason(upload, executions.get(upload.key.as_str()).copied(), expected) {
            Ok(upload) => completed.push(upload),
            Err(reason) => *failures.entry(reason).or_default() += 1,
        }
    }
    (completed, failures)
}

/// Returns the upload as [`Completed`] if its execution ended with the `expected` outcome, or else
/// the reason why the upload is not completed.
fn completed_or_reason<'a>(
    upload: &Upload,
    execution: Option<&'a Execution>,
    expected: &Outcome,
) -> Result<Completed<'a>, String> {
    let uploaded = upload.uploaded.clone().map_err(|error| format!("upload failed: {error}"))?;
    let Some(execution) = execution else { return Err("no execution started".to_owned()) };
    match (execution.outcome(), execution.stopped) {
        (outcome, Some(stopped)) if outcome == *expected => {
            Ok(Completed { uploaded, stopped, execution })
        }
        (Outcome::Running, _) | (_, None) => Err("did not end in time".to_owned()),
        (Outcome::Other, _) => Err("ended without an observation".to_owned()),
        (outcome, _) => Err(outcome.to_string()),
    }
}

fn percentiles(
    completed: &[Completed<'_>],
    seconds: impl Fn(&Completed<'_>) -> f64,
) -> Option<Percentiles> {
    Percentiles::of(completed.iter().map(|it| seconds(it).max(0.0)).collect())
}

fn throughput(completed: &[Completed<'_>]) -> Option<f64> {
    let first = completed.iter().map(|it| it.uploaded).min_by(f64::total_cmp)?;
    let last = completed.iter().map(|it| it.stopped).max_by(f64::total_cmp)?;
    let number = u32::try_from(completed.len()).map_or(f64::INFINITY, f64::from);
    (last > first).then(|| number / (last - first))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::executions::Status;

    fn execution(key: &str, status: Status, output: &Value) -> Execution {
        Execution {
            status,
            started: 10.1,
            stopped: status.is_end().then_some(10.5),
            output: Some(output.clone()),
            ..Execution::running(key)
        }
    }

    fn upload(key: &str, uploaded: Result<f64, String>) -> Upload {
        Upload { target: 0, key: key.to_owned(), uploaded, took: 0.01 }
    }

    #[test]
    fn every_upload_is_completed_or_failed_for_a_reason() {
        let image = json!({"status": "image"});
        let rejected = json!({"status": "rejected", "reason": "CorruptImage"});
        let executions = [
            execution("done", Status::Succeeded, &image),
            execution("corrupt", Status::Succeeded, &rejected),
            execution("running", Status::Running, &image),
            execution("failed", Status::Failed, &image),
        ];
        let by_key = executions.iter().map(|it| (it.key().unwrap(), it)).collect();
        let mut uploads: Vec<_> = ["done", "corrupt", "running", "failed", "lost"]
            .map(|key| upload(key, Ok(10.0)))
            .into();
        uploads.push(upload("refused", Err("no".to_owned())));
        let (completed, failures) = classify(&uploads, &by_key, &Outcome::Image);
        assert_eq!(completed.len(), 1);
        let reasons: Vec<_> = failures.keys().map(String::as_str).collect();
        let expected = [
            "FAILED",
            "did not end in time",
            "no execution started",
            "rejected: CorruptImage",
            "upload failed: no",
        ];
        assert_eq!(reasons, expected);
        assert_eq!(completed.len() + failures.values().sum::<usize>(), uploads.len());
    }

    #[test]
    fn latency_and_throughput_count_from_the_response_to_the_upload() {
        let done = execution("a", Status::Succeeded, &json!({"status": "image"}));
        let by_key = HashMap::from([("a", &done)]);
        let (completed, _) = classify(&[upload("a", Ok(10.0))], &by_key, &Outcome::Image);
        let latency = percentiles(&completed, |it| it.stopped - it.uploaded).unwrap();
        assert!((latency.p50 - 0.5).abs() < 1e-9, "{latency:?}");
        assert!((throughput(&completed).unwrap() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn ratio_needs_two_medians_and_a_divisor_above_zero() {
        let some = Percentiles::of(vec![0.5]);
        assert_eq!(ratio(some, None), None);
        assert_eq!(ratio(some, Percentiles::of(vec![0.0])), None);
        assert_eq!(ratio(some, Percentiles::of(vec![0.25])), Some(2.0));
    }
}
