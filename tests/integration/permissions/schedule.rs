//! Checks that the schedule starts a reconciliation.
//!
//! A schedule whose role may not start executions fails silently. So after the schedule under test,
//! the test creates a second schedule, whose role may start them. As soon as the second schedule
//! has started an execution, the schedule under test has run, too.

use harness::TestStack;
use serde_json::{Value, json};

use super::world::World;

/// A time in the past, so that the schedule runs at once.
const DUE: &str = "at(2020-01-01T00:00:00)";

/// Name of a disabled copy of the program's schedule.
pub(super) const KEPT: &str = "kept";

/// Keeps a copy of the program's schedule, because [`starts_a_reconciliation`] replaces the
/// original with a schedule that is deleted after its run.
pub(super) async fn keep(stack: &TestStack) {
    let scheduler = &stack.stack.aws.scheduler;
    let program = scheduler.get_schedule().name(stack.function("reconcile")).send().await.unwrap();
    let kept = scheduler.create_schedule().name(stack.function(KEPT)).state("DISABLED".into());
    let kept = kept.set_schedule_expression(program.schedule_expression).set_target(program.target);
    kept.set_flexible_time_window(program.flexible_time_window).send().await.unwrap();
}

pub(super) async fn starts_a_reconciliation(world: &World) -> Result<(), String> {
    let number = world.number();
    let (own, other) = (format!("own-{number}"), format!("other-{number}"));
    let role = control_role(world).await;
    make_due(world, &world.stack.function("reconcile"), None, &own).await;
    make_due(world, &world.stack.function(&other), Some(&role), &other).await;
    world.stack.until("schedules", async || is_started(world, &other).await.then_some(())).await;
    is_started(world, &own).await.then_some(()).ok_or_else(|| "no execution was started".to_owned())
}

/// Creates or replaces the schedule `name`: a copy of the program's schedule that runs at once,
/// with `mark` in its input. If `role` is given, the copy has this role.
async fn make_due(world: &World, name: &str, role: Option<&str>, mark: &str) {
    let scheduler = &world.stack.stack.aws.scheduler;
    let kept = scheduler.get_schedule().name(world.stack.function(KEPT)).send().await.unwrap();
    let mut target = kept.target.unwrap();
    target.input = Some(json!({"mark": mark}).to_string());
    target.role_arn = role.map_or(target.role_arn, str::to_owned);
    // The call may fail: perhaps the schedule was never created, or was deleted after its run.
    let _deleted = scheduler.delete_schedule().name(name).send().await;
    let schedule = scheduler.create_schedule().name(name).schedule_expression(DUE);
    let schedule = schedule.set_flexible_time_window(kept.flexible_time_window);
    let schedule = schedule.action_after_completion("DELETE".into()).target(target);
    schedule.send().await.unwrap();
}

/// True if an execution of the reconciliation has this mark in its input.
async fn is_started(world: &World, mark: &str) -> bool {
    let (sfn, outputs) = (&world.stack.stack.aws.sfn, &world.stack.stack.outputs);
    let listed = sfn.list_executions().state_machine_arn(&outputs.reconcile_state_machine_arn);
    for execution in listed.send().await.unwrap().executions {
        let described = sfn.describe_execution().execution_arn(execution.execution_arn);
        let input = described.send().await.unwrap().input.unwrap_or_default();
        let input: Value = serde_json::from_str(&input).unwrap_or_default();
        if input["mark"] == mark {
            return true;
        }
    }
    false
}

/// A role that may start reconciliations even if the role under test may not.
async fn control_role(world: &World) -> String {
    let (iam, name) = (&world.stack.stack.aws.iam, "control");
    if let Ok(role) = iam.get_role().role_name(name).send().await {
        return role.role.unwrap().arn;
    }
    let statement = json!({
        "Effect": "Allow", "Action": "states:StartExecution",
        "Resource": world.stack.stack.outputs.reconcile_state_machine_arn,
    });
    let trust = json!({
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "scheduler.amazonaws.com"},
    });
    let document = |statement| json!({"Version": "2012-10-17", "Statement": [statement]});
    let role = iam.create_role().role_name(name);
    let role = role.assume_role_policy_document(document(trust).to_string()).send().await.unwrap();
    let policy = iam.put_role_policy().role_name(name).policy_name(name);
    policy.policy_document(document(statement).to_string()).send().await.unwrap();
    role.role.unwrap().arn
}
