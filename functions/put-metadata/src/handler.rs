//! Records observations.

use catalog::{Catalog, CatalogError, Order, Outcome};
use contract::{Observation, Sequencer};
use runtime::Summary;
use serde::{Deserialize, Serialize};

/// Input: an observation, and its place in the order of events.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    /// Key of the object.
    key: String,
    /// Sequencer of the event; `None` if an archived object was restored, if a reconciliation
    /// started the execution, or if a person started it without a sequencer.
    #[serde(default)]
    sequencer: Option<Sequencer>,
    /// Result of the state `ReadRecord`, which ran before S3 was read for `observation`. Ignored if
    /// there is a sequencer.
    #[serde(default)]
    baseline: Baseline,
    /// Revision for the new record. The revision stays the same when the state machine retries the
    /// state, so that the retry recognizes the write of an attempt whose response was lost. With
    /// `None`, the new record gets a random revision.
    #[serde(default)]
    revision: Option<String>,
    /// ARN of the execution, to be kept in the record.
    #[serde(default)]
    execution: Option<String>,
    observation: Observation,
}

/// The record of the key, as it was before S3 was read for the observation.
#[derive(Debug, Default, Deserialize)]
struct Baseline {
    /// Revision; `None` if there was no record.
    #[serde(default)]
    revision: Option<String>,
}

/// Result of recording: the output of the execution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    key: String,
    status: &'static str,
    /// Reason for the rejection, if the object was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Explanation of the rejection, for a person who looks at the execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    outcome: Outcome,
    round_trips: u64,
    items: u64,
}

/// Records the observation, unless it is too old or would change nothing: see [`Outcome`]. Without
/// a sequencer, it is too old if the record no longer has the revision in `baseline`.
pub(crate) async fn put_metadata(
    catalog: &Catalog,
    Entry { key, sequencer, baseline, revision, execution, observation }: Entry,
    summary: &mut Summary,
) -> Result<Receipt, CatalogError> {
    summary.key = Some(key.clone());
    summary.execution.clone_from(&execution);
    let order = sequencer.map_or(Order::Unchanged(baseline.revision), Order::After);
    let recorded = match revision {
        Some(revision) => {
            let execution = execution.as_deref();
            catalog.record_once(&revision, execution, &key, &order, &observation).await?
        }
        None => catalog.record(&key, &order, &observation).await?,
    };
    let (outcome, cost) = (recorded.outcome, recorded.cost);
    summary.outcome = Some(outcome.as_str());
    summary.round_trips = Some(cost.round_trips);
    summary.items = Some(cost.items);
    let status = observation.status();
    summary.observed = Some(status);
    let (reason, message) = match observation {
        Observation::Rejected { rejection, .. } => {
            (Some(rejection.reason), Some(rejection.message))
        }
        Observation::Image { .. } | Observation::Absent => (None, None),
    };
    summary.reason.clone_from(&reason);
    let (round_trips, items) = (cost.round_trips, cost.items);
    Ok(Receipt { key, status, reason, message, outcome, round_trips, items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_without_sequencer_and_baseline_expects_no_record() {
        let text = r#"{"key": "uploads/a", "observation": {"status": "absent"}}"#;
        let entry: Entry = serde_json::from_str(text).unwrap();
        assert!(entry.sequencer.is_none() && entry.baseline.revision.is_none());
    }
}
