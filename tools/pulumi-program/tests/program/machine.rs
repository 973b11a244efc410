//! Checks that the linter of state machines accepts fields that the project's definitions do not
//! have, and refuses values that are not state machines. Also checks that a reconciliation can be
//! redriven.

use pulumi_program::asl;
use serde_json::{Value, json};

use crate::mistakes::plant;
use crate::project::{RECONCILE, STATE_MACHINE, machine};

#[test]
fn assigned_variables_may_be_used() {
    let mut machine = machine(STATE_MACHINE);
    let assigned = json!({"key": "{% $states.result.Payload.key %}"});
    plant(&mut machine, "States.HeadObject.Assign", Some(assigned));
    plant(&mut machine, "States.RecordAbsence.Output", Some(json!("{% $key %}")));
    assert_eq!(asl::lint(&machine), []);
}

#[test]
fn a_map_may_read_its_items_in_batches_and_wait_for_executions() {
    let mut machine = machine(RECONCILE);
    let resource = "arn:${Partition}:states:::s3:listObjectsV2";
    let reader = json!({"Resource": resource, "Arguments": {"Bucket": "b"}});
    let waiting = json!("arn:${Partition}:states:::states:startExecution.sync:2");
    let task = "ItemProcessor.States.CompareObjects";
    for (field, value) in [
        ("Items", None),
        ("ItemReader", Some(reader)),
        ("ItemBatcher", Some(json!({"MaxItemsPerBatch": 100}))),
        (&format!("{task}.Resource"), Some(waiting)),
        (&format!("{task}.Arguments"), Some(json!({"StateMachineArn": "${Machine}"}))),
    ] {
        plant(&mut machine, &format!("States.CompareParts.{field}"), value);
    }
    assert_eq!(asl::lint(&machine), []);
}

/// The types of all states, including the states inside Maps.
fn types(machine: &Value) -> Vec<&str> {
    let states = machine["States"].as_object().unwrap().values();
    let types = states.flat_map(|state| {
        let nested = state.get("ItemProcessor").map_or_else(Vec::new, types);
        nested.into_iter().chain(state["Type"].as_str())
    });
    types.collect()
}

/// A redrive runs a failed Task again, but a Fail state would only fail again
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-behavior-states>).
/// So the state machine `reconcile` has no Fail state.
/// `tests/conformance/state-machines` walks through redriven executions.
#[test]
fn a_reconciliation_that_fails_can_be_redriven() {
    let machine = machine(RECONCILE);
    let types = types(&machine);
    assert!(types.contains(&"Task") && !types.contains(&"Fail"), "{types:?}");
}

#[test]
fn values_that_are_not_state_machines_are_refused() {
    for value in [json!(null), json!([]), json!({}), json!({"StartAt": "A", "States": {"A": 1}})] {
        assert!(!asl::lint(&value).is_empty(), "{value} passed");
    }
}
