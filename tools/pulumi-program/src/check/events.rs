//! Checks that every event pattern can match an event.
//!
//! A pattern with an unknown field is valid, but matches nothing. How patterns match:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>

use super::connections::pattern;
use super::read::{elements, field, text};
use super::{Checker, near};
use crate::document::Resource;
use crate::expression::{Expression, Kind};

/// Fields of every event.
const ENVELOPE: [&str; 9] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"];

/// Comparison operators of event patterns, from
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>.
const OPERATORS: [&str; 8] = [
    "prefix",
    "suffix",
    "anything-but",
    "numeric",
    "exists",
    "equals-ignore-case",
    "wildcard",
    "cidr",
];

/// The key of a list of alternative patterns, of which one must match
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or>).
const OR: &str = "$or";

/// Events of one service: the value of `source`, the detail types, and the paths in `detail`.
struct Source {
    name: &'static str,
    types: &'static [&'static str],
    detail: &'static [&'static str],
}

const SOURCES: [Source; 2] = [
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    Source {
        name: "aws.s3",
        types: &[
            "Object Created",
            "Object Deleted",
            "Object Restore Initiated",
            "Object Restore Completed",
            "Object Restore Expired",
            "Object Storage Class Changed",
            "Object Access Tier Changed",
            "Object ACL Updated",
            "Object Tags Added",
            "Object Tags Deleted",
        ],
        detail: &[
            "version",
            "bucket.name",
            "object.key",
            "object.size",
            "object.etag",
            "object.version-id",
            "object.sequencer",
            "request-id",
            "requester",
            "source-ip-address",
            "reason",
            "deletion-type",
        ],
    },
    // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    Source {
        name: "aws.states",
        types: &["Step Functions Execution Status Change"],
        detail: &["executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate"],
    },
];

impl Checker<'_> {
    pub(super) fn events(&mut self) {
        let program = self.program;
        for rule in
            program.resources.iter().filter(|it| it.type_token == "aws:cloudwatch:EventRule")
        {
            if let Some(entries) = pattern(rule) {
                self.pattern(rule, entries);
            }
        }
    }

    fn pattern(&mut self, rule: &Resource, entries: &[(String, Expression)]) {
        for (key, value) in entries.iter().filter(|(key, _)| !ENVELOPE.contains(&key.as_str())) {
            let near = near(key, ENVELOPE.into_iter());
            self.error(&value.place, format!("events have no field {key}{near}"));
        }
        let names = elements(field(entries, "source"));
        let known: Vec<_> = SOURCES
            .iter()
            .filter(|source| names.iter().any(|name| text(name) == Some(source.name)))
            .collect();
        if names.is_empty() {
            let place = rule.properties_place.key("eventPattern");
            self.error(
                &place,
                "source is missing: anyone in the account could send a matching event",
            );
        }
        for name in names.iter().filter(|name| text(name).is_some_and(|it| it.starts_with("aws.")))
        {
            self.one_of(name, "source", SOURCES.iter().map(|source| source.name));
        }
        for kind in elements(field(entries, "detail-type")) {
            if !known.is_empty() {
                self.one_of(kind, "detail-type", known.iter().flat_map(|it| it.types).copied());
            }
        }
        let details: Vec<_> = known.iter().flat_map(|it| it.detail).copied().collect();
        for (key, value) in entries {
            let details = if key == "detail" { details.as_slice() } else { &[] };
            self.leaves(value, "", details);
        }
    }

    fn one_of<'s>(
        &mut self,
        found: &Expression,
        what: &str,
        known: impl Iterator<Item = &'s str> + Clone,
    ) {
        let Some(text) = text(found) else { return };
        if !known.clone().any(|one| one == text) {
            let near = near(text, known);
            let message = format!(
                "unknown {what} {text:?}{near}; if it exists, add it to tools/pulumi-program/src/check/events.rs"
            );
            self.error(&found.place, message);
        }
    }

    /// Requires that every leaf of a pattern is a list of values or operators. `details` contains
    /// the fields that the event's `detail` can have. If `details` is empty, the names of fields
    /// are not checked.
    fn leaves(&mut self, value: &Expression, path: &str, details: &[&str]) {
        match &value.kind {
            Kind::Object(entries) => {
                for (key, inner) in entries {
                    if key == OR {
                        self.alternatives(inner, path, details);
                        continue;
                    }
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.leaves(inner, &path, details);
                }
            }
            Kind::List(items) => {
                if !path.is_empty() && !details.is_empty() && !details.contains(&path) {
                    let near = near(path, details.iter().copied());
                    self.error(&value.place, format!("the event has no field detail.{path}{near}"));
                }
                for item in items {
                    self.operators(item);
                }
            }
            _ => self.error(&value.place, "must be a list of the values to match"),
        }
    }

    /// Requires at least two alternatives, each of them a pattern. If the list is shorter, AWS
    /// reads `$or` as the name of a field, and no event has that field.
    fn alternatives(&mut self, value: &Expression, path: &str, details: &[&str]) {
        let Kind::List(patterns) = &value.kind else {
            return self.error(&value.place, "must be a list of patterns");
        };
        if patterns.len() < 2 {
            self.error(&value.place, "must be at least two patterns, of which one matches");
        }
        for pattern in patterns {
            match &pattern.kind {
                Kind::Object(_) => self.leaves(pattern, path, details),
                _ => self.error(&pattern.place, "must be a pattern: an object"),
            }
        }
    }

    fn operators(&mut self, item: &Expression) {
        let Kind::Object(entries) = &item.kind else { return };
        for (key, value) in entries.iter().filter(|(key, _)| !OPERATORS.contains(&key.as_str())) {
            let near = near(key, OPERATORS.into_iter());
            self.error(&value.place, format!("unknown operator {key}{near}"));
        }
    }
}
