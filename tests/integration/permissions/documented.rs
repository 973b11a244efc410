//! Permissions that AWS documents as required, but whose absence the emulator does not notice.
//!
//! These permissions are about:
//! - decryption of objects,
//! - X-Ray,
//! - logs of state machines,
//! - waiting for the child executions of a Distributed Map, and redriving them,
//! - the dead-letter queue of a schedule.
//!
//! Nothing here is taken from the policies under test. The actions are taken from AWS's
//! documentation. The definition of a state machine tells whether it has a Distributed Map, and the
//! definition of the schedule tells which dead-letter queue it has.

use std::collections::BTreeSet;

use harness::TestStack;
use serde_json::Value;

use super::roles::{Grant, short};
use super::schedule;

/// Actions to send trace segments:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>
pub(super) const TRACES: [&str; 2] = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

/// The functions that read the bytes of objects. They need [`DECRYPTION`], because S3 decrypts an
/// object with the reader's permissions. A HEAD request needs no permission to decrypt:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>
const READERS: [&str; 3] = ["compare-objects", "get-image", "read-dimensions"];
/// Action and resource of the permission to decrypt. In a stack without a configured KMS key, the
/// policy names a key with the ID `none`.
const DECRYPTION: (&str, &str) = ("kms:Decrypt", "key/none");

/// Actions to sample traces:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html>
pub(super) const SAMPLING: [&str; 2] = ["xray:GetSamplingRules", "xray:GetSamplingTargets"];

/// Actions that a state machine's role needs for logging. Without these permissions, AWS does not
/// create the state machine: <https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>
pub(super) const DELIVERY: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
];

/// Actions to wait for the child executions of a Distributed Map, and to stop them together with
/// their parent:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html>
const WAITING: [&str; 2] = ["states:DescribeExecution", "states:StopExecution"];

/// Actions to redrive the child executions of a Distributed Map
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html>).
const REDRIVING: [&str; 1] = ["states:RedriveExecution"];

/// The permissions that a role needs according to AWS, and that the emulator does not check.
pub(super) async fn of_role(stack: &TestStack, role: &str) -> BTreeSet<Grant> {
    match role {
        _ if super::MACHINES.contains(&role) => of_state_machine(stack, role).await,
        "reconcile-schedule" => of_schedule(stack, role).await,
        _ if super::OTHERS.contains(&role) => BTreeSet::new(),
        function => {
            let traces = TRACES.iter().map(|action| (*action, "*"));
            let decryption = READERS.contains(&function).then_some(DECRYPTION);
            let needed = traces.chain(decryption);
            needed.map(|(action, resource)| Grant::new(function, action, resource)).collect()
        }
    }
}

async fn of_state_machine(stack: &TestStack, name: &str) -> BTreeSet<Grant> {
    let arn = stack.stack.outputs.state_machine_arn.replace("analyze-image", name);
    let described = stack.stack.aws.sfn.describe_state_machine().state_machine_arn(&arn);
    let described = described.send().await.unwrap();
    let logs = described.logging_configuration.and_then(|it| it.level);
    assert!(logs.is_some_and(|level| level.as_str() != "OFF"), "{name} writes no logs");
    let grant = |action: &&str| Grant::new(name, action, "*");
    let mut needed: BTreeSet<_> =
        DELIVERY.iter().chain(&TRACES).chain(&SAMPLING).map(grant).collect();
    let mut add = |actions: &[&str], resource: &str| {
        needed.extend(actions.iter().map(|action| Grant::new(name, action, resource)));
    };
    visit(&serde_json::from_str(&described.definition).unwrap(), &mut |state| {
        if state["ProcessorConfig"]["Mode"] == "DISTRIBUTED" {
            // The ARN of a child execution has the form `execution:NAME/LABEL:*`. AWS's example
            // policies use this form to redrive child executions, but `execution:NAME:*` to
            // describe and stop them. To be safe, the policy must allow `WAITING` on both forms.
            add(&WAITING, &format!("execution:{name}:*"));
            add(&WAITING, &format!("execution:{name}/*"));
            add(&REDRIVING, &format!("execution:{name}/*"));
        }
    });
    needed
}

/// The scheduler uses the schedule's role to send to the dead-letter queue:
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html>
async fn of_schedule(stack: &TestStack, role: &str) -> BTreeSet<Grant> {
    let schedule = stack.stack.aws.scheduler.get_schedule().name(stack.function(schedule::KEPT));
    let target = schedule.send().await.unwrap().target;
    let queue = target.and_then(|it| it.dead_letter_config).and_then(|it| it.arn);
    queue.iter().map(|queue| Grant::new(role, "sqs:SendMessage", &short(stack, queue))).collect()
}

/// Calls `see` with every JSON object in a definition.
fn visit(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| visit(value, see)),
        Value::Object(members) => {
            see(value);
            members.values().for_each(|value| visit(value, see));
        }
        _ => {}
    }
}
