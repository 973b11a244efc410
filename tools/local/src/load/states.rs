//! Time that executions spent in each state.

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{LoadError, Percentiles, StateTime};
use crate::executions::{Executions, Step};

/// Maximum number of executions whose histories are read. The medians of their times need no more.
const SAMPLE: usize = 100;

/// Maximum number of histories that are read concurrently.
const CONCURRENCY: usize = 8;

/// The time between an execution's start and its first state has this name in [`Times::states`].
const BEFORE: &str = "(before the first state)";

/// Times of a sample of executions.
pub(super) struct Times {
    /// Time from the entry of the first state to the exit of the last one.
    pub(super) inside: Option<Percentiles>,
    /// Median time in each state, in the order in which states were first entered. The first item
    /// is the time before the first state.
    pub(super) states: Vec<StateTime>,
}

/// Reads the histories of a sample of the executions with these ARNs, and returns how long these
/// executions and their states took.
pub(super) async fn times(executions: &Executions, arns: &[&str]) -> Result<Times, LoadError> {
    let histories: Vec<Vec<Step>> = futures_util::stream::iter(sample(arns))
        .map(|arn| executions.steps(arn))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let inside = histories.iter().filter_map(|steps| inside(steps)).collect();
    Ok(Times { inside: Percentiles::of(inside), states: medians(&histories) })
}

/// Returns the seconds from the entry of the first state to the exit of the last one.
fn inside(steps: &[Step]) -> Option<f64> {
    let (first, last) = (steps.first()?, steps.last()?);
    Some(last.start + last.duration? - first.start)
}

/// Returns at most [`SAMPLE`] of `arns`, evenly spread over the list.
fn sample<'a>(arns: &[&'a str]) -> Vec<&'a str> {
    arns.iter().copied().step_by(arns.len().div_ceil(SAMPLE).max(1)).collect()
}

fn medians(histories: &[Vec<Step>]) -> Vec<StateTime> {
    let mut seconds: Vec<(&str, Vec<f64>)> = Vec::new();
    let mut add = |state, took| match seconds.iter_mut().find(|(name, _)| *name == state) {
        Some((_, all)) => all.push(took),
        None => seconds.push((state, vec![took])),
    };
    for steps in histories {
        if let Some(first) = steps.first() {
            add(BEFORE, first.start);
        }
        for step in steps {
            add(step.state.as_str(), step.duration.unwrap_or_default());
        }
    }
    let median = |(state, all): (&str, _)| {
        Some(StateTime { state: state.to_owned(), p50: Percentiles::of(all)?.p50 })
    };
    seconds.into_iter().filter_map(median).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::executions::StepResult;

    fn step(state: &str, start: f64, duration: f64) -> Step {
        Step {
            state: state.to_owned(),
            kind: "Task".to_owned(),
            result: StepResult::Succeeded,
            start,
            duration: Some(duration),
            input: Value::Null,
            output: None,
            attempts: Vec::new(),
        }
    }

    #[test]
    fn each_state_has_its_median_in_order_of_entry() {
        let history = |duration| vec![step("A", 0.15, duration), step("B", 0.2, 0.01)];
        let medians = super::medians(&[history(0.03), history(0.02), history(0.9)]);
        let shown: Vec<_> = medians.iter().map(|it| (it.state.as_str(), it.p50)).collect();
        assert_eq!(shown, [(BEFORE, 0.15), ("A", 0.03), ("B", 0.01)]);
    }

    #[test]
    fn time_before_the_first_state_is_not_inside() {
        let steps = [step("A", 0.15, 0.03), step("B", 0.19, 0.01)];
        assert!((inside(&steps).unwrap() - 0.05).abs() < 1e-9);
        assert_eq!(inside(&[]), None);
    }

    #[test]
    fn sample_is_spread_over_the_load() {
        let names: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let arns: Vec<&str> = names.iter().map(String::as_str).collect();
        let sample = sample(&arns);
        assert_eq!((sample.len(), sample[0], sample[99]), (SAMPLE, "0", "990"));
        assert!(super::sample(&[]).is_empty());
    }
}
