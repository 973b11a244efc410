//! The stack's state machines.

use std::sync::Arc;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::StateMachineType;
use tokio::sync::OnceCell;

use super::error::Failure;
use crate::executions::Executions;

/// Name, without the stack's prefix, of the state machine that measures an image.
pub(super) const ANALYZE: &str = "analyze-image";

/// Name, without the stack's prefix, of the state machine that repairs the record of one key for a
/// reconciliation.
pub(super) const REPAIR: &str = "repair-image";

/// Name, without the stack's prefix, of the state machine that makes the catalog match the bucket.
pub(super) const RECONCILE: &str = "reconcile";

/// Names of the stack's state machines without the stack's prefix, in the order in which the page
/// shows them.
const NAMES: [&str; 3] = [ANALYZE, REPAIR, RECONCILE];

/// The stack's state machines.
#[derive(Debug)]
pub(super) struct Machines {
    client: Client,
    /// ARN of the state machine that measures an image.
    analyze: String,
    found: OnceCell<Vec<Machine>>,
}

/// One state machine.
#[derive(Debug)]
pub(super) struct Machine {
    /// The name without the stack's prefix, such as `analyze-image`.
    pub(super) name: &'static str,
    /// ARN of the state machine.
    pub(super) arn: String,
    /// True if this is an Express state machine, whose executions AWS does not keep.
    pub(super) is_express: bool,
    /// The state machine's executions.
    pub(super) executions: Arc<Executions>,
}

impl Machines {
    /// Creates a reader of a stack's state machines. Makes no call yet. `analyze` is the ARN of the
    /// state machine that measures an image.
    pub(super) fn new(client: Client, analyze: &str) -> Self {
        Self { client, analyze: analyze.to_owned(), found: OnceCell::new() }
    }

    /// Returns the stack's state machines. The first one is `analyze-image`.
    pub(super) async fn all(&self) -> Result<&[Machine], Failure> {
        Ok(self.found.get_or_try_init(|| self.find()).await?)
    }

    /// Returns the state machine called `name`. If there is none, returns `analyze-image`.
    pub(super) async fn named(&self, name: &str) -> Result<&Machine, Failure> {
        let all = self.all().await?;
        let found = all.iter().find(|machine| machine.name == name).or(all.first());
        found.ok_or_else(|| Failure::Request(format!("{} does not exist", self.analyze)))
    }

    /// Returns the state machine that an execution belongs to, by the execution's ARN. A child
    /// execution of a Distributed Map belongs to its parent's state machine.
    pub(super) async fn of_execution(&self, arn: &str) -> Result<&Machine, Failure> {
        let name = arn.split(':').nth(6).unwrap_or_default();
        let name = name.split('/').next().unwrap_or_default();
        let all = self.all().await?;
        let found = all.iter().find(|machine| machine.arn.rsplit(':').next() == Some(name));
        found.ok_or_else(Failure::no_execution)
    }

    async fn find(&self) -> Result<Vec<Machine>, Failure> {
        let name = self.analyze.rsplit(':').next().unwrap_or_default();
        let prefix = name.strip_suffix(ANALYZE).unwrap_or(name);
        let listed: Vec<_> = self
            .client
            .list_state_machines()
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| Failure::call("ListStateMachines")(&error))?;
        let machine = |name: &'static str| {
            let full_name = format!("{prefix}{name}");
            let listed = listed.iter().find(|listed| listed.name == full_name)?;
            let arn = listed.state_machine_arn.clone();
            let executions = Arc::new(Executions::new(self.client.clone(), &arn));
            Some(Machine {
                name,
                arn,
                is_express: listed.r#type == StateMachineType::Express,
                executions,
            })
        };
        let machines: Vec<_> = NAMES.into_iter().filter_map(machine).collect();
        Ok(machines)
    }
}
