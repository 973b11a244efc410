//! The AWS emulator as a child process that cannot outlive this one.
//!
//! It is started through `emulator/launcher.py`, which ends the emulator and
//! every function it runs as soon as its standard input closes. [`Emulator`]
//! holds the other end of that pipe; when this process ends, in whatever way,
//! the kernel closes it.

mod health;
mod run_directory;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::process::last_lines;
use crate::progress::{Progress, Step};
use crate::python::{Environment, PythonError};
use crate::workspace::Workspace;
use run_directory::RunDirectory;

/// One script: the launcher calls what the other files define.
const LAUNCHER: &str = concat!(
    include_str!("../emulator/adaptations.py"),
    include_str!("../emulator/permissions.py"),
    include_str!("../emulator/launcher.py")
);

/// How long the emulator may take until it answers; 0.4 to 1.0 s is usual.
const START_DEADLINE: Duration = Duration::from_mins(1);

/// How long the launcher may take to end its group before this process does it.
const STOP_DEADLINE: Duration = Duration::from_secs(3);

/// How often a free port is chosen anew when another process was faster.
const PORT_ATTEMPTS: u32 = 5;

/// No running emulator.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// Its Python environment is missing.
    #[error(transparent)]
    Python(#[from] PythonError),
    /// The port that was asked for is in use.
    #[error("port {0} is taken: stop what listens there, or choose another port with --port")]
    PortTaken(u16),
    /// The port that was asked for is not allowed.
    #[error("port {0} cannot be used ({1}): choose another port with --port")]
    PortRefused(u16, io::Error),
    /// It ended by itself.
    #[error("the AWS emulator ended by itself. Its last lines ({}):\n{lines}\nRun the command again; if it ends again, remove target/local", .log.display())]
    Died {
        /// Its log file.
        log: PathBuf,
        /// The end of the log.
        lines: String,
    },
    /// It runs but does not answer.
    #[error("the AWS emulator did not answer within {} s. Its last lines ({}):\n{lines}\nRun the command again; if that does not help, remove target/local", START_DEADLINE.as_secs(), .log.display())]
    Silent {
        /// Its log file.
        log: PathBuf,
        /// The end of the log.
        lines: String,
    },
    /// A file or process could not be used.
    #[error("{what} failed: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
}

impl EmulatorError {
    fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// How to start an emulator.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmulatorOptions {
    /// The port on 127.0.0.1; a free one when `None`.
    pub port: Option<u16>,
    /// Settings of the emulator itself, as environment variables. Functions inherit them.
    pub environment: &'static [(&'static str, &'static str)],
}

/// A running AWS emulator. Dropping it stops it and every function it runs.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    port: u16,
    directory: RunDirectory,
}

impl Emulator {
    /// Starts an emulator and waits until it answers.
    ///
    /// # Errors
    /// When Python is missing, the port is taken, or the emulator does not start.
    pub async fn start(
        workspace: &Workspace,
        options: EmulatorOptions,
        progress: &Progress,
    ) -> Result<Self, EmulatorError> {
        let python = Environment::prepare(workspace, progress).await?;
        progress.doing(Step::Emulator, "starting the AWS emulator");
        let mut attempt = 1;
        loop {
            let port = match options.port {
                Some(port) => check_port(port)?,
                None => free_port().map_err(EmulatorError::io("finding a free port"))?,
            };
            let mut emulator = Self::spawn(workspace, &python, port, options)?;
            match emulator.wait_until_ready().await {
                Err(EmulatorError::Died { lines, .. })
                    if lines.contains("already in use") && attempt < PORT_ATTEMPTS =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
                Ok(()) => {
                    progress
                        .done(Step::Emulator, format!("AWS emulator at {}", emulator.endpoint()));
                    return Ok(emulator);
                }
            }
        }
    }

    /// Its address, such as `http://127.0.0.1:4566`: the endpoint of every AWS service.
    #[must_use]
    pub fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    /// The id of its process, which is also that of its process group.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// The file that it and its functions write to.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.directory.log()
    }

    /// Fails when the emulator has ended by itself.
    ///
    /// # Errors
    /// [`EmulatorError::Died`], with the last lines of its log.
    pub fn check(&mut self) -> Result<(), EmulatorError> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(EmulatorError::Died { log: self.log(), lines: self.last_lines() }),
            Err(error) => Err(EmulatorError::io("watching the AWS emulator")(error)),
        }
    }

    fn spawn(
        workspace: &Workspace,
        python: &Environment,
        port: u16,
        options: EmulatorOptions,
    ) -> Result<Self, EmulatorError> {
        use std::os::unix::process::CommandExt as _;
        let directory = RunDirectory::make(&workspace.local().join("run"), port)
            .map_err(EmulatorError::io("making a directory for the AWS emulator"))?;
        let (stdout, stderr) =
            directory.open_log().map_err(EmulatorError::io("opening the AWS emulator's log"))?;
        let mut command = python.command();
        environment(&mut command, &directory, port, options);
        let child = command
            .args(["-u", "-c", LAUNCHER])
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .map_err(EmulatorError::io("starting the AWS emulator"))?;
        Ok(Self { child, port, directory })
    }

    async fn wait_until_ready(&mut self) -> Result<(), EmulatorError> {
        let deadline = Instant::now() + START_DEADLINE;
        while Instant::now() < deadline {
            self.check()?;
            if health::answers(self.port).await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(EmulatorError::Silent { log: self.log(), lines: self.last_lines() })
    }

    fn last_lines(&self) -> String {
        let log = std::fs::read(self.log()).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log))
    }

    /// Closes the launcher's standard input and waits until its group has ended.
    fn stop(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + STOP_DEADLINE;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        if let Ok(group) = i32::try_from(self.child.id()) {
            // Not yet waited for, so the id is still this child's.
            let _ended = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _status = self.child.wait();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop();
        self.directory.clean();
    }
}

/// The URL of an emulator on `port` of this machine.
fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The emulator's variables. Functions inherit them, so nothing else is in
/// there: neither the user's AWS credentials nor, through HOME, the profile.
fn environment(
    command: &mut Command,
    directory: &RunDirectory,
    port: u16,
    options: EmulatorOptions,
) {
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .env("GATEWAY_PORT", port.to_string())
        .env("BIND_HOST", Ipv4Addr::LOCALHOST.to_string())
        .env("AWS_ENDPOINT_URL", endpoint(port))
        .env("HOME", directory.temporary())
        .env("TMPDIR", directory.temporary())
        .env("LANG", "C.UTF-8")
        // Each call of a function is checked against its role's policies, as AWS does.
        .env("AUTH", "true")
        .envs(options.environment.iter().copied());
}

/// A port that was free a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// `port` when it can be listened on.
fn check_port(port: u16) -> Result<u16, EmulatorError> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(port),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(EmulatorError::PortTaken(port))
        }
        Err(error) => Err(EmulatorError::PortRefused(port, error)),
    }
}

#[cfg(test)]
mod tests;
