//! The process of a function, started as Lambda starts it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::confinement::{self, MIB};
use crate::error::BenchmarkError;
use crate::runtime_api::{Message, RuntimeApi};
use crate::workload::Workload;

/// A function counts as stuck if its start, an invocation or its end takes longer than this time,
/// which is long enough for a function under Callgrind.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Time between two polls of the state of a process.
const POLL: Duration = Duration::from_millis(10);

/// Number of polls in a row at which a process must be asleep to count as idle.
const IDLE_POLLS: u32 = 5;

/// Number of characters to show from the end of the log when a function fails.
const LOG_SHOWN: usize = 2_000;

/// The parameters with which the process of a function is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launch<'a> {
    /// Name of the function.
    pub(crate) function: &'a str,
    /// Directory of the executable `bootstrap`. The function's log is written here, too.
    pub(crate) directory: &'a Path,
    /// Environment variables, except the address of the Runtime API.
    pub(crate) environment: &'a [(String, String)],
    /// Memory in MiB.
    pub(crate) memory: u64,
}

/// A running function; it is killed when dropped.
#[derive(Debug)]
pub(crate) struct Instance<'a> {
    launch: &'a Launch<'a>,
    child: Child,
    api: RuntimeApi,
    started: Instant,
}

impl<'a> Instance<'a> {
    /// Starts the function, and limits it to the memory that it has on AWS.
    ///
    /// The limit is on writable memory, `RLIMIT_DATA`. A limit on the address space would also
    /// count memory that is only reserved, such as the allocator's arenas. Lambda does not limit
    /// reserved memory.
    pub(crate) fn start(launch: &'a Launch<'a>) -> Result<Self, BenchmarkError> {
        let instance = Self::start_under(&[], launch)?;
        let process = instance.child.id();
        confinement::cap_memory(process, launch.memory * MIB)
            .map_err(BenchmarkError::io("limiting a function's memory"))?;
        Ok(instance)
    }

    /// Starts the function under a wrapper (a program with its arguments), without a memory limit.
    pub(crate) fn start_under(
        wrapper: &[OsString],
        launch: &'a Launch<'a>,
    ) -> Result<Self, BenchmarkError> {
        let api = RuntimeApi::start().map_err(BenchmarkError::io("starting the Runtime API"))?;
        let mut command = command(wrapper, launch, api.address())
            .map_err(BenchmarkError::io("writing the function's log"))?;
        let started = Instant::now();
        let child = confinement::spawn(&mut command)
            .map_err(BenchmarkError::io(format!("starting {}", launch.function)))?;
        Ok(Self { launch, child, api, started })
    }

    /// Waits until the function asks for its first invocation. Returns the time from the start of
    /// the process to this request.
    pub(crate) fn initialized(&mut self) -> Result<Duration, BenchmarkError> {
        match self.message()? {
            Message::Next(at) => Ok(at - self.started),
            other => Err(self.failure(&format!("expected a request for an event, not {other:?}"))),
        }
    }

    /// Sends an event, and waits for its result and then for the function's request for the next
    /// event. Returns the time from sending the event to the result.
    pub(crate) fn invoke(&mut self, workload: &Workload) -> Result<Duration, BenchmarkError> {
        let sent = Instant::now();
        self.api.send(workload.event.clone());
        let Message::Response(at, result) = self.message()? else {
            return Err(self.failure("the function asked for the next event without a result"));
        };
        if let Some(complaint) = workload.complaint(&result) {
            return Err(self.failure(&complaint));
        }
        match self.message()? {
            Message::Next(_) => Ok(at - sent),
            other => Err(self.failure(&format!("expected a request for an event, not {other:?}"))),
        }
    }

    /// The peak of resident memory so far, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64, BenchmarkError> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&file).map_err(BenchmarkError::io(&file))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| self.failure(&format!("{file} has no VmHWM")))
    }

    /// Waits until the function is idle, then ends it with SIGTERM. Unlike SIGKILL, SIGTERM lets
    /// Callgrind write its counts.
    pub(crate) fn end(mut self) -> Result<(), BenchmarkError> {
        self.wait_until_idle()?;
        let process = Pid::from_raw(self.child.id().cast_signed());
        kill(process, Signal::SIGTERM)
            .map_err(|error| BenchmarkError::io("ending a function")(error.into()))?;
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            if self.child.try_wait().map_err(BenchmarkError::io("ending a function"))?.is_some() {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
        Err(self.failure("the process does not end after SIGTERM"))
    }

    fn wait_until_idle(&self) -> Result<(), BenchmarkError> {
        let begun = Instant::now();
        let mut idle = 0;
        while idle < IDLE_POLLS {
            if begun.elapsed() > TIMEOUT {
                return Err(self.failure("the process does not become idle"));
            }
            std::thread::sleep(POLL);
            let asleep = confinement::is_asleep(self.child.id())
                .map_err(BenchmarkError::io("reading the state of a function's threads"))?;
            idle = if asleep { idle + 1 } else { 0 };
        }
        Ok(())
    }

    /// Waits for the next message. Fails if the process ends or sends no message within
    /// [`TIMEOUT`].
    fn message(&mut self) -> Result<Message, BenchmarkError> {
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            match self.api.receive(Duration::from_millis(100)) {
                Some(Message::Failure(error)) => return Err(self.failure(&error)),
                Some(message) => return Ok(message),
                None => {}
            }
            let ended = self.child.try_wait();
            let ended = ended.map_err(BenchmarkError::io("waiting for a function"))?;
            if let Some(status) = ended {
                return Err(self.failure(&format!("the process has ended: {status}")));
            }
        }
        Err(self.failure("the function does not respond"))
    }

    fn failure(&self, problem: &str) -> BenchmarkError {
        let log = std::fs::read_to_string(log(self.launch)).unwrap_or_default();
        let shown = log.char_indices().rev().nth(LOG_SHOWN - 1).map_or(0, |(index, _)| index);
        BenchmarkError::Function {
            function: self.launch.function.to_owned(),
            problem: problem.to_owned(),
            log: log[shown..].to_owned(),
        }
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        // Nothing can be done if the process cannot be killed.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn command(
    wrapper: &[OsString],
    launch: &Launch<'_>,
    runtime_api: SocketAddr,
) -> io::Result<Command> {
    let bootstrap = launch.directory.join("bootstrap").into_os_string();
    let mut words = wrapper.iter().cloned().chain([bootstrap]);
    let mut command = Command::new(words.next().unwrap_or_default());
    let log = File::options().create(true).append(true).open(log(launch))?;
    command
        .args(words)
        .current_dir(launch.directory)
        .env_clear()
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    Ok(command)
}

fn log(launch: &Launch<'_>) -> PathBuf {
    launch.directory.join("log")
}
