//! Checks that each service can assume its role, and that every resource with a role waits for the
//! role's policy.
//!
//! Pulumi sees that a function depends on its role, but not that it depends on the role's policy.
//! Without the policy, a function's first invocation fails, and a state machine is not created at
//! all. The policies must also allow functions and state machines to write their traces, and state
//! machines to write their logs. (`functions` checks the permissions for functions' logs.)

use super::Checker;
use super::read::{elements, field, nested, output, text};
use crate::document::Resource;
use crate::expression::{Expression, Kind};

/// Types of resources that have a role. Each type is followed by the path to the role's ARN in the
/// properties, and by the service that assumes the role.
const ACTORS: [(&str, &[&str], &str); 4] = [
    ("aws:lambda:Function", &["role"], "lambda.amazonaws.com"),
    ("aws:sfn:StateMachine", &["roleArn"], "states.amazonaws.com"),
    ("aws:cloudwatch:EventTarget", &["roleArn"], "events.amazonaws.com"),
    ("aws:scheduler:Schedule", &["target", "roleArn"], "scheduler.amazonaws.com"),
];

/// Actions that a state machine with logs needs on the resource `*`:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy>.
const LOG_DELIVERY: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
];

/// Actions that traces need on the resource `*`. A function needs the first two
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>). A state machine also reads
/// the sampling rules, so it needs all four
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html>).
const TRACES: [&str; 4] = [
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
];

impl<'a> Checker<'a> {
    pub(super) fn roles(&mut self) {
        let program = self.program;
        for resource in &program.resources {
            for (_, path, service) in ACTORS.iter().filter(|it| it.0 == resource.type_token) {
                if let Some(role) = nested(&resource.properties, path) {
                    self.actor(resource, role, service);
                }
            }
        }
    }

    fn actor(&mut self, actor: &'a Resource, role: &'a Expression, service: &str) {
        let named = output(role).and_then(|(name, output)| {
            let resource = self.program.resource(name)?;
            (resource.type_token == "aws:iam:Role" && output == "arn").then_some(resource)
        });
        let Some(named) = named else {
            // A role outside the program, given by its ARN.
            if text(role).is_some_and(|arn| arn.starts_with("arn:")) {
                return;
            }
            return self.error(&role.place, "must be the output arn of an aws:iam:Role");
        };
        if !self.trusts(named, service) {
            let message = format!(
                "{} does not trust {service}, so {} cannot assume it",
                named.name, actor.name
            );
            self.error(&role.place, message);
        }
        self.telemetry(actor, &named.name);
        let policies = self.policies_of(&named.name);
        if policies.is_empty() {
            self.error(&role.place, format!("{} has no policy, so it allows nothing", named.name));
        }
        for policy in policies {
            if !actor.depends_on().any(|one| one.root == policy.name) {
                let message = format!(
                    "must have {} in dependsOn, or its first use lacks permissions",
                    policy.name
                );
                self.error(&actor.place, message);
            }
        }
    }

    /// Checks the permissions for the traces of a function or state machine, and for the logs of a
    /// state machine.
    fn telemetry(&mut self, actor: &Resource, role: &str) {
        let set = |path: &[&str]| nested(&actor.properties, path).is_some();
        let mut needed = Vec::new();
        match actor.type_token.as_str() {
            "aws:lambda:Function" if set(&["tracingConfig"]) => needed.extend(&TRACES[..2]),
            "aws:sfn:StateMachine" => {
                if set(&["loggingConfiguration"]) {
                    needed.extend(LOG_DELIVERY);
                }
                if set(&["tracingConfiguration"]) {
                    needed.extend(TRACES);
                }
            }
            _ => {}
        }
        for action in needed {
            if !self.allows(role, action, &|resource| text(resource) == Some("*")) {
                let message = format!("{role} does not allow {action} on \"*\"");
                self.error(&actor.place, message);
            }
        }
    }

    /// The policies of the role `name`.
    pub(super) fn policies_of(&self, name: &str) -> Vec<&'a Resource> {
        let of_role = |resource: &&Resource| {
            let role = field(&resource.properties, "role").and_then(output);
            resource.type_token == "aws:iam:RolePolicy" && role.is_some_and(|(it, _)| it == name)
        };
        self.program.resources.iter().filter(of_role).collect()
    }

    fn trusts(&self, role: &'a Resource, service: &str) -> bool {
        let Some(policy) = field(&role.properties, "assumeRolePolicy") else { return false };
        self.statements(policy).into_iter().any(|statement| {
            let services = match field(statement, "Principal").map(|it| &it.kind) {
                Some(Kind::Object(principals)) => elements(field(principals, "Service")),
                _ => Vec::new(),
            };
            let assumes = elements(field(statement, "Action"))
                .iter()
                .any(|action| text(action) == Some("sts:AssumeRole"));
            assumes && services.iter().any(|it| text(it) == Some(service))
        })
    }

    /// True if a policy of the role `name` allows `action` on a resource for which `is_target` is
    /// true.
    pub(super) fn allows(
        &self,
        name: &str,
        action: &str,
        is_target: &dyn Fn(&Expression) -> bool,
    ) -> bool {
        let policies = self.policies_of(name).into_iter();
        let documents = policies.filter_map(|policy| field(&policy.properties, "policy"));
        documents.flat_map(|policy| self.statements(policy)).any(|statement| {
            field(statement, "Effect").and_then(text) == Some("Allow")
                && elements(field(statement, "Action")).iter().any(|it| text(it) == Some(action))
                && elements(field(statement, "Resource")).into_iter().any(is_target)
        })
    }
}
