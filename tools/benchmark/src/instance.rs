//! A function's process, started as Lambda starts it.

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

/// How long anything may take before it counts as hanging, under Callgrind too.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks at whether a process still runs or still works.
const LOOK: Duration = Duration::from_millis(10);

/// Looks in a row at which a process is asleep before it counts as idle.
const IDLE_LOOKS: u32 = 5;

/// Characters of a function's log that are shown when it fails.
const LOG_SHOWN: usize = 2_000;

/// What to start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launch<'a> {
    /// Name of the function.
    pub(crate) function: &'a str,
    /// Directory of the executable `bootstrap`, and of what it writes.
    pub(crate) directory: &'a Path,
    /// The whole environment but for the address of the Runtime API.
    pub(crate) environment: &'a [(String, String)],
    /// Memory in MiB.
    pub(crate) memory: u64,
}

/// A running function, until it is dropped.
#[derive(Debug)]
pub(crate) struct Instance<'a> {
    launch: &'a Launch<'a>,
    child: Child,
    api: RuntimeApi,
    started: Instant,
}

impl<'a> Instance<'a> {
    /// Starts the function as it is, with the memory that it has at AWS.
    ///
    /// The cap is on what the process may write to, `RLIMIT_DATA`. A cap on its addresses would
    /// refuse what is only reserved, such as the arenas of the allocator, which Lambda allows.
    pub(crate) fn start(launch: &'a Launch<'a>) -> Result<Self, BenchmarkError> {
        let instance = Self::start_under(&[], launch)?;
        let process = instance.child.id();
        confinement::cap_memory(process, launch.memory * MIB)
            .map_err(BenchmarkError::io("setting the limit of memory"))?;
        Ok(instance)
    }

    /// Starts it under another program, given with its arguments, and without a cap on memory.
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

    /// Waits until the function asks for its first invocation; how long that took from its start.
    pub(crate) fn initialized(&mut self) -> Result<Duration, BenchmarkError> {
        match self.message()? {
            Message::Next(at) => Ok(at - self.started),
            other => Err(self.failure(&format!("{other:?} instead of the first invocation"))),
        }
    }

    /// Has one event handled; how long that took, from sending it to the answer. Returns when the
    /// function asks for another one.
    pub(crate) fn invoke(&mut self, workload: &Workload) -> Result<Duration, BenchmarkError> {
        let sent = Instant::now();
        self.api.send(workload.event.clone());
        let Message::Answer(at, answer) = self.message()? else {
            return Err(self.failure("it asked for the next invocation before it had answered"));
        };
        if let Some(complaint) = workload.complaint(&answer) {
            return Err(self.failure(&complaint));
        }
        match self.message()? {
            Message::Next(_) => Ok(at - sent),
            other => Err(self.failure(&format!("{other:?} instead of the next invocation"))),
        }
    }

    /// The most memory that was resident so far, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64, BenchmarkError> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&file).map_err(BenchmarkError::io(&file))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| self.failure(&format!("no VmHWM in {file}")))
    }

    /// Waits until the function does nothing but wait, then ends it as Lambda would.
    pub(crate) fn end(mut self) -> Result<(), BenchmarkError> {
        self.wait_until_idle()?;
        let process = Pid::from_raw(self.child.id().cast_signed());
        kill(process, Signal::SIGTERM)
            .map_err(|error| BenchmarkError::io("ending a function")(error.into()))?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.child.try_wait().map_err(BenchmarkError::io("ending a function"))?.is_some() {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
        Err(self.failure("it does not end"))
    }

    fn wait_until_idle(&self) -> Result<(), BenchmarkError> {
        let begun = Instant::now();
        let mut looks = 0;
        while looks < IDLE_LOOKS {
            if begun.elapsed() > PATIENCE {
                return Err(self.failure("it never comes to rest"));
            }
            std::thread::sleep(LOOK);
            let asleep = confinement::is_asleep(self.child.id())
                .map_err(BenchmarkError::io("looking at a function's threads"))?;
            looks = if asleep { looks + 1 } else { 0 };
        }
        Ok(())
    }

    /// The next message, for as long as the process runs.
    fn message(&mut self) -> Result<Message, BenchmarkError> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.api.receive(Duration::from_millis(100)) {
                Some(Message::Failure(error)) => return Err(self.failure(&error)),
                Some(message) => return Ok(message),
                None => {}
            }
            let ended = self.child.try_wait().map_err(BenchmarkError::io("waiting"))?;
            if let Some(status) = ended {
                return Err(self.failure(&format!("the process has ended: {status}")));
            }
        }
        Err(self.failure("it does not answer"))
    }

    fn failure(&self, problem: &str) -> BenchmarkError {
        let log = std::fs::read_to_string(log(self.launch)).unwrap_or_default();
        let shown = log.char_indices().rev().nth(LOG_SHOWN).map_or(0, |(index, _)| index);
        BenchmarkError::Function {
            function: self.launch.function.to_owned(),
            problem: problem.to_owned(),
            log: log[shown..].to_owned(),
        }
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        // Both fail when it has ended already.
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
