//! A stack whose functions reach S3 and DynamoDB through a proxy that injects faults.

use std::collections::HashMap;

use aws_sdk_lambda::types::Environment;
use local::executions::Execution;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

use crate::TestStack;
use crate::proxy::FaultProxy;

/// The functions that `analyze-image` invokes.
pub const FUNCTIONS: [&str; 3] = ["head-object", "read-dimensions", "put-metadata"];

static SHARED: OnceCell<FaultyStack> = OnceCell::const_new();

/// A stack and the proxy in front of its services.
pub struct FaultyStack {
    /// The stack. Its bucket's events start no executions: a test starts each one itself.
    pub stack: TestStack,
    /// The proxy that the stack's functions use as S3 and DynamoDB.
    pub proxy: FaultProxy,
    /// Messages received from the failure queue, by the ARN of their execution.
    reported: Mutex<HashMap<String, Value>>,
}

impl FaultyStack {
    /// The stack that all fault tests share; each test uses keys of its own. It runs on a separate
    /// emulator, whose state machines wait a tenth of the time before a retry.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(|| Self::deploy("faults", "STANDARD")).await
    }

    /// Deploys a stack of its own, with executions of this type: `STANDARD` or `EXPRESS`.
    pub async fn deploy(name: &str, executions: &str) -> Self {
        let stack = TestStack::with_fast_retries_of_type(name, executions).await;
        stack.silence_events().await;
        let proxy = FaultProxy::start(&stack.stack.outputs.endpoint).await;
        for function in FUNCTIONS {
            route_through(&stack, function, &proxy.endpoint()).await;
        }
        Self { stack, proxy, reported: Mutex::default() }
    }

    /// Waits for the message about an execution in the failure queue.
    pub async fn reported(&self, execution: &Execution) -> Value {
        self.stack
            .until("a message in the failure queue", async || {
                // Tests run at the same time and receive each other's messages: keep them all.
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

/// Routes a function's calls to S3, DynamoDB and EventBridge through a proxy, with the environment variables
/// that override the SDK's endpoints.
pub async fn route_through(stack: &TestStack, function: &str, endpoint: &str) {
    let lambda = &stack.stack.aws.lambda;
    let name = stack.function(function);
    let configuration = lambda.get_function_configuration().function_name(&name).send().await;
    let configuration = configuration.unwrap_or_else(|error| panic!("{error:?}"));
    let environment = configuration.environment.and_then(|it| it.variables).unwrap_or_default();
    let endpoints =
        ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_EVENTBRIDGE"];
    let variables = endpoints.map(|variable| (variable.to_owned(), endpoint.to_owned()));
    let variables = environment.into_iter().chain(variables).collect();
    let environment = Environment::builder().set_variables(Some(variables)).build();
    let request = lambda.update_function_configuration().function_name(&name);
    let updated = request.environment(environment).send().await;
    updated.unwrap_or_else(|error| panic!("{error:?}"));
}
