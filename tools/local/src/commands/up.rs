//! `cargo local up`: a stack that runs until it is stopped.
//!
//! `cargo local demo --keep` uses parts of this module. The submodule `detach` starts the stack in
//! the background, and `source` updates the stack when the project's files change.

mod detach;
mod source;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::executions::line;
use super::ready::{Stop, empty, ready};
use super::{CommandError, ExitStatus, page, print, print_json};
use crate::build::Profile;
use crate::emulator::{Emulator, KeptData, Left, Port, USUAL_PORT};
use crate::executions::Tail;
use crate::progress::{Progress, Step};
use crate::result_events::keep;
use crate::stack::state::{Claim, State, StateFile};
use crate::stack::{ENDPOINT_VARIABLE, Options, Stack, StackError};
use crate::terminal::{bars, format};
use crate::workspace::Workspace;

/// Interval between checks on the emulator, and between queries for ended executions.
const POLL: Duration = Duration::from_millis(500);

/// Build and deploy the stack on a new emulator and run it until Ctrl-C.
///
/// Prints a line for each execution that ends. While the stack runs, other terminals can use it
/// with the other commands. The emulator has port 4566 if that is free, so that the API's address
/// is the same in every run.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local up\n  cargo local up --watch\n  cargo local up --keep --detach\n  cargo local up --config stateMachineType=EXPRESS --config logLevel=DEBUG\n  cargo local up --empty"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(super) struct Up {
    /// Port of the emulator on 127.0.0.1; 0 chooses a free port [default: 4566 if it is free,
    /// otherwise a free port].
    #[arg(long)]
    port: Option<u16>,
    /// A setting of Pulumi.yaml for this run. Can be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    config: Vec<(String, Value)>,
    /// Run the stack in the background: return as soon as it is ready. `cargo local down` stops it.
    #[arg(long)]
    detach: bool,
    /// Keep objects, records and executions for the next `up --keep`. `cargo local reset` deletes
    /// them.
    #[arg(long, conflicts_with = "empty")]
    keep: bool,
    /// Start the emulator without a deployment, on port 4566 unless `--port` is given, for the
    /// Pulumi CLI.
    #[arg(long, conflicts_with_all = ["config", "watch"])]
    empty: bool,
    /// Rebuild the functions when their code changes, and replace those that differ. Deploy again
    /// when pulumi/ or statemachine/ changes. Objects and records stay.
    #[arg(long)]
    watch: bool,
    /// Build the functions with optimizations, as for AWS; takes minutes instead of seconds.
    #[arg(long)]
    release: bool,
    /// Print the stack's outputs, and then each execution that ends, as JSON.
    #[arg(long)]
    json: bool,
    /// Open the stack's page in the browser.
    #[arg(long, conflicts_with_all = ["empty", "json"])]
    open: bool,
}

/// Parses a setting: `NAME=VALUE`. A value that is a JSON boolean, number or array is read as JSON;
/// any other value is text.
fn setting(text: &str) -> Result<(String, Value), String> {
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err("must be NAME=VALUE, such as stateMachineType=EXPRESS".to_owned());
    };
    let parsed = serde_json::from_str(value).ok();
    let parsed = parsed.filter(|it: &Value| it.is_boolean() || it.is_number() || it.is_array());
    Ok((name.to_owned(), parsed.unwrap_or_else(|| value.into())))
}

impl Up {
    pub(super) async fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let options = self.options(workspace)?;
        if self.detach {
            return detach::start(workspace, self.json).await;
        }
        let mut claim = claim(workspace, &options)?;
        let progress = bars::bars();
        if let Some(data) = &options.emulator.keep {
            say_what_is_left(data, &progress).await;
        }
        if self.empty {
            return self.run_empty(workspace, &options, &mut claim, &progress).await;
        }
        // The files' times are read before the build, so that a change during the build is noticed.
        let files = if self.watch { Some(source::look(workspace).await?) } else { None };
        let mut stack = Stack::start(workspace, &options, &progress).await?;
        let page = page::serve(workspace, &stack)?;
        announce(&mut claim, &stack, &options).await?;
        if self.json {
            print_json(&stack.outputs)?;
        } else {
            print(&ready(&stack.outputs, Some(&page.address()), Stop::CtrlC))?;
        }
        if self.open {
            page::open(&page.address(), workspace).await?;
        }
        let Some(files) = files else { return watch(&mut stack, self.json).await };
        let source = source::Source::new(workspace.clone(), options, &stack, progress);
        tokio::select! {
            result = watch(&mut stack, self.json) => result,
            error = source.watch(files) => Err(error),
        }
    }

    fn options(&self, workspace: &Workspace) -> Result<Options, CommandError> {
        let mut options = Options::from_environment();
        let usual = if self.empty { Port::Fixed(USUAL_PORT) } else { Port::Usual };
        options.emulator.port = match self.port {
            None => usual,
            Some(0) => Port::Free,
            Some(port) => Port::Fixed(port),
        };
        options.emulator.keep = self.keep.then(|| KeptData::of(workspace));
        options.profile = profile(self.release);
        options.settings.clone_from(&self.config);
        if options.endpoint.is_some() && (self.empty || self.keep || self.port.is_some()) {
            return Err(CommandError::OtherEmulator { variable: ENDPOINT_VARIABLE });
        }
        Ok(options)
    }

    /// Builds the functions and runs an emulator without a deployment. Returns only if an error
    /// occurs or the emulator ends.
    async fn run_empty(
        &self,
        workspace: &Workspace,
        options: &Options,
        claim: &mut Claim,
        progress: &Progress,
    ) -> Result<ExitStatus, CommandError> {
        let mut emulator = Stack::prepare(workspace, options, progress).await?;
        claim.write(&State { empty: true, ..described(Some(&emulator)) })?;
        if self.json {
            print_json(&serde_json::json!({ "endpoint": emulator.endpoint() }))?;
        } else {
            print(&empty(&emulator.endpoint(), Stop::CtrlC))?;
        }
        loop {
            emulator.check().map_err(StackError::from)?;
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Waits until the emulator of an earlier run has saved its data. Warns if it could not save
/// everything.
async fn say_what_is_left(data: &KeptData, progress: &Progress) {
    let waiting =
        || progress.doing(Step::Emulator, "waiting until the last run has saved its data");
    data.saved(waiting).await;
    if let Left::AsOf(moment) = data.left() {
        let age = moment.and_then(|moment| moment.elapsed().ok()).map(|it| it.as_secs_f64());
        progress.done(Step::Emulator, left_incomplete(age));
    }
}

/// Formats a warning that the last run could not save all of its data. `age` is the time since that
/// run's last save, in seconds; `None` if that run saved nothing.
fn left_incomplete(age: Option<f64>) -> String {
    let saved = match age {
        Some(age) => format!("records and executions are as of {}", format::ago(age)),
        None => "records and executions are lost".to_owned(),
    };
    format!(
        "the last run was killed before it could save its data, or the disk was full: {saved}, and \
         objects are those that could be written. `cargo local reconcile` makes the catalog match \
         the bucket"
    )
}

/// Returns the build profile; `release` is the option `--release`.
pub(super) fn profile(release: bool) -> Profile {
    if release { Profile::Release } else { Profile::Dev }
}

/// Registers this process as the one that runs the stack.
pub(super) fn claim(workspace: &Workspace, options: &Options) -> Result<Claim, CommandError> {
    let mut claim = StateFile::of(workspace).claim()?;
    claim.write(&State::starting(options.endpoint.is_none()))?;
    Ok(claim)
}

/// Publishes the stack's outputs in the state file, where the other commands find them. Makes the
/// stack keep its result events for these commands.
pub(super) async fn announce(
    claim: &mut Claim,
    stack: &Stack,
    options: &Options,
) -> Result<(), CommandError> {
    keep(&stack.aws, &stack.outputs).await?;
    claim.write(&State {
        endpoint: Some(stack.aws.endpoint().to_owned()),
        settings: options.settings.clone(),
        outputs: Some(stack.outputs.clone()),
        ..described(stack.emulator())
    })?;
    Ok(())
}

/// The state that describes this process and its emulator, for the state file.
fn described(emulator: Option<&Emulator>) -> State {
    State {
        emulator_process: emulator.map(Emulator::process_id),
        log: emulator.map(Emulator::log),
        access_key: emulator.map(Emulator::access_key_file),
        endpoint: emulator.map(Emulator::endpoint),
        ..State::starting(emulator.is_some())
    }
}

/// Prints each execution that ends from now on. Returns only if an error occurs or the emulator
/// ends.
pub(super) async fn watch(stack: &mut Stack, json: bool) -> Result<ExitStatus, CommandError> {
    let mut tail = Tail::start(Arc::clone(&stack.executions)).await?;
    loop {
        stack.check().map_err(StackError::from)?;
        match tail.ended().await {
            Ok(executions) => {
                for execution in executions {
                    print(&line(&execution, json)?)?;
                }
            }
            // `cargo local reset` deletes the state machine and then deploys it again. This error
            // is expected until the state machine exists again.
            Err(error) if error.is_no_state_machine() => {}
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_incomplete_run_has_left_is_told() {
        let told = left_incomplete(Some(75.0));
        assert!(told.contains("or the disk was full: records and executions are as of 1 min ago"));
        assert!(left_incomplete(None).contains("executions are lost"));
    }

    #[test]
    fn settings_are_text_unless_they_are_json_values() {
        let value = |text: &str| setting(text).unwrap().1;
        assert_eq!(value("stateMachineType=EXPRESS"), "EXPRESS");
        assert_eq!(value("shards=4"), 4);
        assert_eq!(value("executionLogData=false"), false);
        assert_eq!(value(r#"corsOrigins=["https://a.example"]"#), json!(["https://a.example"]));
        assert_eq!(value("reconcileSchedule=rate(1 day)"), "rate(1 day)");
        assert_eq!(value("logLevel="), "");
        assert!(setting("EXPRESS").is_err() && setting("=EXPRESS").is_err());
    }
}
