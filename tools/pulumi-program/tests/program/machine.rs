//! What the lint of state machines accepts, and what it makes of things that are none.

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
fn what_is_no_machine_is_said_to_be_none() {
    for value in [json!(null), json!([]), json!({}), json!({"StartAt": "A", "States": {"A": 1}})] {
        assert!(!asl::lint(&value).is_empty(), "{value} passed");
    }
}
