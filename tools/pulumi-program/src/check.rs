//! Checks of a whole program against the provider's schema, without a provider.
//!
//! What [`Program::load`](crate::Program::load) lets through is well formed; here it is compared
//! with what AWS takes. One file per question:
//!
//! - each value by itself: `references` (does every `${…}` point at something), `types` (is every
//!   property known, and of its type), `arguments` (the same of functions), `limits` (is every value
//!   one that the service takes, by the texts of `syntax`), `files`, `settings`, `endpoints` and `partition`;
//! - documents inside strings: `policies`, `events` (event patterns), `access_logs`,
//!   `definitions` (state machines);
//! - what belongs together: `roles` (who acts in which role), `functions` (roles, log groups and
//!   archives of functions), `api` (routes, integrations, permissions), `alarms`, `connections` (logs,
//!   events, the order of a bucket's settings), `bucket_first`, `outliers` (what one of many lacks),
//!   `protection`.
//!
//! `known` says what an expression is where that is known before anything is created, and `read`
//! looks into those where it is not.

mod access_logs;
mod alarms;
mod api;
mod arguments;
mod bucket_first;
mod connections;
mod definitions;
mod endpoints;
mod events;
mod files;
mod functions;
mod known;
mod limits;
mod outliers;
mod partition;
mod policies;
mod protection;
mod read;
mod references;
mod roles;
mod settings;
mod syntax;
mod types;

use crate::schema::{REGENERATE, Schema};
use crate::suggestion::near;
use crate::{EvaluationError, Finding, Place, Program, Stack, graph};

/// What the checks look at, and what they found.
struct Checker<'a> {
    program: &'a Program,
    stack: &'a Stack,
    schema: &'a Schema,
    findings: Vec<Finding>,
}

/// Everything that is wrong with `program` when deployed as `stack`, in the order of the files;
/// nothing when it is sound.
#[must_use]
pub fn check(program: &Program, stack: &Stack, schema: &Schema) -> Vec<Finding> {
    let mut checker = Checker { program, stack, schema, findings: Vec::new() };
    checker.order();
    checker.resource_types();
    checker.references();
    checker.properties();
    checker.arguments();
    checker.limits();
    checker.files();
    checker.policies();
    checker.events();
    checker.access_logs();
    checker.definitions();
    checker.roles();
    checker.functions();
    checker.api();
    checker.connections();
    checker.bucket_first();
    checker.partition();
    checker.alarms();
    checker.outliers();
    checker.protection();
    checker.settings();
    checker.endpoints();
    checker.findings.sort();
    checker.findings.dedup();
    checker.findings
}

impl Checker<'_> {
    fn error(&mut self, place: &Place, message: impl Into<String>) {
        self.findings.push(Finding::error(place.clone(), message));
    }

    fn warning(&mut self, place: &Place, message: impl Into<String>) {
        self.findings.push(Finding::warning(place.clone(), message));
    }

    /// Whether the resources can be put in an order. References to nothing are found elsewhere.
    fn order(&mut self) {
        if let Err(EvaluationError::Cycle { place, path }) = graph::order(self.program) {
            self.error(&place, format!("depends on itself: {}", path.join(" -> ")));
        }
    }

    fn resource_types(&mut self) {
        for resource in &self.program.resources {
            let token = &resource.type_token;
            if !token.is_empty() && !self.schema.resources.contains_key(token) {
                let near = near(token, self.schema.resources.keys().map(String::as_str));
                let message = format!("unknown resource type {token}{near}; {REGENERATE}");
                self.error(&resource.type_place, message);
            }
        }
    }
}
