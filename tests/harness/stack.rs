//! The stack under test.

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use crate::snapshot::Snapshot;
use local::build::{self, Profile};
use local::emulator::{Emulator, EmulatorOptions};
use local::executions::Execution;
use local::http::Answer;
use local::progress::Progress;
use local::stack::Stack;
use local::workspace::Workspace;

/// Longest time that anything here waits for: far beyond what a loaded machine takes, and only
/// to end a run that hangs.
const DEADLINE: Duration = Duration::from_mins(3);

/// How often the state of something is asked for.
const POLL: Duration = Duration::from_millis(100);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a Tokio runtime"));
static WORKSPACE: OnceCell<Workspace> = OnceCell::const_new();
static EMULATOR: OnceCell<Emulator> = OnceCell::const_new();
static IMPATIENT_EMULATOR: OnceCell<Emulator> = OnceCell::const_new();
static SHARED: OnceCell<TestStack> = OnceCell::const_new();

/// Runs a test on the runtime that all tests share.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

/// A deployed stack.
pub struct TestStack {
    /// Its clients, outputs and executions.
    pub stack: Stack,
    name: String,
}

/// Settings of an emulator on which retries wait a tenth of the time, and whose states can be
/// told to fail: an execution of `<state machine>#<test case>` meets the errors of a test case in
/// `mocked_errors.json`.
const IMPATIENT: &[(&str, &str)] = &[
    ("SFN_WAIT_SCALE", "0.1"),
    ("SFN_MOCK_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/harness/mocked_errors.json")),
];

impl TestStack {
    /// The stack that tests with keys of their own share.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(|| Self::deploy("test", &[])).await
    }

    /// A stack of its own, for a test that looks at the whole catalog or breaks something.
    pub async fn own(name: &str) -> Self {
        Self::deploy(name, &[]).await
    }

    /// A stack of its own with settings of its own, by their names in Pulumi.yaml; deployed again
    /// when there is one of this name.
    pub async fn configured(name: &str, settings: &[(&str, Value)]) -> Self {
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self::deploy(name, &settings).await
    }

    /// A stack of its own on the emulator on which retries wait a tenth of the time.
    pub async fn impatient(name: &str) -> Self {
        let emulator = IMPATIENT_EMULATOR.get_or_init(|| emulator(IMPATIENT)).await;
        Self::deploy_to(emulator, name, &[]).await
    }

    async fn deploy(name: &str, settings: &[(String, Value)]) -> Self {
        let emulator = EMULATOR.get_or_init(|| emulator(&[])).await;
        Self::deploy_to(emulator, name, settings).await
    }

    async fn deploy_to(emulator: &Emulator, name: &str, settings: &[(String, Value)]) -> Self {
        let (workspace, endpoint) = (workspace().await, emulator.endpoint());
        let stack = Stack::deploy(workspace, &endpoint, name, settings, &Progress::silent()).await;
        let stack = stack.unwrap_or_else(|error| panic!("{error}"));
        Self { stack, name: name.to_owned() }
    }

    /// The name of one of its functions.
    #[must_use]
    pub fn function(&self, function: &str) -> String {
        format!("pixgauge-{}-{function}", self.name)
    }

    /// Keeps the bucket's events from starting executions, for a test that starts them itself.
    pub async fn silence_events(&self) {
        let rule = format!("pixgauge-{}-object-events", self.name);
        let request = self.stack.aws.eventbridge.disable_rule().name(rule);
        request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
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
        self.execute_machine(&self.stack.outputs.state_machine_arn, input).await
    }

    /// As [`TestStack::execute`], while states fail as a test case says (see `IMPATIENT`).
    pub async fn execute_case(&self, case: &str, input: &Value) -> Execution {
        let machine = format!("{}#{case}", self.stack.outputs.state_machine_arn);
        self.execute_machine(&machine, input).await
    }

    async fn execute_machine(&self, machine: &str, input: &Value) -> Execution {
        let arn = self.start_machine(machine, input).await;
        self.finished(&arn).await
    }

    /// Starts an execution by hand and returns its ARN.
    pub async fn start(&self, input: &Value) -> String {
        self.start_machine(&self.stack.outputs.state_machine_arn, input).await
    }

    async fn start_machine(&self, machine: &str, input: &Value) -> String {
        let request = self.stack.aws.sfn.start_execution().state_machine_arn(machine);
        let started = request.input(input.to_string()).send().await;
        started.unwrap_or_else(|error| panic!("{error:?}")).execution_arn
    }

    /// Waits for the end of an execution.
    pub async fn finished(&self, arn: &str) -> Execution {
        self.until("the execution", async || {
            let described = self.stack.aws.sfn.describe_execution().execution_arn(arn).send().await;
            let described = described.unwrap_or_else(|error| panic!("{error:?}"));
            (described.status != ExecutionStatus::Running).then(|| Execution::from(described))
        })
        .await
    }

    /// An event about an object of this stack's bucket.
    #[must_use]
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
            messages.extend(self.receive_failures().await);
            (messages.len() >= number).then(|| messages.clone())
        })
        .await
    }

    /// Those messages of the failure queue that nobody has received yet, ten at most.
    pub async fn receive_failures(&self) -> Vec<Value> {
        let request = self.stack.aws.sqs.receive_message().max_number_of_messages(10);
        let answer = request.queue_url(&self.stack.outputs.failure_queue_url).send().await;
        let messages = answer.unwrap_or_else(|error| panic!("{error:?}")).messages;
        let bodies = messages.unwrap_or_default().into_iter().filter_map(|message| message.body);
        bodies.filter_map(|body| serde_json::from_str(&body).ok()).collect()
    }

    /// The table as it is now.
    pub async fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.stack.aws.dynamodb, &self.stack.outputs.table_name).await
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

/// The workspace, with its functions built.
async fn workspace() -> &'static Workspace {
    WORKSPACE
        .get_or_init(async || {
            let workspace = Workspace::find().unwrap_or_else(|error| panic!("{error}"));
            // One build for all tests, so with what only one of them deploys.
            let further = [local::load::PACKAGE.to_owned()];
            let built = build::build(&workspace, &further, profile(), &Progress::silent()).await;
            built.unwrap_or_else(|error| panic!("{error}"));
            workspace
        })
        .await
}

/// As quick to build as can be, unless the environment wants functions as they are released.
fn profile() -> Profile {
    if std::env::var_os("PIXGAUGE_RELEASE").is_some() { Profile::Release } else { Profile::Dev }
}

async fn emulator(environment: &'static [(&'static str, &'static str)]) -> Emulator {
    let options = EmulatorOptions { port: None, environment };
    let emulator = Emulator::start(workspace().await, options, &Progress::silent()).await;
    emulator.unwrap_or_else(|error| panic!("{error}"))
}
