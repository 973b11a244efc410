//! What came of a load.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::upload::Upload;
use super::{LoadError, Pace, Percentiles, Target, states};
use crate::executions::{Execution, Outcome};

/// What came of the same load on the pipeline and on the floor.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadReport {
    /// Uploads to each state machine.
    pub uploads: u32,
    /// Uploads per second to each state machine.
    pub rate: f64,
    /// The state machine that measures an image.
    pub pipeline: Measured,
    /// The state machine of three functions that do nothing.
    pub floor: Measured,
    /// The pipeline's median latency in terms of the floor's.
    pub latency_ratio: Option<f64>,
    /// The pipeline's median time in states in terms of the floor's.
    pub inside_ratio: Option<f64>,
}

/// What came of one state machine's uploads.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// Uploads made.
    pub uploads: usize,
    /// Uploads whose execution did its work.
    pub completed: usize,
    /// All others.
    pub failed: usize,
    /// Why, and how often.
    pub failures: BTreeMap<String, usize>,
    /// Completed executions per second, from the first upload's answer to the last end.
    pub throughput: Option<f64>,
    /// From when an upload was due to S3's answer.
    pub upload: Option<Percentiles>,
    /// From S3's answer to the end of the execution; its last state is the one that records.
    pub latency: Option<Percentiles>,
    /// From the start of the execution to its end.
    pub execution: Option<Percentiles>,
    /// From entering the first state to leaving the last one: without what the emulator waits
    /// before it starts an execution, which is the same for all.
    pub inside: Option<Percentiles>,
    /// Where that time went.
    pub states: Vec<StateTime>,
}

/// How long the executions were in one state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateTime {
    /// The state's name, or `(before the first state)`.
    pub state: String,
    /// The median, in seconds.
    pub p50: f64,
}

impl LoadReport {
    pub(super) fn new(pace: Pace, pipeline: Measured, floor: Measured) -> Self {
        Self {
            uploads: pace.uploads(),
            rate: pace.rate(),
            latency_ratio: ratio(pipeline.latency, floor.latency),
            inside_ratio: ratio(pipeline.inside, floor.inside),
            pipeline,
            floor,
        }
    }

    /// Whether every upload was completed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.pipeline.failed + self.floor.failed == 0
    }
}

/// How many times as long one thing took as another, by their medians.
fn ratio(one: Option<Percentiles>, other: Option<Percentiles>) -> Option<f64> {
    let (one, other) = (one?.p50, other?.p50);
    (other > 0.0).then_some(one / other)
}

/// One upload whose execution did its work.
struct Completed<'a> {
    answered: f64,
    stopped: f64,
    execution: &'a Execution,
}

/// Finds the execution of each upload, and adds all of them up.
pub(super) async fn measured(target: &Target, uploads: &[Upload]) -> Result<Measured, LoadError> {
    let executions = target.executions.all().await?;
    let by_key = executions.iter().filter_map(|it| Some((it.key()?, it))).collect();
    let (completed, failures) = sorted_out(uploads, &by_key, &target.wanted);
    let arns: Vec<&str> = completed.iter().map(|it| it.execution.arn.as_str()).collect();
    let times = states::times(&target.executions, &arns).await?;
    Ok(Measured {
        uploads: uploads.len(),
        completed: completed.len(),
        failed: failures.values().sum(),
        failures,
        throughput: throughput(&completed),
        upload: Percentiles::of(uploads.iter().map(|upload| upload.took).collect()),
        latency: percentiles(&completed, |it| it.stopped - it.answered),
        execution: percentiles(&completed, |it| it.stopped - it.execution.started),
        inside: times.inside,
        states: times.states,
    })
}

/// The completed uploads, and the others by reason.
fn sorted_out<'a>(
    uploads: &[Upload],
    executions: &HashMap<&str, &'a Execution>,
    wanted: &Outcome,
) -> (Vec<Completed<'a>>, BTreeMap<String, usize>) {
    let (mut completed, mut failures) = (Vec::new(), BTreeMap::new());
    for upload in uploads {
        match outcome(upload, executions.get(upload.key.as_str()).copied(), wanted) {
            Ok(upload) => completed.push(upload),
            Err(reason) => *failures.entry(reason).or_default() += 1,
        }
    }
    (completed, failures)
}

/// What became of an upload, or why it is not completed.
fn outcome<'a>(
    upload: &Upload,
    execution: Option<&'a Execution>,
    wanted: &Outcome,
) -> Result<Completed<'a>, String> {
    let answered = upload.answered.clone().map_err(|error| format!("upload refused: {error}"))?;
    let Some(execution) = execution else { return Err("no execution started".to_owned()) };
    match (execution.outcome(), execution.stopped) {
        (outcome, Some(stopped)) if outcome == *wanted => {
            Ok(Completed { answered, stopped, execution })
        }
        (Outcome::Running, _) | (_, None) => Err("not ended in time".to_owned()),
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
    let first = completed.iter().map(|it| it.answered).min_by(f64::total_cmp)?;
    let last = completed.iter().map(|it| it.stopped).max_by(f64::total_cmp)?;
    let number = u32::try_from(completed.len()).map_or(f64::INFINITY, f64::from);
    (last > first).then(|| number / (last - first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executions::Status;
    use serde_json::{Value, json};

    fn execution(key: &str, status: Status, output: &Value) -> Execution {
        Execution {
            status,
            started: 10.1,
            stopped: status.is_end().then_some(10.5),
            output: Some(output.clone()),
            ..Execution::running(key)
        }
    }

    fn upload(key: &str, answered: Result<f64, String>) -> Upload {
        Upload { target: 0, key: key.to_owned(), answered, took: 0.01 }
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
        let (completed, failures) = sorted_out(&uploads, &by_key, &Outcome::Image);
        assert_eq!(completed.len(), 1);
        let reasons: Vec<_> = failures.keys().map(String::as_str).collect();
        let expected = [
            "FAILED",
            "no execution started",
            "not ended in time",
            "rejected: CorruptImage",
            "upload refused: no",
        ];
        assert_eq!(reasons, expected);
        assert_eq!(completed.len() + failures.values().sum::<usize>(), uploads.len());
    }

    #[test]
    fn latency_begins_with_the_answer_and_an_execution_with_its_start() {
        let done = execution("a", Status::Succeeded, &json!({"status": "image"}));
        let by_key = HashMap::from([("a", &done)]);
        let (completed, _) = sorted_out(&[upload("a", Ok(10.0))], &by_key, &Outcome::Image);
        let latency = percentiles(&completed, |it| it.stopped - it.answered).unwrap();
        assert!((latency.p50 - 0.5).abs() < 1e-9, "{latency:?}");
        assert!((throughput(&completed).unwrap() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_ratio_needs_something_on_both_sides() {
        let some = Percentiles::of(vec![0.5]);
        assert_eq!(ratio(some, None), None);
        assert_eq!(ratio(some, Percentiles::of(vec![0.0])), None);
        assert_eq!(ratio(some, Percentiles::of(vec![0.25])), Some(2.0));
    }
}
