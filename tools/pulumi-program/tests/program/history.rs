//! Each execution of a reconciliation keeps its history below the limit of Step Functions
//! ([`MAX_EVENTS`]), however many keys there are.
//!
//! Each execution counts its events in the field `events` of its states' input. Before the limit is
//! reached, the execution ends, and another one continues its work. The numbers that states add to
//! `events` are constants in the definition. These tests count the events that the states can
//! really cause, and check the constants against them.

use pulumi_program::asl::history::{MAX_EVENTS, Visit, item, visit};
use serde_json::Value;

use crate::project::{RECONCILE, machine};

/// Number of events that the start and the end of an execution add to its history.
const START_AND_END: u64 = 2;

/// The definition of `reconcile`, and the state machine inside its state `CompareParts`.
struct Machines {
    execution: Value,
    part: Value,
}

impl Machines {
    fn read() -> Self {
        let execution = machine(RECONCILE);
        let part = execution["States"]["CompareParts"]["ItemProcessor"].clone();
        Self { execution, part }
    }

    fn execution(&self, state: &str) -> Visit {
        visit(&self.execution["States"][state]).unwrap()
    }

    fn part(&self, state: &str) -> Visit {
        visit(&self.part["States"][state]).unwrap()
    }

    /// Maximum number of events that the repair of one key adds.
    fn key(&self) -> u64 {
        item(&self.part["States"]["RepairKeys"]).unwrap()
    }
}

/// The number that follows the text `before` in the JSON of a state.
fn written(state: &Value, before: &str) -> u64 {
    let text = state.to_string();
    let at = text.find(before).unwrap_or_else(|| panic!("no {before:?} in {text}"));
    let digits = text[at + before.len()..].chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

#[test]
fn a_page_is_counted_with_its_events_and_each_retry_of_it() {
    let machines = Machines::read();
    let repairs = machines.part("RepairKeys").least;
    for task in ["CompareObjects", "CompareRecords"] {
        // For each page, the execution enters `NextStep?` twice: before the page is compared, and
        // before its keys are repaired.
        let page = machines.part(task).least + repairs + 2 * machines.part("NextStep?").least;
        let state = &machines.part["States"][task];
        assert_eq!(written(state, "$states.input.events + "), page, "{task}");
        let retry = written(state, &format!("$states.input.events + {page} + "));
        assert_eq!(retry, machines.part(task).retry, "{task}");
    }
}

#[test]
fn a_repair_is_counted_with_its_events_and_a_lost_one_with_all_it_can_have() {
    let machines = Machines::read();
    let states = &machines.part["States"]["RepairKeys"]["ItemProcessor"]["States"];
    let repair = visit(&states["Repair"]).unwrap();
    // Each item of the Map adds at most three events: its start, its end, and the failure of an
    // expression.
    let item = 3;
    let counted = written(&states["Repair"], "'events': ");
    assert!(counted >= repair.least + item, "{counted}");
    assert_eq!(written(&states["Repair"], &format!("'events': {counted} + ")), repair.retry);
    assert_eq!(written(&states["CountFailure"], "\"events\":"), machines.key());
}

#[test]
fn the_history_of_a_part_is_bounded() {
    let machines = Machines::read();
    let limit = written(&machines.part["States"]["NextStep?"], "$states.input.events > ");
    for task in ["CompareObjects", "CompareRecords"] {
        let keys = written(&machines.part["States"][task], "'limit': ");
        // In the worst case, the last page begins when the count of events equals `limit`, and the
        // repair of each of the page's keys takes all retries.
        let page = machines.part(task).most
            + machines.part("RepairKeys").most
            + 3 * machines.part("NextStep?").most
            + keys * machines.key();
        let around =
            START_AND_END + machines.part("BeginPart").most + machines.part("EndPart").most;
        let most = limit + page + around;
        println!("{task}: at most {most} events, {page} of them of one page of {keys} keys");
        assert!(most < MAX_EVENTS, "{task}: {most}");
    }
}

#[test]
fn the_history_of_an_execution_is_bounded() {
    let machines = Machines::read();
    let states = &machines.execution["States"];
    let (map, recount) = (machines.execution("CompareParts"), machines.execution("RecountTotals"));
    let choice = machines.execution("NextRound?").least;
    let round = written(&states["CompareParts"], "$states.input.events + ");
    assert!(round >= map.most + choice, "{round}");
    let part = written(&states["RecountTotals"], "$states.input.events + ");
    assert!(part >= recount.least + choice, "{part}");
    let retry = written(&states["RecountTotals"], &format!("$states.input.events + {part} + "));
    assert_eq!(retry, recount.retry);

    let limit = written(&states["NextRound?"], "$states.input.events > ");
    let last = round.max(recount.most + choice);
    let end = machines.execution("StartSuccessor").most + machines.execution("Continued").most;
    let most = START_AND_END + machines.execution("Begin").most + limit + last + end;
    println!("an execution: at most {most} events, {} rounds", limit / round);
    assert!(most < MAX_EVENTS, "{most}");
}

/// Average total of a state's waits before its retries of an error, in seconds. With full jitter,
/// the average of a wait is half of its maximum
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
fn waits(state: &Value, error: &str) -> f64 {
    let matches = |it: &&Value| it["ErrorEquals"].as_array().unwrap().contains(&error.into());
    let retrier = state["Retry"].as_array().unwrap().iter().find(matches);
    let retrier = retrier.unwrap_or_else(|| panic!("{error} is not retried"));
    let number = |field: &str| retrier[field].as_f64().unwrap();
    let bound = |index: i32| number("IntervalSeconds") * number("BackoffRate").powi(index);
    let attempts = i32::try_from(retrier["MaxAttempts"].as_i64().unwrap()).unwrap();
    (0..attempts).map(|index| bound(index).min(number("MaxDelaySeconds")) / 2.0).sum()
}

#[test]
fn throttling_is_waited_out_for_hours() {
    let machines = Machines::read();
    let (part, execution) = (&machines.part["States"], &machines.execution["States"]);
    let of_table = ["TableUnavailable", "Lambda.TooManyRequestsException"];
    // The SDK declares no error of StartExecution for throttling
    // (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>).
    // The optimized integration names every undeclared error
    // `StepFunctions.AWSStepFunctionsException`.
    let of_start =
        ["StepFunctions.AWSStepFunctionsException", "StepFunctions.ExecutionLimitExceeded"];
    for (state, errors) in [
        (&part["CompareObjects"], &[of_table[0], of_table[1], "StorageUnavailable"][..]),
        (&part["CompareRecords"], &[of_table[0], of_table[1], "StorageUnavailable"]),
        (&execution["RecountTotals"], &of_table),
        (&execution["StartSuccessor"], &of_start),
    ] {
        for error in errors {
            let hours = waits(state, error) / 3600.0;
            assert!(hours > 4.0, "{error}: {hours} hours");
        }
    }
}
