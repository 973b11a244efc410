use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::builders::HistoryEventBuilder;
use aws_sdk_sfn::types::{
    ExecutionFailedEventDetails, HistoryEventType, StateEnteredEventDetails,
    StateExitedEventDetails, TaskFailedEventDetails, TaskScheduledEventDetails,
    TaskSucceededEventDetails,
};
use serde_json::json;

use super::*;

/// A history whose events are a tenth of a second apart.
#[derive(Default)]
struct Events(Vec<HistoryEvent>);

impl Events {
    fn push(
        mut self,
        kind: HistoryEventType,
        details: impl FnOnce(HistoryEventBuilder) -> HistoryEventBuilder,
    ) -> Self {
        let before = i64::try_from(self.0.len()).unwrap();
        let at = DateTime::from_millis(1_000_000 + before * 100);
        let builder = HistoryEvent::builder().id(before + 1).timestamp(at).r#type(kind);
        self.0.push(details(builder).build().unwrap());
        self
    }

    /// Sets the last event's `previous_event_id`: the id of the event before it in its branch.
    fn after(mut self, previous: i64) -> Self {
        self.0.last_mut().unwrap().previous_event_id = previous;
        self
    }

    fn entered(self, kind: HistoryEventType, name: &str) -> Self {
        let details = StateEnteredEventDetails::builder().name(name).input("{\"n\":1}").build();
        self.push(kind, |it| it.state_entered_event_details(details.unwrap()))
    }

    fn exited(self, kind: HistoryEventType, name: &str) -> Self {
        let details = StateExitedEventDetails::builder().name(name).output("{\"n\":2}").build();
        self.push(kind, |it| it.state_exited_event_details(details.unwrap()))
    }

    fn scheduled(self) -> Self {
        self.push(HistoryEventType::TaskScheduled, |it| it)
    }

    fn succeeded(self) -> Self {
        self.push(HistoryEventType::TaskSucceeded, |it| it)
    }

    fn failed(self, error: &str) -> Self {
        let details = TaskFailedEventDetails::builder()
            .resource("invoke")
            .resource_type("lambda")
            .error(error)
            .cause("why")
            .build();
        self.push(HistoryEventType::TaskFailed, |it| it.task_failed_event_details(details.unwrap()))
    }

    fn steps(self) -> Vec<Step> {
        steps(&self.0)
    }
}

fn started() -> Events {
    Events::default().push(HistoryEventType::ExecutionStarted, |it| it)
}

#[test]
fn states_come_in_order_with_times_and_data() {
    let steps = started()
        .entered(HistoryEventType::TaskStateEntered, "HeadObject")
        .scheduled()
        .succeeded()
        .exited(HistoryEventType::TaskStateExited, "HeadObject")
        .entered(HistoryEventType::ChoiceStateEntered, "IsPresent?")
        .exited(HistoryEventType::ChoiceStateExited, "IsPresent?")
        .steps();
    let names: Vec<_> = steps.iter().map(|it| (it.state.as_str(), it.kind.as_str())).collect();
    assert_eq!(names, [("HeadObject", "Task"), ("IsPresent?", "Choice")]);
    assert_eq!(steps[0].result, StepResult::Succeeded);
    assert_eq!(steps[0].input, json!({"n": 1}));
    assert_eq!(steps[0].output, Some(json!({"n": 2})));
    assert!((steps[0].start - 0.1).abs() < 1e-6);
    assert!((steps[0].duration.unwrap() - 0.3).abs() < 1e-6);
    assert_eq!(steps[0].attempts.len(), 1);
}

#[test]
fn retries_are_attempts_of_one_step() {
    let steps = started()
        .entered(HistoryEventType::TaskStateEntered, "HeadObject")
        .scheduled()
        .failed("Lambda.Unknown")
        .scheduled()
        .succeeded()
        .exited(HistoryEventType::TaskStateExited, "HeadObject")
        .steps();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].result, StepResult::Succeeded);
    let failed =
        AttemptResult::Failed { error: "Lambda.Unknown".to_owned(), cause: "why".to_owned() };
    let results: Vec<_> = steps[0].attempts.iter().map(|it| &it.result).collect();
    assert_eq!(results, [&failed, &AttemptResult::Succeeded]);
}

#[test]
fn caught_error_is_not_a_failure() {
    let steps = started()
        .entered(HistoryEventType::TaskStateEntered, "ReadDimensions")
        .scheduled()
        .failed("UnsupportedImage")
        .exited(HistoryEventType::TaskStateExited, "ReadDimensions")
        .entered(HistoryEventType::TaskStateEntered, "RecordRejection")
        .steps();
    let caught =
        StepResult::Caught { error: "UnsupportedImage".to_owned(), cause: "why".to_owned() };
    assert_eq!(steps[0].result, caught);
    assert_eq!(steps[1].result, StepResult::Running);
    assert_eq!(steps[1].duration, None);
}

#[test]
fn last_state_of_a_failed_execution_has_the_error() {
    let details = ExecutionFailedEventDetails::builder().error("Broken").cause("why").build();
    let steps = started()
        .entered(HistoryEventType::FailStateEntered, "Failed")
        .push(HistoryEventType::ExecutionFailed, |it| it.execution_failed_event_details(details))
        .steps();
    let failed = StepResult::Failed { error: "Broken".to_owned(), cause: "why".to_owned() };
    assert_eq!(steps[0].result, failed);
}

#[test]
fn unknown_events_and_an_empty_history_are_tolerated() {
    assert!(steps(&[]).is_empty());
    let steps = Events::default()
        .exited(HistoryEventType::TaskStateExited, "never entered")
        .scheduled()
        .push(HistoryEventType::from("SomethingNew"), |it| it)
        .steps();
    assert!(steps.is_empty());
}

#[test]
fn request_id_and_function_of_a_task_are_read() {
    let scheduled = TaskScheduledEventDetails::builder()
        .resource_type("lambda")
        .resource("invoke")
        .region("us-east-1")
        .parameters(json!({"FunctionName": "head-object", "Payload": {}}).to_string())
        .build()
        .unwrap();
    let succeeded = TaskSucceededEventDetails::builder()
        .resource_type("lambda")
        .resource("invoke")
        .output(json!({"SdkResponseMetadata": {"RequestId": "r-1"}}).to_string())
        .build()
        .unwrap();
    let events = Events::default()
        .entered(HistoryEventType::TaskStateEntered, "A")
        .push(HistoryEventType::TaskScheduled, |it| it.task_scheduled_event_details(scheduled))
        .push(HistoryEventType::TaskSucceeded, |it| it.task_succeeded_event_details(succeeded));
    let steps = steps(&events.0);
    let attempt = &steps[0].attempts[0];
    assert_eq!(attempt.function.as_deref(), Some("head-object"));
    assert_eq!(attempt.request_id.as_deref(), Some("r-1"));
}

/// The events of two iterations of a Map are interleaved. Each event names the previous event of
/// its own iteration, as on AWS.
#[test]
fn events_of_concurrent_iterations_are_told_apart() {
    use HistoryEventType as Kind;
    let steps = Events::default()
        .entered(Kind::MapStateEntered, "Map")
        .entered(Kind::TaskStateEntered, "Task")
        .after(1)
        .entered(Kind::TaskStateEntered, "Task")
        .after(1)
        .scheduled()
        .after(3)
        .scheduled()
        .after(2)
        .failed("E")
        .after(5)
        .succeeded()
        .after(4)
        .exited(Kind::TaskStateExited, "Task")
        .after(7)
        .exited(Kind::TaskStateExited, "Task")
        .after(6)
        .exited(Kind::MapStateExited, "Map")
        .after(9)
        .steps();
    let caught = |step: &Step| matches!(step.result, StepResult::Caught { .. });
    let results = steps.iter().map(|it| (it.state.as_str(), it.attempts.len(), caught(it)));
    let expected = [("Map", 0, false), ("Task", 1, true), ("Task", 1, false)];
    assert_eq!(results.collect::<Vec<_>>(), expected);
}
