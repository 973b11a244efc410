//! A stack whose functions reach S3 and DynamoDB through a proxy that injects faults.

use std::collections::HashMap;

use aws_sdk_lambda::types::Environment;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

use crate::TestStack;
use crate::proxy::FaultProxy;
use local::executions::Execution;

/// The functions of the state machine.
pub const FUNCTIONS: [&str; 3] = ["head-object", "read-dimensions", "put-metadata"];

static SHARED: OnceCell<FaultyStack> = OnceCell::const_new();

/// A stack and the proxy in front of its services.
pub struct FaultyStack {
    /// The stack. Its bucket's events start nothing: a test starts each execution itself.
    pub stack: TestStack,
    /// What its functions take for S3 and DynamoDB.
    pub proxy: FaultProxy,
    reported: Mutex<HashMap<String, Value>>,
}

impl FaultyStack {
    /// The stack that tests with keys of their own share. It is on an emulator of its own, on
    /// which retries wait a tenth of the time.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::deploy).await
    }

    async fn deploy() -> Self {
        let stack = TestStack::impatient("faults").await;
        stack.silence_events().await;
        let proxy = FaultProxy::start(&stack.stack.outputs.endpoint).await;
        for function in FUNCTIONS {
            lead_through(&stack, function, &proxy.endpoint()).await;
        }
        Self { stack, proxy, reported: Mutex::default() }
    }

    /// The message about an execution in the failure queue.
    pub async fn reported(&self, execution: &Execution) -> Value {
        self.stack
            .until("a message in the failure queue", async || {
                // Whoever receives a message keeps it for all.
                let mut reported = self.reported.lock().await;
                if !reported.contains_key(&execution.arn) {
                    for failure in self.stack.receive_failures().await {
                        let arn = failure["execution"].as_str().unwrap_or_default().to_owned();
                        reported.insert(arn, failure);
                    }
                }
                reported.get(&execution.arn).cloned()
            })
            .await
    }
}

/// Leads a function of a stack to a proxy: sets the variables by which the SDK finds S3 and
/// DynamoDB.
pub async fn lead_through(stack: &TestStack, function: &str, endpoint: &str) {
    let lambda = &stack.stack.aws.lambda;
    let name = stack.function(function);
    let configuration = lambda.get_function_configuration().function_name(&name).send().await;
    let configuration = configuration.unwrap_or_else(|error| panic!("{error:?}"));
    let environment = configuration.environment.and_then(|it| it.variables).unwrap_or_default();
    let endpoints = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB"];
    let variables = endpoints.map(|variable| (variable.to_owned(), endpoint.to_owned()));
    let variables = environment.into_iter().chain(variables).collect();
    let environment = Environment::builder().set_variables(Some(variables)).build();
    let request = lambda.update_function_configuration().function_name(&name);
    let updated = request.environment(environment).send().await;
    updated.unwrap_or_else(|error| panic!("{error:?}"));
}
