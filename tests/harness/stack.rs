//! The stack under test.

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use local::build::{self, Profile};
use local::emulator::{Emulator, EmulatorOptions};
use local::executions::Execution;
use local::http::Answer;
use local::progress::Progress;
use local::stack::Stack;
use local::workspace::Workspace;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// Longest time that anything here waits for: far beyond what a loaded machine takes, and only
/// to end a run that hangs.
const DEADLINE: Duration = Duration::from_mins(3);

/// How often the state of something is asked for.
const POLL: Duration = Duration::from_millis(100);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a Tokio runtime"));
static EMULATOR: OnceCell<(Workspace, Emulator)> = OnceCell::const_new();
static SHARED: OnceCell<TestStack> = OnceCell::const_new();

/// Runs a test on the runtime that all tests share.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

/// A deployed stack.
pub struct TestStack {
    /// Its clients, outputs and executions.
    pub stack: Stack,
}

impl TestStack {
    /// The stack that tests with keys of their own share.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(|| Self::deploy("test", &[])).await
    }

    /// A stack of its own, for a test that looks at the whole catalog or breaks something.
    pub async fn own(name: &str) -> Self {
        Self::deploy(name, &[]).await
    }

    /// A stack of its own with settings of its own, by their names in Pulumi.yaml.
    pub async fn configured(name: &str, settings: &[(String, Value)]) -> Self {
        Self::deploy(name, settings).await
    }

    async fn deploy(name: &str, settings: &[(String, Value)]) -> Self {
        let (workspace, emulator) = EMULATOR.get_or_init(emulator).await;
        let endpoint = emulator.endpoint();
        let stack = Stack::deploy(workspace, &endpoint, name, settings, &Progress::silent()).await;
        Self { stack: stack.unwrap_or_else(|error| panic!("{error}")) }
    }

    /// Uploads an object and returns its ETag.
    pub async fn upload(&self, key: &str, bytes: impl Into<Vec<u8>>, content_type: &str) -> String {
        let answer = self
            .stack
            .aws
            .s3
            .put_object()
            .bucket(&self.stack.outputs.bucket_name)
            .key(key)
            .content_type(content_type)
            .body(bytes.into().into())
            .send()
            .await
            .unwrap_or_else(|error| panic!("{error:?}"));
        answer.e_tag.unwrap_or_default().trim_matches('"').to_owned()
    }

    /// Deletes an object.
    pub async fn delete(&self, key: &str) {
        let request = self.stack.aws.s3.delete_object().bucket(&self.stack.outputs.bucket_name);
        request.key(key).send().await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// Waits until as many executions about this key as given have ended, and returns them, newest
    /// first.
    pub async fn ended(&self, key: &str, number: usize) -> Vec<Execution> {
        self.until(&format!("{number} executions of {key}"), async || {
            let executions = self.stack.executions.of_key(key).await;
            let executions = executions.unwrap_or_else(|error| panic!("{error}"));
            let ended = executions.iter().filter(|it| it.has_ended()).count();
            (ended >= number).then_some(executions)
        })
        .await
    }

    /// Waits until this many executions have ended, and returns all.
    pub async fn ended_all(&self, number: usize) -> Vec<Execution> {
        self.until(&format!("{number} executions"), async || {
            let executions = self.stack.executions.all().await;
            let executions = executions.unwrap_or_else(|error| panic!("{error}"));
            let ended = executions.iter().filter(|it| it.has_ended()).count();
            (ended >= number).then_some(executions)
        })
        .await
    }

    /// Uploads an object and waits for its execution: the newest one about this key.
    pub async fn measure(&self, key: &str, bytes: impl Into<Vec<u8>>, claimed: &str) -> Execution {
        let before = self.stack.executions.of_key(key).await.map(|it| it.len()).unwrap_or_default();
        self.upload(key, bytes, claimed).await;
        self.ended(key, before + 1).await.swap_remove(0)
    }

    /// Starts an execution by hand and waits for its end.
    pub async fn execute(&self, input: &Value) -> Execution {
        let started = self
            .stack
            .aws
            .sfn
            .start_execution()
            .state_machine_arn(&self.stack.outputs.state_machine_arn)
            .input(input.to_string())
            .send()
            .await
            .unwrap_or_else(|error| panic!("{error:?}"));
        self.until("the execution", async || {
            let request = self.stack.aws.sfn.describe_execution();
            let described = request.execution_arn(&started.execution_arn).send().await;
            let described = described.unwrap_or_else(|error| panic!("{error:?}"));
            (described.status != ExecutionStatus::Running).then(|| Execution::from(described))
        })
        .await
    }

    /// An event about an object of this stack's bucket.
    pub fn event(&self, detail_type: &str, key: &str, sequencer: Option<&str>) -> Value {
        let mut object = json!({"key": key});
        if let Some(sequencer) = sequencer {
            object["sequencer"] = sequencer.into();
        }
        json!({
            "version": "0", "source": "aws.s3", "detail-type": detail_type,
            "detail": {"bucket": {"name": self.stack.outputs.bucket_name}, "object": object},
        })
    }

    /// The API's metadata of an object: status and document.
    pub async fn metadata(&self, key: &str) -> (u16, Value) {
        let answer = self.stack.api().metadata(key).await.unwrap_or_else(|error| panic!("{error}"));
        (answer.status, answer.body)
    }

    /// The API's overview.
    pub async fn info(&self) -> Value {
        let answer = self.stack.api().info().await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// The API's answer to a request for the object itself; redirects are not followed.
    pub async fn file(&self, key: &str) -> Answer {
        self.stack.api().file(key).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The messages of the failure queue, as the state machine sent them.
    pub async fn failures(&self, number: usize) -> Vec<Value> {
        let mut messages = Vec::new();
        self.until("messages in the failure queue", async || {
            let request = self.stack.aws.sqs.receive_message().max_number_of_messages(10);
            let answer = request.queue_url(&self.stack.outputs.failure_queue_url).send().await;
            let answer = answer.unwrap_or_else(|error| panic!("{error:?}"));
            messages.extend(answer.messages.unwrap_or_default().into_iter().filter_map(|it| {
                it.body.and_then(|body| serde_json::from_str::<Value>(&body).ok())
            }));
            (messages.len() >= number).then(|| messages.clone())
        })
        .await
    }

    /// Asks again and again until there is an answer.
    pub async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let asking = async {
            loop {
                if let Some(answer) = ask().await {
                    return answer;
                }
                tokio::time::sleep(POLL).await;
            }
        };
        let answer = tokio::time::timeout(DEADLINE, asking).await;
        answer.unwrap_or_else(|_| panic!("waited for {what} in vain"))
    }
}

/// Builds the functions and starts the emulator.
async fn emulator() -> (Workspace, Emulator) {
    let workspace = Workspace::find().unwrap_or_else(|error| panic!("{error}"));
    let progress = Progress::silent();
    let built = build::build(&workspace, Profile::Dev, &progress).await;
    built.unwrap_or_else(|error| panic!("{error}"));
    let options = EmulatorOptions { port: None, enforce_iam: true };
    let emulator = Emulator::start(&workspace, options, &progress).await;
    (workspace, emulator.unwrap_or_else(|error| panic!("{error}")))
}
