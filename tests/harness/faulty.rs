//! A stack whose image analysis reaches S3 and DynamoDB through a proxy that injects faults.

use tokio::sync::OnceCell;

use crate::TestStack;
use crate::proxy::FaultProxy;

/// The functions that the state machine `analyze-image` invokes.
pub const FUNCTIONS: [&str; 3] = ["head-object", "read-dimensions", "put-metadata"];

static SHARED: OnceCell<FaultyStack> = OnceCell::const_new();
static EXPRESS: OnceCell<FaultyStack> = OnceCell::const_new();

/// A stack, and the proxy between its [`FUNCTIONS`] and the services that they call.
pub struct FaultyStack {
    /// The stack. Events of its bucket start no executions: tests start executions themselves.
    pub stack: TestStack,
    /// The proxy through which the stack's [`FUNCTIONS`] reach S3 and DynamoDB.
    pub proxy: FaultProxy,
}

impl FaultyStack {
    /// The stack that tests share to inject faults or to start executions themselves. Each test
    /// uses keys of its own. The stack's state machines wait a tenth as long as on AWS before a
    /// retry.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(|| Self::deploy("faults", "STANDARD")).await
    }

    /// Like [`FaultyStack::shared`], for a stack whose executions are of type EXPRESS.
    pub async fn express() -> &'static Self {
        EXPRESS.get_or_init(|| Self::deploy("express-faults", "EXPRESS")).await
    }

    /// Deploys a stack with a proxy. `executions` is `STANDARD` or `EXPRESS`, the executions' type.
    async fn deploy(name: &str, executions: &str) -> Self {
        let stack = TestStack::with_fast_retries_configured(
            name,
            &[("stateMachineType", executions.into())],
        )
        .await;
        stack.silence_events().await;
        let proxy = proxy_for(&stack, FUNCTIONS).await;
        Self { stack, proxy }
    }
}

/// Starts a proxy to the stack's emulator, and routes the AWS calls of `functions` through it.
pub async fn proxy_for(stack: &TestStack, functions: impl IntoIterator<Item = &str>) -> FaultProxy {
    let proxy = FaultProxy::start(&stack.stack.outputs.endpoint).await;
    for function in functions {
        route_through(stack, function, &proxy.endpoint()).await;
    }
    proxy
}

/// Routes a function's calls to S3, DynamoDB and EventBridge through the proxy at `endpoint`, by
/// setting the environment variables that override the SDK's endpoints.
pub async fn route_through(stack: &TestStack, function: &str, endpoint: &str) {
    let endpoints =
        ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_EVENTBRIDGE"];
    stack.set_variables(function, &endpoints.map(|variable| (variable, endpoint))).await;
}
