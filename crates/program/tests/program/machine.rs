//! Mistakes planted in the state machine: each is caught, with a message that names its place.

use crate::project::{STATE_MACHINE, read};
use program::asl;
use serde_json::{Value, json};

/// A JSON pointer to change, its new value (`null` removes it), and parts of one line among the
/// findings: the place, and the message.
type Mistake = (&'static str, Value, [&'static str; 2]);

/// Fields that a state does not take, or lacks.
fn fields() -> Vec<Mistake> {
    vec![
        ("/StartTo", json!("HeadObject"), ["StartTo", "unknown field StartTo"]),
        ("/QueryLanguage", json!("JSONatta"), ["QueryLanguage", "must be JSONata or JSONPath"]),
        ("/QueryLanguage", Value::Null, ["HeadObject.Arguments", "a JSONPath state does not take"]),
        ("/States/HeadObject/Type", json!("Tusk"), ["HeadObject.Type", "unknown type"]),
        ("/States/HeadObject/Resource", Value::Null, ["HeadObject", "Resource is missing"]),
        (
            "/States/HeadObject/Parameters",
            json!({}),
            ["HeadObject.Parameters", "JSONata state does not take"],
        ),
        (
            "/States/HeadObject/ResultPath",
            json!("$.a"),
            ["HeadObject.ResultPath", "JSONata state does not take"],
        ),
        (
            "/States/HeadObject/Outputs",
            json!({}),
            ["HeadObject.Outputs", "a Task state has no Outputs"],
        ),
        ("/States/IsPresent?/Default", Value::Null, ["IsPresent?", "Default is missing"]),
        (
            "/States/IsPresent?/Choices/0/Variable",
            json!("$.a"),
            ["Choices[0].Variable", "unknown field"],
        ),
    ]
}

/// Ways that lead nowhere.
fn flow() -> Vec<Mistake> {
    vec![
        ("/StartAt", json!("Start"), ["StartAt", "must be the name of a state"]),
        ("/States/HeadObject/Next", json!("Isn't"), ["HeadObject.Next", "there is no state"]),
        ("/States/HeadObject/Next", Value::Null, ["HeadObject", "has neither Next nor End"]),
        ("/States/PutMetadata/End", Value::Null, ["PutMetadata", "has neither Next nor End"]),
        ("/States/PutMetadata/Next", json!("Failed"), ["PutMetadata", "has both Next and End"]),
        ("/States/Lost", json!({"Type": "Succeed"}), ["States.Lost", "is never reached"]),
        (
            "/States/IsPresent?/Default",
            json!("Nowhere"),
            ["IsPresent?.Default", "there is no state"],
        ),
        (
            "/States/IsPresent?/Choices/0/Next",
            json!("Nowhere"),
            ["Choices[0].Next", "there is no state"],
        ),
        (
            "/States/HeadObject/Catch/0/Next",
            json!("Nowhere"),
            ["Catch[0].Next", "there is no state"],
        ),
    ]
}

/// What is retried and caught.
fn errors() -> Vec<Mistake> {
    vec![
        (
            "/States/HeadObject/TimeoutSeconds",
            Value::Null,
            ["HeadObject", "TimeoutSeconds is missing"],
        ),
        ("/States/HeadObject/Retry", Value::Null, ["HeadObject", "Retry is missing"]),
        ("/States/HeadObject/Catch", Value::Null, ["HeadObject", "Catch is missing"]),
        (
            "/States/HeadObject/Catch/0/ErrorEquals",
            json!(["OneError"]),
            ["HeadObject.Catch", "catches no States.ALL"],
        ),
        (
            "/States/HeadObject/Catch/0/ErrorEquals",
            json!(["States.ALL", "B"]),
            ["Catch[0].ErrorEquals", "must be alone"],
        ),
        (
            "/States/ReadDimensions/Catch/0/ErrorEquals",
            json!(["States.ALL"]),
            ["Catch[0].ErrorEquals", "must come last"],
        ),
        (
            "/States/ReadDimensions/Catch/0/ErrorEquals",
            json!(["ObjectGone"]),
            ["Catch[2].ErrorEquals", "was matched before"],
        ),
        (
            "/States/ReadDimensions/Catch/0/ErrorEquals",
            json!(["States.Timeouts"]),
            ["Catch[0].ErrorEquals", "has no error States.Timeouts"],
        ),
        (
            "/States/ReadDimensions/Catch/0/ErrorEquals",
            json!([]),
            ["Catch[0].ErrorEquals", "at least one error"],
        ),
        (
            "/States/HeadObject/Retry/0/IntervalSeconds",
            json!(0),
            ["Retry[0].IntervalSeconds", "at least 1"],
        ),
        (
            "/States/HeadObject/Retry/0/MaxDelaySeconds",
            json!(1),
            ["Retry[0].MaxDelaySeconds", "more than IntervalSeconds"],
        ),
        (
            "/States/HeadObject/Retry/0/JitterStrategy",
            json!("SOME"),
            ["Retry[0].JitterStrategy", "FULL or NONE"],
        ),
        ("/States/HeadObject/Retry/0/Jitter", json!("FULL"), ["Retry[0].Jitter", "unknown field"]),
    ]
}

/// Expressions that would fail when they are evaluated.
fn expressions() -> Vec<Mistake> {
    vec![
        (
            "/States/IsPresent?/Choices/0/Condition",
            json!("true"),
            ["Choices[0].Condition", "must be an expression"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% $states.result.Payload"),
            ["HeadObject.Output", "must enclose the whole string"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% $merge([$states.result.Payload %}"),
            ["HeadObject.Output", "`[` is not closed"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% {'a': 'b} %}"),
            ["HeadObject.Output", "`'` is not closed"],
        ),
        ("/States/HeadObject/Output", json!("{% %}"), ["HeadObject.Output", "is empty"]),
        ("/States/HeadObject/Output", json!("$.Payload"), ["HeadObject.Output", "is JSONPath"]),
        (
            "/States/HeadObject/Output",
            json!({"a.$": "$.b"}),
            ["HeadObject.Output.a.$", "is JSONPath"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% $exist($states.input.a) %}"),
            ["HeadObject.Output", "no function $exist"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% $key %}"),
            ["HeadObject.Output", "no variable $key"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% $states.output %}"),
            ["HeadObject.Output", "$states has only"],
        ),
        (
            "/States/HeadObject/Output",
            json!("{% $states.errorOutput %}"),
            ["HeadObject.Output", "only in a Catch"],
        ),
        (
            "/States/HeadObject/Arguments/Payload",
            json!("{% $states.result %}"),
            ["Arguments.Payload", "only in Output and Assign"],
        ),
    ]
}

#[test]
fn fields_out_of_place_are_caught() {
    fields().into_iter().for_each(caught);
}

#[test]
fn ways_that_lead_nowhere_are_caught() {
    flow().into_iter().for_each(caught);
}

#[test]
fn mistakes_in_error_handling_are_caught() {
    errors().into_iter().for_each(caught);
}

#[test]
fn broken_expressions_are_caught() {
    expressions().into_iter().for_each(caught);
}

fn caught((pointer, value, expect): Mistake) {
    let mut machine: Value = serde_json::from_str(&read(STATE_MACHINE)).unwrap();
    plant(&mut machine, pointer, value.clone());
    let findings: Vec<_> = asl::lint(&machine).iter().map(ToString::to_string).collect();
    let found = findings.iter().any(|line| expect.iter().all(|part| line.contains(part)));
    assert!(found, "{pointer} = {value} gave {findings:#?}, not {expect:?}");
}

#[test]
fn assigned_variables_may_be_used() {
    let mut machine: Value = serde_json::from_str(&read(STATE_MACHINE)).unwrap();
    plant(
        &mut machine,
        "/States/HeadObject/Assign",
        json!({"key": "{% $states.result.Payload.key %}"}),
    );
    plant(&mut machine, "/States/RecordAbsence/Output", json!("{% $key %}"));
    assert_eq!(asl::lint(&machine), []);
}

#[test]
fn what_is_no_machine_is_said_to_be_none() {
    for value in [json!(null), json!([]), json!({}), json!({"StartAt": "A", "States": {"A": 1}})] {
        assert!(!asl::lint(&value).is_empty(), "{value} passed");
    }
}

/// Sets what `pointer` points at; its parent must exist.
fn plant(machine: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = machine.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}"));
    let parent = parent.as_object_mut().unwrap();
    if value.is_null() {
        assert!(parent.remove(key).is_some(), "nothing at {pointer}");
    } else {
        parent.insert(key.to_owned(), value);
    }
}
