//! Child processes that are killed, with their own children, as soon as they are no longer needed.

use std::io;
use std::process::Stdio;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use tokio::process::{Child, Command};

/// An error shows at most this many lines of a process's output: the last ones.
const LAST_LINES: usize = 30;

/// A child in a process group of its own. If the child has not been waited for, dropping this value
/// kills the whole group, including the processes that the child has started.
///
/// Ctrl-C in the terminal does not reach the group: this process decides when the child ends.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts `command` with an empty standard input.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Ok(Self { child, id })
    }

    /// The child, to read its pipes and to wait for it.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // `self.child.id()` is `None` once the child has been waited for. From then on, another
        // process may have the id.
        if let (Some(_), Some(id)) = (self.child.id(), self.id) {
            // Fails only if the group has already ended.
            let _ended = killpg(id, Signal::SIGKILL);
        }
    }
}

/// A process, identified by id and start time, because the operating system reuses ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The process id.
    #[serde(rename = "process")]
    pub id: u32,
    /// The time at which the process started, as the operating system reports it.
    #[serde(default)]
    pub started: String,
}

impl Identity {
    /// This process.
    #[must_use]
    pub fn own() -> Self {
        let id = std::process::id();
        Self { id, started: start_time(id).unwrap_or_default() }
    }

    /// True if the process is running. False if it has ended, even if another process has its id
    /// now.
    #[must_use]
    pub fn is_running(&self) -> bool {
        start_time(self.id).is_some_and(|started| started == self.started)
    }
}

/// The time at which a process started, in a format of the operating system. An id alone may be
/// reused, but the start time and the id together identify a process.
///
/// `None` if there is no such process. On Linux, also `None` if the process has ended but its
/// parent has not waited for it yet.
#[must_use]
pub(crate) fn start_time(process: u32) -> Option<String> {
    if cfg!(target_os = "linux") {
        // The code reads fields 3 (state) and 22 (start time). Field 2, the program's name, is in
        // parentheses and may contain spaces:
        // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let running = !matches!(*fields.first()?, "Z" | "X");
        return running.then(|| fields.get(19).map(|time| (*time).to_owned())).flatten();
    }
    let mut ps = std::process::Command::new("ps");
    let output = ps.args(["-o", "lstart=", "-p", &process.to_string()]).output().ok()?;
    let time = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Some(time).filter(|time| !time.is_empty())
}

/// A failure of [`run`].
#[derive(Debug)]
pub(crate) enum Failure {
    /// The program did not start, or its output could not be read.
    Start(io::Error),
    /// The program exited with an error.
    Exit {
        /// The last lines that the program printed.
        output: String,
    },
}

/// Runs `command` to its end without showing its output.
///
/// # Errors
/// When the program cannot be started, its output cannot be read, or it exits with an error.
pub(crate) async fn run(mut command: Command) -> Result<(), Failure> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::start(command).map_err(Failure::Start)?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
    let (status, _, _) = tokio::try_join!(
        group.child.wait(),
        read_all(out, &mut stdout),
        read_all(err, &mut stderr)
    )
    .map_err(Failure::Start)?;
    if status.success() {
        return Ok(());
    }
    stdout.extend(stderr);
    Err(Failure::Exit { output: last_lines(&String::from_utf8_lossy(&stdout)) })
}

async fn read_all(
    pipe: Option<impl tokio::io::AsyncRead + Unpin>,
    into: &mut Vec<u8>,
) -> io::Result<usize> {
    match pipe {
        Some(mut pipe) => tokio::io::AsyncReadExt::read_to_end(&mut pipe, into).await,
        None => Ok(0),
    }
}

/// Returns the last [`LAST_LINES`] lines of `text`.
#[must_use]
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn failure_carries_the_output() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let Err(Failure::Exit { output }) = run(command).await else {
            panic!("expected a failure");
        };
        assert_eq!(output, "one\ntwo");
    }

    #[tokio::test]
    async fn program_that_is_not_there_does_not_start() {
        let result = run(Command::new("no-such-program-anywhere")).await;
        assert!(matches!(result, Err(Failure::Start(_))));
    }

    #[tokio::test]
    async fn dropping_ends_the_whole_group() {
        let mut command = Command::new("sh");
        // The shell and its child `sleep` both hold the pipe open. So reading reaches the end only
        // when both have ended.
        command.args(["-c", "sleep 60 & echo started; wait"]).stdout(Stdio::piped());
        let mut group = Group::start(command).unwrap();
        let mut pipe = group.child().stdout.take().unwrap();
        let mut started = [0; 8];
        tokio::io::AsyncReadExt::read_exact(&mut pipe, &mut started).await.unwrap();
        drop(group);
        let mut rest = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut pipe, &mut rest).await.unwrap();
        assert!(rest.is_empty());
    }

    #[test]
    fn start_time_tells_a_process_from_its_predecessors() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let started = start_time(child.id()).unwrap();
        assert_eq!(start_time(child.id()).as_ref(), Some(&started));
        child.kill().unwrap();
        // The killed child stays in the process table until `wait`, but no longer has a start time.
        while start_time(child.id()).is_some() {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert_eq!(start_time(child.id()), None);
        assert!(start_time(std::process::id()).is_some());
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let lines: Vec<_> = (0..100).map(|line| line.to_string()).collect();
        let last = last_lines(&lines.join("\n"));
        assert!(last.starts_with("70\n") && last.ends_with("\n99"));
    }
}
