//! The AWS emulator as a child process that cannot outlive its parent.
//!
//! `emulator/launcher.py` runs the emulator in the child process. The child's standard input is a
//! pipe, and [`Emulator`] holds the end that can be written to. When the parent process ends, even
//! if it is killed, the kernel closes the pipe. The launcher then kills its process group: the
//! emulator and every function that the emulator runs.

pub mod control;
mod health;
mod kept_data;
mod run_directory;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

pub use self::kept_data::{KeptData, Left};
use self::run_directory::RunDirectory;
use crate::access_key::AccessKey;
use crate::aws::Aws;
use crate::process::last_lines;
use crate::progress::{Progress, Step};
use crate::python::{Environment, PythonError};
use crate::workspace::Workspace;

/// The Python files as one script. `launcher.py` comes last: it calls functions of the other files.
const LAUNCHER: &str = concat!(
    include_str!("../emulator/adaptations/api_gateway.py"),
    include_str!("../emulator/adaptations/eventbridge.py"),
    include_str!("../emulator/adaptations/functions.py"),
    include_str!("../emulator/adaptations/history.py"),
    include_str!("../emulator/adaptations/history_events.py"),
    include_str!("../emulator/adaptations/iam.py"),
    include_str!("../emulator/adaptations/jsonata.py"),
    include_str!("../emulator/adaptations/s3.py"),
    include_str!("../emulator/adaptations/step_functions.py"),
    include_str!("../emulator/adaptations.py"),
    include_str!("../emulator/event_sources.py"),
    include_str!("../emulator/fence.py"),
    include_str!("../emulator/permissions.py"),
    include_str!("../emulator/launcher.py")
);

/// Time limit for the emulator to pass its health check after its start; 0.4 to 1.0 s is usual.
const START_DEADLINE: Duration = Duration::from_mins(1);

/// Time that the launcher has to kill its process group once its standard input is closed. After
/// that time, [`Emulator`] kills the group.
const STOP_DEADLINE: Duration = Duration::from_secs(3);

/// Time limit that replaces [`STOP_DEADLINE`] if data is kept, because the emulator first saves its
/// data. It must be longer than the time that `launcher.py` allows for saving.
const SAVE_DEADLINE: Duration = Duration::from_secs(14);

/// The port that AWS emulators usually listen on. `Pulumi.local.yaml` names the same port.
pub const USUAL_PORT: u16 = 4566;

/// Maximum number of attempts to start the emulator. Another process may take the chosen port
/// before the emulator listens on it. The next attempt then uses another free port, if the port is
/// not fixed.
const PORT_ATTEMPTS: u32 = 5;

/// The emulator did not start, or it ended.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// The Python environment could not be prepared.
    #[error(transparent)]
    Python(#[from] PythonError),
    /// The requested port is in use.
    #[error(
        "port {0} is in use: stop the process that listens on it, or choose another port with \
         --port"
    )]
    PortTaken(u16),
    /// The requested port is not in use, but listening on it failed.
    #[error("port {0} cannot be used ({1}): choose another port with --port")]
    PortRefused(u16, io::Error),
    /// The emulator exited.
    #[error(
        "the AWS emulator exited unexpectedly. The end of its log ({}):\n{lines}\n\
         Run the command again; if the emulator exits again, delete target/local",
        .log.display()
    )]
    Died {
        /// Log file of the emulator.
        log: PathBuf,
        /// The end of the log.
        lines: String,
    },
    /// The emulator runs but does not respond.
    #[error(
        "the AWS emulator did not respond within {} s. The end of its log ({}):\n{lines}\n\
         Run the command again; if that does not help, delete target/local",
        START_DEADLINE.as_secs(),
        .log.display()
    )]
    Unresponsive {
        /// Log file of the emulator.
        log: PathBuf,
        /// The end of the log.
        lines: String,
    },
    /// A file or process could not be used.
    #[error("{what} failed: {source}")]
    Io {
        /// The operation that failed.
        what: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
}

impl EmulatorError {
    fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// The port on 127.0.0.1 that an emulator listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Port {
    /// Any free port.
    #[default]
    Free,
    /// [`USUAL_PORT`] if it is free, otherwise any free port.
    Usual,
    /// This port.
    Fixed(u16),
}

/// Options to start an emulator with.
#[derive(Debug, Clone, Default)]
pub struct EmulatorOptions {
    /// The port that the emulator listens on.
    pub port: Port,
    /// Data that outlives the emulator: it is loaded at the start and saved at the end.
    pub keep: Option<KeptData>,
    /// Environment variables that configure the emulator. The functions inherit these variables.
    pub environment: &'static [(&'static str, &'static str)],
    /// True if the emulator admits every request, without the checks of `emulator/fence.py`. Only
    /// tests set this field, to show that their attacks succeed without these checks.
    pub unfenced: bool,
}

/// A running AWS emulator. Dropping this stops the emulator and every function it runs.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    port: u16,
    directory: RunDirectory,
    access_key: AccessKey,
    /// True if the emulator saves data before it ends.
    saves: bool,
}

impl Emulator {
    /// Starts an emulator and waits until it responds.
    ///
    /// # Errors
    /// When there is no suitable Python, the port is in use, or the emulator does not start.
    pub async fn start(
        workspace: &Workspace,
        options: EmulatorOptions,
        progress: &Progress,
    ) -> Result<Self, EmulatorError> {
        // The port is checked first, because preparing Python may take a minute.
        options.port.choose(1)?;
        let python = Environment::prepare(workspace, progress).await?;
        progress.doing(Step::Emulator, "starting the AWS emulator");
        let mut attempt = 1;
        loop {
            let port = options.port.choose(attempt)?;
            let mut emulator = Self::spawn(workspace, &python, port, &options)?;
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

    /// The emulator's URL, such as `http://127.0.0.1:4566`: the endpoint of every AWS service.
    #[must_use]
    pub fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    /// Clients for every AWS service that the local stack uses. They have the administrator's
    /// access key.
    #[must_use]
    pub fn aws(&self) -> Aws {
        Aws::connect(&self.endpoint(), self.access_key.clone())
    }

    /// The file with the administrator's access key.
    #[must_use]
    pub fn access_key_file(&self) -> PathBuf {
        self.directory.access_key()
    }

    /// The id of the emulator's process, which is also the id of its process group.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// The log file of the emulator and its functions.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.directory.log()
    }

    /// Checks that the emulator still runs.
    ///
    /// # Errors
    /// [`EmulatorError::Died`], with the last lines of the log, if the emulator has exited.
    /// [`EmulatorError::Io`] if the status of its process cannot be read.
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
        options: &EmulatorOptions,
    ) -> Result<Self, EmulatorError> {
        let directory = RunDirectory::create(&workspace.local().join("run"), port)
            .map_err(EmulatorError::io("creating a directory for the AWS emulator"))?;
        let (stdout, stderr) =
            directory.open_log().map_err(EmulatorError::io("opening the AWS emulator's log"))?;
        let access_key = AccessKey::generate()
            .and_then(|key| key.write(&directory.access_key()).map(|()| key))
            .map_err(EmulatorError::io("creating the AWS emulator's access key"))?;
        let mut command = python.command();
        environment(&mut command, &directory, port, options);
        if let Some(data) = &options.keep {
            data.prepare().map_err(EmulatorError::io("creating the directory of the kept data"))?;
        }
        let kept = options.keep.as_ref().map(KeptData::directory);
        let child = command
            .args(["-u", "-c", LAUNCHER])
            .args([directory.temporary(), directory.access_key()])
            .arg(if options.unfenced { "unfenced" } else { "fenced" })
            .arg(kept.unwrap_or(Path::new("")))
            .args(python.packages())
            .current_dir(directory.temporary())
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .map_err(EmulatorError::io("starting the AWS emulator"))?;
        Ok(Self { child, port, directory, access_key, saves: options.keep.is_some() })
    }

    async fn wait_until_ready(&mut self) -> Result<(), EmulatorError> {
        let deadline = Instant::now() + START_DEADLINE;
        while Instant::now() < deadline {
            self.check()?;
            if health::is_up(self.port).await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(EmulatorError::Unresponsive { log: self.log(), lines: self.last_lines() })
    }

    fn last_lines(&self) -> String {
        let log = std::fs::read(self.log()).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log))
    }

    /// Closes the launcher's standard input, so that the launcher ends its process group. Kills the
    /// group if the launcher does not end in time.
    fn stop(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + if self.saves { SAVE_DEADLINE } else { STOP_DEADLINE };
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        if let Ok(group) = i32::try_from(self.child.id()) {
            // The child has not been waited for, so no other process can have its id.
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

/// The URL of the emulator on `port` of this machine.
fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Sets the emulator's environment variables. The functions inherit these variables, so no variable
/// may give access to the user's AWS credentials. For this reason, `HOME` is not the user's home
/// directory, and of the user's own variables only `PATH` is passed on.
fn environment(
    command: &mut Command,
    directory: &RunDirectory,
    port: u16,
    options: &EmulatorOptions,
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
        // Makes the emulator check each AWS call of a function against the policies of the
        // function's role, as AWS does.
        .env("AUTH", "true")
        .envs(options.keep.iter().flat_map(KeptData::variables))
        .envs(options.environment.iter().copied());
}

impl Port {
    /// Chooses the port for the given attempt. The first attempt is 1.
    fn choose(self, attempt: u32) -> Result<u16, EmulatorError> {
        match self {
            Self::Fixed(port) => check_port(port),
            Self::Usual if attempt == 1 && check_port(USUAL_PORT).is_ok() => Ok(USUAL_PORT),
            Self::Usual | Self::Free => {
                free_port().map_err(EmulatorError::io("finding a free port"))
            }
        }
    }
}

/// Finds a free port. Another process may take it at any time.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Returns `port` if this process can listen on it.
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
