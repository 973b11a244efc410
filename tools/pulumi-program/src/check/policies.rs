//! Checks that IAM policies are well-formed and follow least privilege.
//!
//! Policies are documents inside strings, which the provider's schema does not cover. Grammar:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

mod actions;
mod conditions;
mod forms;
mod names;

use actions::ACTIONS;
use forms::BUCKET_ARN;

use super::read::{elements, field, output_and_rest, pattern, text, texts};
use super::{Checker, api::matches, near, syntax};
use crate::expression::{Call, Expression, Kind};

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

/// Kind of a policy, which depends on the resource that has it.
#[derive(Clone, Copy, PartialEq)]
enum PolicyKind {
    /// Permissions of a role. Statements have resources and no principal.
    Role,
    /// Trust in services that may assume a role. Statements have principals and no resource.
    Trust,
    /// Access to a bucket, a queue or a topic. Statements have principals and resources.
    Resource,
    /// Access to a bucket, as the user has configured it. Statements have principals and resources.
    /// Only the form of the statements is checked.
    Configured,
}

impl<'a> Checker<'a> {
    pub(super) fn policies(&mut self) {
        let program = self.program;
        for resource in &program.resources {
            let (property, kind) = match resource.type_token.as_str() {
                "aws:iam:RolePolicy" => ("policy", PolicyKind::Role),
                "aws:iam:Role" => ("assumeRolePolicy", PolicyKind::Trust),
                "aws:s3:BucketPolicy" | "aws:sqs:QueuePolicy" | "aws:sns:TopicPolicy" => {
                    ("policy", PolicyKind::Resource)
                }
                _ => continue,
            };
            if let Some(policy) = field(&resource.properties, property) {
                for document in self.documents(policy) {
                    self.document(&document, kind);
                }
            }
        }
    }

    /// The statements of a policy that is written in the program; empty for any other policy.
    pub(super) fn statements(&self, policy: &'a Expression) -> Vec<&'a [(String, Expression)]> {
        let found = document(self.followed(policy)).and_then(|it| field(it, "Statement"));
        let statements = elements(found).into_iter().map(|it| &self.followed(it).kind);
        let objects = statements.filter_map(|kind| match kind {
            Kind::Object(entries) => Some(entries.as_slice()),
            _ => None,
        });
        objects.collect()
    }

    fn document(&mut self, policy: &Expression, kind: PolicyKind) {
        let Some(entries) = document(policy) else {
            let message = "must be a policy document: an object inside fn::toJSON";
            return self.error(&policy.place, message);
        };
        self.known_elements(entries, &DOCUMENT);
        if field(entries, "Version").and_then(text) != Some("2012-10-17") {
            let message = "a policy's Version must be \"2012-10-17\": older versions lack features";
            self.error(&policy.place, message);
        }
        let statements = field(entries, "Statement");
        if let Some(statements) = statements.and_then(|it| self.configured(it)) {
            for statement in &statements {
                self.statement(statement, PolicyKind::Configured);
            }
            return;
        }
        let statements = elements(statements);
        if statements.is_empty() {
            self.error(&policy.place, "a policy must have a Statement");
        }
        for statement in statements {
            self.statement(statement, kind);
        }
    }

    fn statement(&mut self, expression: &Expression, kind: PolicyKind) {
        let statement = self.followed(expression);
        let Kind::Object(entries) = &statement.kind else {
            return self.error(&expression.place, "a statement must be an object");
        };
        self.known_elements(entries, &STATEMENT);
        let effect = field(entries, "Effect").and_then(text);
        if !matches!(effect, Some("Allow" | "Deny")) {
            self.error(&statement.place, "a statement's Effect must be Allow or Deny");
        }
        self.principals_and_resources(statement, entries, kind);
        let resources = self.flattened(field(entries, "Resource"));
        for resource in resources.iter().filter(|it| !is_arn(it)) {
            self.error(&resource.place, "must be an ARN, or \"*\"");
        }
        if kind == PolicyKind::Configured {
            return;
        }
        for resource in &resources {
            self.exists(resource);
        }
        if let Some(condition) = field(entries, "Condition") {
            self.condition(condition);
        }
        let actions = texts(field(entries, "Action"));
        if actions.is_empty() && field(entries, "NotAction").is_none() {
            self.error(&statement.place, "a statement must have an Action");
        }
        for action in actions {
            let place = field(entries, "Action").map_or(&statement.place, |it| &it.place);
            if action.contains('*') {
                self.wildcard(place, action, effect);
            } else if let Some(fault) = unknown(action) {
                self.error(place, fault);
            } else {
                self.resources(action, &resources);
            }
        }
    }

    /// Checks that the statement has a principal if, and only if, statements of this [`PolicyKind`]
    /// have principals. Checks resources in the same way. Also checks the principal's form, that
    /// each service in it is known, and that a resource policy does not allow everyone.
    fn principals_and_resources(
        &mut self,
        statement: &Expression,
        entries: &[(String, Expression)],
        kind: PolicyKind,
    ) {
        let principal = field(entries, "Principal").or_else(|| field(entries, "NotPrincipal"));
        let resource = field(entries, "Resource").or_else(|| field(entries, "NotResource"));
        match (kind, principal, resource) {
            (PolicyKind::Role, Some(found), _) => {
                self.error(&found.place, "remove Principal: a role's policy applies to the role");
            }
            (PolicyKind::Trust, _, Some(found)) => {
                self.error(&found.place, "remove Resource: a trust policy applies to the role");
            }
            (PolicyKind::Trust | PolicyKind::Resource | PolicyKind::Configured, None, _) => {
                self.error(&statement.place, "a statement of this policy must have a Principal");
            }
            (PolicyKind::Role | PolicyKind::Resource | PolicyKind::Configured, _, None) => {
                self.error(&statement.place, "a statement of this policy must have a Resource");
            }
            _ => {}
        }
        if principal.and_then(text).is_some_and(|principal| principal != "*") {
            self.error(
                &statement.place,
                "a Principal must be \"*\" or an object such as {Service: …}",
            );
        }
        if let Some(Kind::Object(principals)) = principal.map(|it| &it.kind) {
            for service in elements(field(principals, "Service")) {
                if let Some(fault) = text(service).and_then(|it| syntax::service(it).err()) {
                    self.error(&service.place, fault);
                }
            }
        }
        if kind == PolicyKind::Resource
            && field(entries, "Effect").and_then(text) == Some("Allow")
            && principal.and_then(text) == Some("*")
        {
            self.error(&statement.place, "allows everyone: name the principals");
        }
    }

    /// Refuses `action`, which has a wildcard, if the statement's effect is `Allow`. In any other
    /// statement, `action` must match a known action.
    fn wildcard(&mut self, place: &crate::Place, action: &str, effect: Option<&str>) {
        if effect == Some("Allow") {
            self.error(place, format!("allows {action}: name each action"));
        } else if !ACTIONS.iter().any(|(name, _)| matches(action, name)) {
            self.error(place, format!("{action} matches no known action"));
        }
    }

    /// Requires that the action applies to the kind of each of the statement's resources. `*` is
    /// allowed only for an action that takes no other resource.
    fn resources(&mut self, action: &str, resources: &[Expression]) {
        let Some(kinds) = actions::resources_of(action) else { return };
        for resource in resources {
            let everything = text(resource) == Some("*");
            let nothing = kinds == [actions::Kind::Nothing];
            if everything && !nothing {
                self.error(
                    &resource.place,
                    format!("allows {action} on \"*\": name the resources"),
                );
            }
            let Some(kind) = self.kind(resource).filter(|kind| !kinds.contains(kind)) else {
                continue;
            };
            let expected: Vec<_> = kinds.iter().map(ToString::to_string).collect();
            let message = format!("{action} applies to {}, not to {kind}", expected.join(" or "));
            self.error(&resource.place, message);
        }
    }

    /// The kind of the AWS resource whose ARN is `resource`; `None` if `resource` does not show the
    /// kind, as with `*`.
    fn kind(&self, resource: &Expression) -> Option<actions::Kind> {
        match output_and_rest(resource) {
            Some((root, "arn", rest)) => {
                let resource = self.program.resource(root)?;
                return actions::of_output(&resource.type_token, &rest);
            }
            Some((_, "streamArn", _)) => return Some(actions::Kind::Stream),
            _ => {}
        }
        actions::of_arn(&pattern(resource)?)
    }

    fn known_elements(&mut self, entries: &[(String, Expression)], known: &[&str]) {
        for (key, value) in entries {
            if !known.contains(&key.as_str()) {
                let near = near(key, known.iter().copied());
                self.error(&value.place, format!("unknown policy element {key}{near}"));
            }
        }
    }

    /// If `expression` is a reference to a whole variable, returns the expression that defines the
    /// variable. Returns any other expression unchanged.
    pub(super) fn followed<'e>(&self, expression: &'e Expression) -> &'e Expression
    where
        'a: 'e,
    {
        match &expression.kind {
            Kind::Reference(reference) if reference.path.is_empty() => {
                self.program.variable(&reference.root).unwrap_or(expression)
            }
            _ => expression,
        }
    }
}

/// True if `resource` is `*`, or begins with `arn:`, with the placeholder for a bucket's ARN, or
/// with a reference to an ARN. A reference without an output counts as `*`.
fn is_arn(resource: &Expression) -> bool {
    let written =
        |text: String| text == "*" || text.starts_with("arn:") || text.starts_with(BUCKET_ARN);
    match output_and_rest(resource) {
        Some((_, output, _)) => matches!(output, "arn" | "executionArn" | "streamArn"),
        None => pattern(resource).is_some_and(written),
    }
}

/// The object inside `fn::toJSON`.
fn document(expression: &Expression) -> Option<&[(String, Expression)]> {
    let Kind::Call(call) = &expression.kind else { return None };
    match call.as_ref() {
        Call::ToJson(document) => match &document.kind {
            Kind::Object(entries) => Some(entries),
            _ => None,
        },
        _ => None,
    }
}

/// Returns a message if an action is not in the table of `actions`.
fn unknown(action: &str) -> Option<String> {
    if actions::resources_of(action).is_some() {
        return None;
    }
    if !action.contains(':') {
        return Some(format!("{action:?} is not an action: write service:Action"));
    }
    let near = near(action, ACTIONS.iter().map(|(name, _)| *name));
    Some(format!(
        "unknown action {action}{near}; if it exists, add it to tools/pulumi-program/src/check/policies/actions.rs"
    ))
}
