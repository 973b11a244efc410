//! Starts a stack in the background.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::commands::ready::{Stop, empty, ready};
use crate::commands::{CommandError, ExitStatus, page, print, print_json};
use crate::process::last_lines;
use crate::progress::Step;
use crate::stack::state::{Liveness, State, StateError, StateFile};
use crate::terminal::bars;
use crate::workspace::Workspace;

/// Interval between checks of the process that is starting the stack.
const POLL: Duration = Duration::from_millis(200);

/// A process that is starting the stack. Dropping this value stops the process. The field becomes
/// `None` when the process has ended, or when the stack is ready: then the process keeps running.
struct Starting(Option<Child>);

impl Drop for Starting {
    fn drop(&mut self) {
        let Some(child) = &mut self.0 else { return };
        if let Ok(id) = i32::try_from(child.id()) {
            // The child has not been waited for, so no other process can have its id.
            let _sent = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        let _status = child.wait();
    }
}

/// Starts `cargo local up` in the background, with the arguments of this process except `--detach`,
/// and waits until the stack is ready. The background process writes its output to
/// `target/local/up.log`.
pub(super) async fn start(workspace: &Workspace, json: bool) -> Result<ExitStatus, CommandError> {
    let file = StateFile::of(workspace);
    if let Some(process) = file.holder() {
        return Err(StateError::AlreadyRunning { process: process.id.to_string() }.into());
    }
    let log = workspace.local().join("up.log");
    let mut starting = Starting(Some(spawn(&log).map_err(CommandError::Background)?));
    let (progress, mut shown) = (bars::bars(), String::new());
    loop {
        let Some(child) = &mut starting.0 else { return Ok(ExitStatus::Failure) };
        let id = child.id();
        if child.try_wait().map_err(CommandError::Background)?.is_some() {
            starting.0 = None;
            return Err(CommandError::Detached { message: message(&tail(&log)), log });
        }
        // Until the child has claimed the stack, the state file may be a leftover of an earlier
        // run, and may be invalid.
        if let Ok(Some((state, Liveness::Alive))) = file.read()
            && state.process.id == id
            && (state.outputs.is_some() || state.empty)
        {
            // From now on, the child outlives this process.
            starting.0 = None;
            progress.done(Step::Process, format!("running in the background, as process {id}"));
            return report(workspace, &state, json);
        }
        let lines = tail(&log);
        let last = lines.lines().next_back().unwrap_or("starting");
        // An error is not shown as progress: it is reported once the process has ended.
        if last != shown && !last.starts_with("error: ") {
            last.clone_into(&mut shown);
            progress.doing(Step::Process, last);
        }
        tokio::time::sleep(POLL).await;
    }
}

fn spawn(log: &Path) -> std::io::Result<Child> {
    if let Some(directory) = log.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let output = File::create(log)?;
    let arguments = std::env::args_os().skip(1).filter(|argument| argument != "--detach");
    Command::new(std::env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        // Ctrl-C in this terminal must not end the child.
        .process_group(0)
        .spawn()
}

fn report(workspace: &Workspace, state: &State, json: bool) -> Result<ExitStatus, CommandError> {
    let endpoint = state.endpoint.clone().unwrap_or_default();
    match (&state.outputs, json) {
        (Some(outputs), true) => print_json(outputs)?,
        (Some(outputs), false) => {
            let page = page::address(workspace).ok();
            print(&ready(outputs, page.as_deref(), Stop::Down))?;
        }
        (None, true) => print_json(&serde_json::json!({ "endpoint": endpoint }))?,
        (None, false) => print(&empty(&endpoint, Stop::Down))?,
    }
    Ok(ExitStatus::Success)
}

/// Returns the error message at the end of `lines`, without `error: ` before it. If `lines`
/// contains no error, returns all of `lines`.
fn message(lines: &str) -> String {
    let later = lines.rsplit_once("\nerror: ").map(|(_, error)| error);
    later.or_else(|| lines.strip_prefix("error: ")).unwrap_or(lines).to_owned()
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    last_lines(&String::from_utf8_lossy(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_the_other_process_is_not_an_error_twice() {
        assert_eq!(
            message("build: done\nerror: port 1 is in use:\nstop it"),
            "port 1 is in use:\nstop it"
        );
        assert_eq!(
            message("error: two:\n  error: one\n  error: two"),
            "two:\n  error: one\n  error: two"
        );
        assert_eq!(message("Stopped."), "Stopped.");
        assert_eq!(message("no error: here"), "no error: here");
    }
}
