//! Child processes that never outlive this one's interest in them.

use std::io;
use std::process::Stdio;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// How many of a process's last lines an error shows.
const LAST_LINES: usize = 30;

/// A child in a process group of its own, which is killed as a whole when
/// this is dropped: a compiler's children end with it.
///
/// Being in another group, it does not get the terminal's Ctrl-C itself: who
/// started it decides.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts `command` with nothing on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Ok(Self { child, id })
    }

    /// The child, for its pipes and its end.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // After the child was waited for, its id may belong to somebody else.
        if let (Some(_), Some(id)) = (self.child.id(), self.id) {
            // Fails only when the group has ended by itself, which is as good.
            let _ended = killpg(id, Signal::SIGKILL);
        }
    }
}

/// Why [`run`] failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It did not start.
    Start(io::Error),
    /// It ended with an error.
    Exit {
        /// The last lines of what it printed.
        output: String,
    },
}

/// Runs `command` to its end, quietly.
///
/// # Errors
/// When it cannot be started or does not end well.
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

/// The last lines of `text`, enough to understand an error.
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
        // The grandchild holds the pipe open: it is at its end only when both ended.
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
    fn only_the_last_lines_are_kept() {
        let lines: Vec<_> = (0..100).map(|line| line.to_string()).collect();
        let last = last_lines(&lines.join("\n"));
        assert!(last.starts_with("70\n") && last.ends_with("\n99"));
    }
}
