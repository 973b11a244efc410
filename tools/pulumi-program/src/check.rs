//! Checks of a program against the AWS provider's schema and AWS's own rules.
//!
//! A program that [`Program::load`](crate::Program::load) accepts is well-formed; these checks find
//! what AWS would refuse or ignore, and what breaks the project's own rules. Each subject has a
//! file:
//!
//! Single values:
//!
//! - `references`: every `${…}` points at something.
//! - `interpolations`: no text makes Pulumi crash.
//! - `types`: properties are known and have the right type.
//! - `arguments`: arguments of `fn::` functions have the right type.
//! - `selections`: the program accepts the stack's configuration values.
//! - `limits`: each value is in the range or the list that AWS allows, or has the right `syntax`.
//! - `files`: files exist.
//! - `settings`: the provider's settings are known, and all configuration is used.
//! - `endpoints`: a stack for an emulator has an endpoint for every service.
//! - `partition`: no ARN names its partition.
//!
//! Documents inside strings:
//!
//! - `policies`: IAM policies.
//! - `events`: event patterns.
//! - `access_logs`: the format of the API's access log.
//! - `definitions`: state machines.
//!
//! Resources that belong together:
//!
//! - `roles`: trust and permissions of functions, state machines, rules and schedules.
//! - `functions`: roles, log groups and archives of functions.
//! - `api`: routes, integrations and permissions of the API.
//! - `alarms`: metrics and notifications of alarms.
//! - `connections`: log destinations, dead-letter queues, bucket events, and the order of a
//!   bucket's settings.
//! - `bucket_first`: every resource waits for the bucket that holds the images.
//! - `outliers`: no resource lacks a property that every other resource of its type has.
//! - `protection`: a stack that protects its table also protects its bucket.
//!
//! The other files use two modules: `known` computes values that are known before anything is
//! created, and `read` takes apart expressions whose values are not known yet.

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
mod interpolations;
mod known;
mod limits;
mod outliers;
mod partition;
mod policies;
mod protection;
mod read;
mod references;
mod roles;
mod selections;
mod settings;
mod syntax;
mod types;

use crate::schema::{REGENERATE, Schema};
use crate::suggestion::near;
use crate::{EvaluationError, Finding, Place, Program, Stack, graph};

/// Inputs of the checks, and the findings so far.
struct Checker<'a> {
    program: &'a Program,
    stack: &'a Stack,
    schema: &'a Schema,
    findings: Vec<Finding>,
}

/// Checks `program` as deployed with the configuration of `stack`. Returns all findings, sorted by
/// file and line; a sound program has none.
#[must_use]
pub fn check(program: &Program, stack: &Stack, schema: &Schema) -> Vec<Finding> {
    let mut checker = Checker { program, stack, schema, findings: Vec::new() };
    checker.order();
    checker.resource_types();
    checker.references();
    checker.interpolations();
    checker.properties();
    checker.arguments();
    checker.selections();
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

    /// Reports cycles. `Checker::references` reports references that point at nothing.
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
