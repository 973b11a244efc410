//! The longest execution of `analyze-image`, computed from its definition.
//!
//! AWS ends an EXPRESS execution after five minutes, and no state can catch that
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>). So the timeouts
//! and waits of every possible execution must add up to less than five minutes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::project::{STATE_MACHINE, machine};

/// Seconds after which AWS ends an EXPRESS execution.
const EXPRESS_SECONDS: f64 = 300.0;

/// Seconds reserved for the transitions between states. A definition does not show how long they
/// take.
const RESERVE_SECONDS: f64 = 10.0;

/// The Choice state that an execution enters before every return to an earlier state, except the
/// return from [`ONCE`]. The first rule of this Choice state ends an execution that has taken too
/// long.
const DEADLINE: &str = "IsTimeLeft?";

/// The state that an execution visits at most once. Its output has the member `baseline`, and an
/// execution with a `baseline` skips the state.
const ONCE: &str = "ReadRecord";

/// The number between the texts `before` and `after` in an expression.
fn number(expression: &Value, before: &str, after: &str) -> f64 {
    let text = expression.as_str().unwrap();
    let number = text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    let (number, _) = number.unwrap_or_else(|| panic!("no {before} in {text}"));
    number.trim().parse().unwrap()
}

/// Seconds after which the first rule of [`DEADLINE`] ends an execution.
fn deadline(machine: &Value) -> f64 {
    let rule = &machine["States"][DEADLINE]["Choices"][0];
    assert_eq!(rule["Next"], "ReportFailure");
    number(&rule["Condition"], "> ", "%}") / 1000.0
}

/// Longest wait of a retrier before the retry with the number `index`, counted from 0. Jitter only
/// shortens the wait
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
fn delay(retrier: &Value, index: i32) -> f64 {
    let field = |name: &str, default: f64| retrier[name].as_f64().unwrap_or(default);
    let delay = field("IntervalSeconds", 1.0) * field("BackoffRate", 2.0).powi(index);
    delay.min(field("MaxDelaySeconds", f64::INFINITY))
}

/// Longest time in seconds that a state takes, with all its retries. Each retrier counts its own
/// retries.
fn duration(state: &Value) -> f64 {
    match state["Type"].as_str().unwrap() {
        "Task" => {
            let retriers = state["Retry"].as_array().unwrap();
            let attempts = |retrier: &Value| {
                i32::try_from(retrier["MaxAttempts"].as_i64().unwrap_or(3)).unwrap()
            };
            let delays = |retrier| (0..attempts(retrier)).map(|index| delay(retrier, index));
            let timeout = state["TimeoutSeconds"].as_f64().unwrap();
            let calls = 1 + retriers.iter().map(attempts).sum::<i32>();
            f64::from(calls) * timeout + retriers.iter().flat_map(delays).sum::<f64>()
        }
        "Wait" => number(&state["Seconds"], "$min([", ","),
        "Choice" | "Fail" => 0.0,
        other => panic!("how long does a {other} take?"),
    }
}

/// The states that may follow `state`.
fn next(state: &Value) -> BTreeSet<&str> {
    let lists = ["Choices", "Catch"].into_iter().filter_map(|field| state[field].as_array());
    let rules = lists.flatten().filter_map(|rule| rule["Next"].as_str());
    let own = ["Next", "Default"].into_iter().filter_map(|field| state[field].as_str());
    own.chain(rules).collect()
}

/// Finds the longest path from the state `name` to the end of the execution. From [`DEADLINE`], the
/// path always goes to `ReportFailure`. `way` has the states before `name`. `way` and the path
/// together contain [`ONCE`] at most once. Returns the seconds that the path takes, and the states
/// of `way` and of the path, in order.
fn longest(machine: &Value, name: &str, way: &[String]) -> (f64, Vec<String>) {
    let state = &machine["States"][name];
    let mut way = way.to_vec();
    way.push(name.to_owned());
    let visits = way.iter().filter(|visited| *visited == name).count();
    let read = way.iter().any(|visited| visited == ONCE);
    assert!(visits <= 1 + usize::from(read), "a loop without a deadline: {way:?}");
    let following = match name {
        DEADLINE => BTreeSet::from(["ReportFailure"]),
        _ => next(state).into_iter().filter(|it| !(read && *it == ONCE)).collect(),
    };
    let ways = following.into_iter().map(|following| longest(machine, following, &way));
    let rest = ways.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((0.0, way));
    (duration(state) + rest.0, rest.1)
}

/// Returns the duration in seconds and the states of the longest execution. That execution either
/// never goes back from [`DEADLINE`] to an earlier state, or goes back just before the deadline. If
/// it goes back, the states are only those that it enters from then on.
fn longest_execution(machine: &Value) -> (f64, Vec<String>) {
    let straight = longest(machine, machine["StartAt"].as_str().unwrap(), &[]);
    let returns =
        next(&machine["States"][DEADLINE]).into_iter().filter(|it| *it != "ReportFailure");
    let returning = returns.map(|name| {
        let (seconds, way) = longest(machine, name, &[]);
        (deadline(machine) + seconds, way)
    });
    returning.chain([straight]).max_by(|one, other| one.0.total_cmp(&other.0)).unwrap()
}

#[test]
fn every_failure_of_an_express_execution_reaches_the_queue_within_five_minutes() {
    let (seconds, way) = longest_execution(&machine(STATE_MACHINE));
    println!("at most {seconds} s: {}", way.join(" > "));
    assert!(way.contains(&"ReportFailure".to_owned()), "{way:?}");
    assert!(seconds + RESERVE_SECONDS < EXPRESS_SECONDS, "{seconds} s: {way:?}");
    // Just before the deadline, an execution can go back to an earlier state. The calls that follow
    // can take over 100 seconds for an event without a sequencer, and `seconds` must include them.
    assert!(seconds > deadline(&machine(STATE_MACHINE)) + 100.0, "{seconds} s: {way:?}");
}

#[test]
fn a_longer_retry_is_noticed() {
    for (state, field, value) in [
        ("HeadObject", "MaxAttempts", 4),
        ("PutMetadata", "IntervalSeconds", 30),
        ("ReportFailure", "MaxAttempts", 8),
    ] {
        let mut machine = machine(STATE_MACHINE);
        machine["States"][state]["Retry"][0][field] = value.into();
        let (seconds, _) = longest_execution(&machine);
        assert!(seconds + RESERVE_SECONDS > EXPRESS_SECONDS, "{state} {field}: {seconds} s");
    }
}
