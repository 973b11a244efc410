//! Are the IAM policies well formed, and as narrow as they can be?
//!
//! Policies are documents inside strings, which no schema looks into. Grammar:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::{Checker, near};
use crate::expression::{Call, Expression, Kind};
use serde_json::Value;

const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];

const STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Actions that have no resource to name, and so take only `*`. From the tables of
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/>.
const WITHOUT_RESOURCE: [&str; 12] = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
];

impl<'a> Checker<'a> {
    pub(super) fn policies(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| self.document(expression));
        }
    }

    /// A document is an object with a `Statement` inside `fn::toJSON`.
    fn document(&mut self, expression: &'a Expression) {
        let Kind::Call(call) = &expression.kind else { return };
        let Call::ToJson(document) = call.as_ref() else { return };
        let Kind::Object(entries) = &document.kind else { return };
        let Some(statements) = field(entries, "Statement") else { return };
        self.known(entries, &DOCUMENT);
        if field(entries, "Version").and_then(text) != Some("2012-10-17") {
            let message =
                "the Version of a policy must be \"2012-10-17\": older ones lack features";
            self.error(&document.place, message);
        }
        match &statements.kind {
            Kind::List(items) => items.iter().for_each(|item| self.statement(item)),
            _ => self.statement(statements),
        }
    }

    fn statement(&mut self, expression: &'a Expression) {
        let statement = self.followed(expression);
        let Kind::Object(entries) = &statement.kind else {
            return self.error(&expression.place, "a statement must be an object");
        };
        self.known(entries, &STATEMENT);
        let effect = field(entries, "Effect").and_then(text);
        if !matches!(effect, Some("Allow" | "Deny")) {
            self.error(&statement.place, "the Effect of a statement must be Allow or Deny");
        }
        let actions = texts(field(entries, "Action"));
        if actions.is_empty() && field(entries, "NotAction").is_none() {
            self.error(&statement.place, "a statement must have an Action");
        }
        for action in &actions {
            if !action.contains(':') {
                self.error(
                    &statement.place,
                    format!("{action:?} is no action: write service:Action"),
                );
            }
        }
        if effect == Some("Allow") {
            self.narrow(statement, entries, &actions);
        }
    }

    /// What is allowed must name its actions and, where there are any, its resources.
    fn narrow(
        &mut self,
        statement: &Expression,
        entries: &[(String, Expression)],
        actions: &[&str],
    ) {
        for action in actions.iter().filter(|action| action.contains('*')) {
            self.error(&statement.place, format!("allows {action}: name each action"));
        }
        if !texts(field(entries, "Resource")).contains(&"*") {
            return;
        }
        for action in actions.iter().filter(|action| !WITHOUT_RESOURCE.contains(action)) {
            self.error(&statement.place, format!("allows {action} on \"*\": name the resources"));
        }
    }

    fn known(&mut self, entries: &[(String, Expression)], known: &[&str]) {
        for (key, value) in entries {
            if !known.contains(&key.as_str()) {
                let near = near(key, known.iter().copied());
                self.error(&value.place, format!("unknown policy element {key}{near}"));
            }
        }
    }

    /// The expression, or the variable that it names.
    fn followed(&self, expression: &'a Expression) -> &'a Expression {
        match &expression.kind {
            Kind::Reference(reference) if reference.path.is_empty() => {
                self.program.variable(&reference.root).unwrap_or(expression)
            }
            _ => expression,
        }
    }
}

fn field<'e>(entries: &'e [(String, Expression)], name: &str) -> Option<&'e Expression> {
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn text(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::Constant(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The constant strings of a list, or of a single string.
fn texts(expression: Option<&Expression>) -> Vec<&str> {
    match expression.map(|expression| (&expression.kind, expression)) {
        Some((Kind::List(items), _)) => items.iter().filter_map(text).collect(),
        Some((_, single)) => text(single).into_iter().collect(),
        None => Vec::new(),
    }
}
