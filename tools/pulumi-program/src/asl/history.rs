//! Counts the events that a state adds to the history of a STANDARD execution.
//!
//! An execution fails at 25,000 events, and no state can catch that error
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>). All types of
//! events are listed in
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.

use serde_json::Value;

/// Maximum number of events in one history.
pub const MAX_EVENTS: u64 = 25_000;

/// Maximum number of events that one attempt of a Task adds: `TaskScheduled`, `TaskStarted`, one
/// for its end, and `EvaluationFailed` if an expression fails. `TaskSubmitted`, which a Task adds
/// if it waits for a job or a task token, is not included.
const ATTEMPT: u64 = 4;

/// Numbers of events that one visit of a state adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Number of events if nothing fails.
    pub least: u64,
    /// Number of events if every retry is needed and the last attempt fails too.
    pub most: u64,
    /// Maximum number of events that each retry adds.
    pub retry: u64,
}

/// Counts the events of one visit of a state, without the events of a Map's items. [`item`] counts
/// the events of an inline Map's item. The events of a Distributed Map's items are in the histories
/// of child executions. Returns `None` if the state is a Parallel or its type is unknown.
#[must_use]
pub fn visit(state: &Value) -> Option<Visit> {
    // Two events: the state is entered and exited.
    let fixed = |events| Some(Visit { least: events, most: events, retry: 0 });
    match state["Type"].as_str()? {
        // A Fail also has two events: it is entered, and the execution fails.
        "Pass" | "Choice" | "Wait" | "Succeed" | "Fail" => fixed(2),
        "Task" => {
            let resource = state["Resource"].as_str()?;
            let waits = [".sync", ".waitForTaskToken"].iter().any(|it| resource.contains(it));
            let submitted = u64::from(waits);
            let (least, attempt) = (5 + submitted, ATTEMPT + submitted);
            let most = 2 + attempt * (1 + retries(state));
            Some(Visit { least, most, retry: attempt })
        }
        "Map" => {
            // Each attempt of a Map adds two events: the Map starts, and it succeeds or fails. A
            // Distributed Map adds another two, for the start and the end of its Map Run. A failed
            // expression adds one more.
            let distributed = state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED";
            let attempt = if distributed { 4 } else { 2 };
            let most = 2 + (attempt + 1) * (1 + retries(state));
            Some(Visit { least: 2 + attempt, most, retry: attempt + 1 })
        }
        _ => None,
    }
}

/// Returns the maximum number of events of one item of an inline Map: its start, its end, and the
/// longest path through the item processor. `None` if a state of the processor can lead back to an
/// earlier one, or has an unknown number of events.
#[must_use]
pub fn item(map: &Value) -> Option<u64> {
    let processor = &map["ItemProcessor"];
    let states = processor["States"].as_object()?;
    let longest = longest(processor, processor["StartAt"].as_str()?, states.len())?;
    Some(2 + longest)
}

/// Returns the largest number of events on a path from the state `name` to an end; `None` if a path
/// has more than `left` states, or a state whose number of events is unknown.
fn longest(machine: &Value, name: &str, left: usize) -> Option<u64> {
    let left = left.checked_sub(1)?;
    let state = &machine["States"][name];
    let mut most = 0;
    for next in following(state) {
        most = most.max(longest(machine, next, left)?);
    }
    Some(visit(state)?.most + most)
}

fn following(state: &Value) -> Vec<&str> {
    let entries = ["Choices", "Catch"].into_iter().filter_map(|field| state[field].as_array());
    let conditional = entries.flatten().filter_map(|entry| entry["Next"].as_str());
    let own = ["Next", "Default"].into_iter().filter_map(|field| state[field].as_str());
    own.chain(conditional).collect()
}

/// Maximum number of retries of a state: the sum of its retriers' maxima, because each retrier
/// counts only the retries that it causes
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
fn retries(state: &Value) -> u64 {
    let retriers = state["Retry"].as_array().into_iter().flatten();
    retriers.map(|retrier| retrier["MaxAttempts"].as_u64().unwrap_or(3)).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_task_has_five_events_and_four_for_each_retry() {
        let task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Retry": [{"MaxAttempts": 2}, {}]});
        assert_eq!(visit(&task), Some(Visit { least: 5, most: 2 + 6 * 4, retry: 4 }));
        let waiting =
            json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2"});
        assert_eq!(visit(&waiting), Some(Visit { least: 6, most: 7, retry: 5 }));
    }

    #[test]
    fn a_distributed_map_also_has_a_map_run() {
        let map = |mode: &str| json!({"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": mode}}});
        assert_eq!(visit(&map("INLINE")).map(|it| it.least), Some(4));
        assert_eq!(visit(&map("DISTRIBUTED")).map(|it| it.least), Some(6));
        assert_eq!(visit(&json!({"Type": "Loop"})), None);
    }

    #[test]
    fn an_item_takes_the_longest_way() {
        let mut map = json!({"Type": "Map", "ItemProcessor": {"StartAt": "A", "States": {
            "A": {"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "C"},
            "B": {"Type": "Pass", "Next": "C"},
            "C": {"Type": "Pass", "End": true}}}});
        assert_eq!(item(&map), Some(2 + 3 * 2));
        map["ItemProcessor"]["States"]["C"]["Next"] = json!("A");
        assert_eq!(item(&map), None);
    }
}
