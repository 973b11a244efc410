//! The linter of state machines accepts assigned variables and refuses values that are not state
//! machines.

use pulumi_program::asl;
use serde_json::{Value, json};

use crate::mistakes::plant;
use crate::project::{STATE_MACHINE, read};

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
fn values_that_are_not_state_machines_are_refused() {
    for value in [json!(null), json!([]), json!({}), json!({"StartAt": "A", "States": {"A": 1}})] {
        assert!(!asl::lint(&value).is_empty(), "{value} passed");
    }
}
