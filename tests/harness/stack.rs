//! Stacks under test, and the emulators that they run on.

use std::collections::HashMap;
use std::fmt::Display;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use catalog::{Catalog, Shards};
use local::build::{self, Profile};
use local::emulator::{Emulator, EmulatorOptions};
use local::executions::Execution;
use local::http::Response;
use local::progress::Progress;
use local::stack::Stack;
use local::workspace::Workspace;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell};

use crate::linked;
use crate::snapshot::Snapshot;

/// Longest time to wait for anything. Even a loaded machine takes far less, so the limit only ends
/// runs that hang.
const DEADLINE: Duration = Duration::from_mins(3);

const POLL: Duration = Duration::from_millis(100);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a Tokio runtime"));
static WORKSPACE: OnceCell<Workspace> = OnceCell::const_new();
static LINKED: OnceCell<PathBuf> = OnceCell::const_new();
static EMULATOR: OnceCell<Emulator> = OnceCell::const_new();
static FAST_RETRY_EMULATOR: OnceCell<Emulator> = OnceCell::const_new();
static SHARED: OnceCell<TestStack> = OnceCell::const_new();

/// Runs a test on the runtime that all tests share.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

/// A deployed stack.
pub struct TestStack {
    /// The stack's AWS clients, outputs and executions.
    pub stack: Stack,
    /// The Pulumi stack's name, which is part of the names of the stack's resources.
    name: String,
    /// The emulator, if only this stack uses it. It stops when the stack is dropped.
    _emulator: Option<Emulator>,
    /// Messages received from the failure queue, each by the ARN of the execution that it reports.
    reported: Mutex<HashMap<String, Value>>,
}

/// The comparison with an execution's deadline in `statemachine/analyze-image.asl.json`, and the
/// comparison that replaces it on an emulator with shorter waits. Both are in milliseconds.
const SHORTER_DEADLINE: (&str, &str) = ("> 80000 ", "> 8000 ");

/// Environment variable that sets the key prefix of stacks whose tests work with any prefix.
const KEY_PREFIX: &str = "PIXGAUGE_KEY_PREFIX";

/// The setting `keyPrefix` for stacks whose tests work with any prefix: the value of
/// [`KEY_PREFIX`], or else a prefix of two folders that is not the default in Pulumi.yaml.
fn elsewhere() -> (String, Value) {
    let prefix = std::env::var(KEY_PREFIX).unwrap_or_else(|_| "photos/2026/".to_owned());
    ("keyPrefix".to_owned(), prefix.into())
}

/// Settings of an emulator whose state machines wait a tenth as long as on AWS before a retry. On
/// this emulator, tests can also make states fail: an execution of `<state machine>#<test case>`
/// gets the errors that `mocked_errors.json` lists for this test case of the state machine.
const FAST_RETRIES: &[(&str, &str)] = &[
    ("SFN_WAIT_SCALE", "0.1"),
    ("SFN_MOCK_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/harness/mocked_errors.json")),
];

impl TestStack {
    /// The stack that tests share if they only need object keys of their own. The stack's key
    /// prefix is not the default: see [`TestStack::elsewhere`]. The stack has the archives that
    /// `cargo local` builds. All other stacks have the archives that `linked::archives` writes.
    pub async fn shared() -> &'static Self {
        let deploy = async || {
            let emulator = EMULATOR.get_or_init(|| emulator(&[], false)).await;
            Self::deploy_archives(emulator, "test", &[elsewhere()]).await
        };
        SHARED.get_or_init(deploy).await
    }

    /// Deploys a separate stack, for a test that looks at the whole catalog or breaks something.
    pub async fn own(name: &str) -> Self {
        Self::deploy(name, &[]).await
    }

    /// Like [`TestStack::own`], for a stack whose key prefix is not the default. The test has to
    /// make its keys with [`TestStack::key`].
    pub async fn elsewhere(name: &str) -> Self {
        Self::deploy(name, &[elsewhere()]).await
    }

    /// Deploys a separate stack with these settings, by their names in Pulumi.yaml. Updates the
    /// stack `name` if it exists.
    pub async fn configured(name: &str, settings: &[(&str, Value)]) -> Self {
        Self::deploy(name, &named(settings)).await
    }

    /// Deploys a separate stack to the emulator with fast retries: state machines wait a tenth as
    /// long as on AWS before a retry. The stack's executions of `analyze-image` retry for 8 seconds
    /// instead of 80.
    pub async fn with_fast_retries(name: &str) -> Self {
        Self::with_fast_retries_configured(name, &[]).await
    }

    /// Like [`TestStack::with_fast_retries`], with these settings, by their names in Pulumi.yaml.
    pub async fn with_fast_retries_configured(name: &str, settings: &[(&str, Value)]) -> Self {
        let emulator = FAST_RETRY_EMULATOR.get_or_init(|| emulator(FAST_RETRIES, false)).await;
        let stack = Self::deploy_to(emulator, name, &named(settings)).await;
        stack.edit(&stack.stack.outputs.state_machine_arn, &[SHORTER_DEADLINE]).await;
        stack
    }

    /// Replaces texts in the definition of a state machine.
    pub async fn edit(&self, machine: &str, replacements: &[(&str, &str)]) {
        let sfn = &self.stack.aws.sfn;
        let described = sfn.describe_state_machine().state_machine_arn(machine).send().await;
        let mut definition = described.unwrap_or_else(|error| panic!("{error:?}")).definition;
        for (old, new) in replacements {
            assert!(definition.contains(old), "the definition has no {old}");
            definition = definition.replace(old, new);
        }
        let request = sfn.update_state_machine().state_machine_arn(machine).definition(definition);
        request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// Deploys a stack to a separate emulator without the fence, so attacks succeed. The fence
    /// admits only the user's requests.
    pub async fn unfenced(name: &str) -> Self {
        let emulator = emulator(&[], true).await;
        let stack = Self::deploy_to(&emulator, name, &[]).await;
        Self { _emulator: Some(emulator), ..stack }
    }

    async fn deploy(name: &str, settings: &[(String, Value)]) -> Self {
        let emulator = EMULATOR.get_or_init(|| emulator(&[], false)).await;
        Self::deploy_to(emulator, name, settings).await
    }

    /// Deploys a stack with the archives that `linked::archives` writes.
    async fn deploy_to(emulator: &Emulator, name: &str, settings: &[(String, Value)]) -> Self {
        let artifacts = linked().await.to_string_lossy();
        let artifacts = ("artifacts".to_owned(), artifacts.into());
        Self::deploy_archives(emulator, name, &[settings, &[artifacts]].concat()).await
    }

    async fn deploy_archives(
        emulator: &Emulator,
        name: &str,
        settings: &[(String, Value)],
    ) -> Self {
        let (workspace, aws) = (workspace().await, emulator.aws());
        // Few tests need result events. In all other tests, result events would only cost
        // invocations.
        let off = ("resultEvents".to_owned(), Value::Bool(false));
        let settings = [std::slice::from_ref(&off), settings].concat();
        let stack = Stack::deploy(workspace, aws, name, &settings, &Progress::silent()).await;
        let stack = stack.unwrap_or_else(|error| panic!("{error}"));
        Self { stack, name: name.to_owned(), _emulator: None, reported: Mutex::default() }
    }

    /// The key of an object of this stack: the stack's key prefix, followed by `name`.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        self.stack.outputs.key_prefix.key(name)
    }

    /// The full name of a function. Most other resources, such as roles and queues, are named in
    /// the same way.
    #[must_use]
    pub fn function(&self, function: &str) -> String {
        format!("pixgauge-{}-{function}", self.name)
    }

    /// The name of the bucket for records whose result events were not published.
    ///
    /// # Panics
    /// If the stack does not have the output `setAsideBucketName`.
    #[must_use]
    pub fn set_aside_bucket(&self) -> String {
        let name = self.stack.outputs.further.get("setAsideBucketName").and_then(Value::as_str);
        name.expect("the output setAsideBucketName").to_owned()
    }

    /// Stops the bucket's events from starting executions, for a test that starts executions
    /// itself.
    pub async fn silence_events(&self) {
        let rule = format!("pixgauge-{}-object-events", self.name);
        let request = self.stack.aws.eventbridge.disable_rule().name(rule);
        request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// A request that uploads an object. The caller may set headers before it sends the request.
    pub fn put_object(&self, key: &str, bytes: impl Into<Vec<u8>>) -> PutObjectFluentBuilder {
        let request = self.stack.aws.s3.put_object().bucket(&self.stack.outputs.bucket_name);
        request.key(key).body(bytes.into().into())
    }

    /// Uploads an object and returns its ETag.
    pub async fn upload(&self, key: &str, bytes: impl Into<Vec<u8>>, content_type: &str) -> String {
        let request = self.put_object(key, bytes).content_type(content_type);
        let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
        response.e_tag.unwrap_or_default().trim_matches('"').to_owned()
    }

    /// Deletes an object.
    pub async fn delete(&self, key: &str) {
        let request = self.stack.aws.s3.delete_object().bucket(&self.stack.outputs.bucket_name);
        request.key(key).send().await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// Waits until at least `number` executions for this key have ended, and returns all executions
    /// for the key, newest first.
    pub async fn ended(&self, key: &str, number: usize) -> Vec<Execution> {
        self.until(&format!("{number} executions of {key}"), async || {
            if_ended(number, self.stack.executions.of_key(key).await)
        })
        .await
    }

    /// Waits until at least `number` executions of the stack have ended, and returns all of the
    /// stack's executions.
    pub async fn ended_all(&self, number: usize) -> Vec<Execution> {
        self.until(&format!("{number} executions"), async || {
            if_ended(number, self.stack.executions.all().await)
        })
        .await
    }

    /// Uploads an object with the content type `claimed`, waits until its execution has ended, and
    /// returns the execution.
    pub async fn measure(&self, key: &str, bytes: impl Into<Vec<u8>>, claimed: &str) -> Execution {
        let before = self.stack.executions.of_key(key).await.map(|it| it.len()).unwrap_or_default();
        self.upload(key, bytes, claimed).await;
        self.ended(key, before + 1).await.swap_remove(0)
    }

    /// Starts an execution with this input, and waits until the execution has ended.
    pub async fn execute(&self, input: &Value) -> Execution {
        let arn = self.start(input).await;
        self.finished(&arn).await
    }

    /// Like [`TestStack::execute`], with the errors that `mocked_errors.json` lists for the test
    /// case `case`.
    pub async fn execute_case(&self, case: &str, input: &Value) -> Execution {
        let machine = format!("{}#{case}", self.stack.outputs.state_machine_arn);
        let arn = self.start_machine(&machine, input).await;
        self.finished(&arn).await
    }

    /// Starts an execution with this input, and returns the execution's ARN.
    pub async fn start(&self, input: &Value) -> String {
        self.start_machine(&self.stack.outputs.state_machine_arn, input).await
    }

    async fn start_machine(&self, machine: &str, input: &Value) -> String {
        let request = self.stack.aws.sfn.start_execution().state_machine_arn(machine);
        let started = request.input(input.to_string()).send().await;
        started.unwrap_or_else(|error| panic!("{error:?}")).execution_arn
    }

    /// Waits until an execution has ended, and returns it.
    pub async fn finished(&self, arn: &str) -> Execution {
        self.until("the execution", async || {
            let described = self.stack.aws.sfn.describe_execution().execution_arn(arn).send().await;
            let described = described.unwrap_or_else(|error| panic!("{error:?}"));
            (described.status != ExecutionStatus::Running).then(|| Execution::from(described))
        })
        .await
    }

    /// All events of an execution, with inputs and outputs.
    pub async fn history(&self, execution: &str) -> Vec<HistoryEvent> {
        let request = self.stack.aws.sfn.get_execution_history().execution_arn(execution);
        let pages = request.include_execution_data(true).into_paginator().items().send();
        let events = pages.collect::<Result<_, _>>().await;
        events.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// An S3 event for an object in this stack's bucket.
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

    /// The API's response to a request for an image's metadata: status and JSON document.
    pub async fn metadata(&self, key: &str) -> (u16, Value) {
        let response =
            self.stack.api().metadata(key).await.unwrap_or_else(|error| panic!("{error}"));
        (response.status, response.body)
    }

    /// The document of `GET /images/info`.
    pub async fn info(&self) -> Value {
        let response = self.stack.api().info().await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(response.status, 200, "{}", response.body);
        response.body
    }

    /// The API's response to a request for an image's file. Redirects are not followed.
    pub async fn file(&self, key: &str) -> Response {
        self.stack.api().file(key).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Receives messages from the failure queue, until at least `number` have arrived.
    pub async fn failures(&self, number: usize) -> Vec<Value> {
        let mut messages = Vec::new();
        self.until("messages in the failure queue", async || {
            messages.extend(self.receive_failures().await);
            (messages.len() >= number).then(|| messages.clone())
        })
        .await
    }

    /// Waits until the failure queue delivers the message about an execution. Returns the message.
    pub async fn reported(&self, execution: &Execution) -> Value {
        self.until("a message in the failure queue", async || {
            // Tests run at the same time, so this call may receive messages that other tests wait
            // for. All received messages are kept.
            let mut reported = self.reported.lock().await;
            if !reported.contains_key(&execution.arn) {
                for failure in self.receive_failures().await {
                    let arn = failure["execution"].as_str().unwrap_or_default().to_owned();
                    reported.insert(arn, failure);
                }
            }
            reported.get(&execution.arn).cloned()
        })
        .await
    }

    /// Receives up to ten visible messages from the failure queue.
    pub async fn receive_failures(&self) -> Vec<Value> {
        let request = self.stack.aws.sqs.receive_message().max_number_of_messages(10);
        let response = request.queue_url(&self.stack.outputs.failure_queue_url).send().await;
        let messages = response.unwrap_or_else(|error| panic!("{error:?}")).messages;
        let bodies = messages.unwrap_or_default().into_iter().filter_map(|message| message.body);
        bodies.filter_map(|body| serde_json::from_str(&body).ok()).collect()
    }

    /// The catalog in the stack's table, for a stack with the default number of shards.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        let client = self.stack.aws.dynamodb.config().to_builder();
        let shards = Shards::new(8).expect("a valid number of shards");
        Catalog::new(client, &self.stack.outputs.table_name, shards)
    }

    /// Adds `by` to the total `count` of a shard. The total is then wrong, as if a program had
    /// written to the table without the catalog.
    pub async fn spoil_totals(&self, shard: u32, count: &str, by: i64) {
        let update = self.stack.aws.dynamodb.update_item();
        let update = update.table_name(&self.stack.outputs.table_name);
        let update = update
            .key("s3objectkey", AttributeValue::S(format!("#totals/{shard}")))
            .update_expression("ADD #count :by")
            .expression_attribute_names("#count", count)
            .expression_attribute_values(":by", AttributeValue::N(by.to_string()));
        update.send().await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// Takes a snapshot of the table.
    pub async fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.stack.aws.dynamodb, &self.stack.outputs.table_name).await
    }

    /// Polls until there is a result. `what` names the result in the panic after the deadline.
    pub async fn until<T>(&self, what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> T {
        let polling = async {
            loop {
                if let Some(result) = poll().await {
                    return result;
                }
                tokio::time::sleep(POLL).await;
            }
        };
        let result = tokio::time::timeout(DEADLINE, polling).await;
        result.unwrap_or_else(|_| panic!("timed out waiting for {what}"))
    }
}

/// The executions, if at least `number` of them have ended.
fn if_ended<E: Display>(
    number: usize,
    executions: Result<Vec<Execution>, E>,
) -> Option<Vec<Execution>> {
    let executions = executions.unwrap_or_else(|error| panic!("{error}"));
    let ended = executions.iter().filter(|execution| execution.has_ended()).count();
    (ended >= number).then_some(executions)
}

fn named(settings: &[(&str, Value)]) -> Vec<(String, Value)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// The workspace, after a build of its functions.
async fn workspace() -> &'static Workspace {
    WORKSPACE
        .get_or_init(async || {
            let workspace = Workspace::find().unwrap_or_else(|error| panic!("{error}"));
            // Only one test deploys this package, but all tests share one build.
            let further = [local::load::PACKAGE.to_owned()];
            let built = build::build(&workspace, &further, profile(), &Progress::silent()).await;
            built.unwrap_or_else(|error| panic!("{error}"));
            workspace
        })
        .await
}

/// Writes the archives with `linked::archives`, once per process, and returns their folder.
async fn linked() -> &'static Path {
    LINKED
        .get_or_init(async || {
            let (workspace, profile) = (workspace().await, profile());
            let directory = if profile == Profile::Release { "release" } else { "debug" };
            let binaries = workspace.root().join("target").join(directory);
            linked::archives(workspace, &binaries).unwrap_or_else(|error| panic!("{error}"))
        })
        .await
}

/// The profile that builds fastest, unless `PIXGAUGE_RELEASE` asks for the release profile.
fn profile() -> Profile {
    if std::env::var_os("PIXGAUGE_RELEASE").is_some() { Profile::Release } else { Profile::Dev }
}

async fn emulator(
    environment: &'static [(&'static str, &'static str)],
    unfenced: bool,
) -> Emulator {
    let options = EmulatorOptions { environment, unfenced, ..EmulatorOptions::default() };
    let emulator = Emulator::start(workspace().await, options, &Progress::silent()).await;
    emulator.unwrap_or_else(|error| panic!("{error}"))
}
