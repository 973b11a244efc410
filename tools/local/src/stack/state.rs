//! The state file, through which commands in another terminal find the stack of `cargo local up`.
//!
//! The file names the process that runs the stack, by its id and start time. If that process is
//! killed, its state file remains, and another process may get the same id. The start time then
//! shows that the process has ended.
//!
//! The process also holds a lock, so that only one process can run the stack. The lock file names
//! the process too, in case the state file is lost. Commands read both files without the lock.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outputs;
use crate::access_key::AccessKey;
use crate::aws::Aws;
use crate::lock::Lock;
use crate::private_file;
use crate::process::Identity;
use crate::workspace::Workspace;

/// A stack, as its process describes it in the state file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The process that runs the stack.
    #[serde(flatten)]
    pub process: Identity,
    /// True if `process` started the emulator. The emulator then ends when `process` ends.
    pub owns_emulator: bool,
    /// The id of the emulator's process, if `process` started the emulator.
    pub emulator_process: Option<u32>,
    /// The emulator's log file, if `process` started the emulator.
    pub log: Option<PathBuf>,
    /// The file with the emulator's access key, if `process` started the emulator.
    pub access_key: Option<PathBuf>,
    /// The emulator's URL, once the emulator can be used.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// True if the emulator was started without a deployment, so that another program can deploy
    /// to it. There are then no outputs.
    #[serde(default)]
    pub empty: bool,
    /// Configuration values that are added to those of `Pulumi.local.yaml`, or replace them.
    #[serde(default)]
    pub settings: Vec<(String, Value)>,
    /// The stack's outputs, once it is deployed.
    pub outputs: Option<Outputs>,
}

/// The state of the stack does not allow the command, or a file of the stack is unusable.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// No stack is running.
    #[error("no stack is running: start one with `cargo local up`")]
    NotRunning,
    /// The process that ran the stack was killed, and its state file remains.
    #[error(
        "no stack is running: process {process}, which ran it, has ended. Start it again with \
         `cargo local up`"
    )]
    Stale {
        /// The id of the process.
        process: u32,
    },
    /// A process is still starting the stack.
    #[error("process {process} is still starting the stack: wait until it is ready")]
    Starting {
        /// The id of the process that is starting the stack.
        process: u32,
    },
    /// The emulator runs without a deployment.
    #[error(
        "the emulator of process {process} was started with `--empty`, so there is no deployment that \
         this command could use: deploy to it with Pulumi, or stop it with `cargo local down` and \
         start a stack with `cargo local up`"
    )]
    Empty {
        /// The id of the process that started the emulator.
        process: u32,
    },
    /// Another process is already running the stack.
    #[error(
        "a stack is already running in process {process}: use it, or stop it with \
         `cargo local down`"
    )]
    AlreadyRunning {
        /// The id of the process, or `?` if the lock file does not name it yet.
        process: String,
    },
    /// The state file is invalid.
    #[error(
        "{} is invalid ({source}): `cargo local down` stops the stack, if one is running, and deletes \
         the file",
        .path.display()
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The error in the JSON.
        source: serde_json::Error,
    },
    /// One of three files cannot be used: the state file, the lock file, or the file with the
    /// emulator's access key.
    #[error("{} cannot be used: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

impl State {
    /// The state of a stack that this process is starting.
    #[must_use]
    pub fn starting(owns_emulator: bool) -> Self {
        Self {
            process: Identity::own(),
            owns_emulator,
            emulator_process: None,
            log: None,
            access_key: None,
            endpoint: None,
            empty: false,
            settings: Vec::new(),
            outputs: None,
        }
    }

    /// Checks whether the process is running.
    #[must_use]
    pub fn liveness(&self) -> Liveness {
        if self.process.is_running() { Liveness::Alive } else { Liveness::Ended }
    }
}

/// State of a stack's process ([`State::process`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// The process is running.
    Alive,
    /// The process has ended.
    Ended,
}

/// The state file and its lock.
#[derive(Debug, Clone)]
pub struct StateFile {
    path: PathBuf,
    lock: PathBuf,
}

impl StateFile {
    /// The state file of this checkout.
    #[must_use]
    pub fn of(workspace: &Workspace) -> Self {
        let directory = workspace.local();
        Self { path: directory.join("stack.json"), lock: directory.join("stack.lock") }
    }

    /// Makes this process the one that runs the stack, until the claim is dropped.
    ///
    /// # Errors
    /// When another process is running the stack, or the lock file cannot be used.
    pub fn claim(&self) -> Result<Claim, StateError> {
        let lock = |source| StateError::Io { path: self.lock.clone(), source };
        let Some(mut taken) = Lock::try_take(&self.lock).map_err(lock)? else {
            let process = self.holder().map_or("?".to_owned(), |holder| holder.id.to_string());
            return Err(StateError::AlreadyRunning { process });
        };
        let holder = serde_json::to_vec(&Identity::own());
        let holder = holder.map_err(|error| lock(io::Error::from(error)))?;
        taken.write(&holder).map_err(lock)?;
        Ok(Claim { file: self.clone(), keep: false, _lock: taken })
    }

    /// Reads the state file, if there is one, and checks whether the process that it names is
    /// running.
    ///
    /// # Errors
    /// When the file is invalid or cannot be read.
    pub fn read(&self) -> Result<Option<(State, Liveness)>, StateError> {
        Ok(self.read_file()?.map(|state| {
            let liveness = state.liveness();
            (state, liveness)
        }))
    }

    /// Returns the process that the lock file names, if that process is running. Works even without
    /// a state file.
    #[must_use]
    pub fn holder(&self) -> Option<Identity> {
        let text = std::fs::read(&self.lock).ok()?;
        let holder: Identity = serde_json::from_slice(&text).ok()?;
        holder.is_running().then_some(holder)
    }

    /// Returns the outputs of the running stack.
    ///
    /// # Errors
    /// The errors of [`Self::running`].
    pub fn outputs(&self) -> Result<Outputs, StateError> {
        self.running().map(|(_, outputs)| outputs)
    }

    /// Returns the outputs of the running stack, and clients for its emulator.
    ///
    /// # Errors
    /// The errors of [`Self::running`], and an error when the emulator's access key cannot be read.
    pub fn connect(&self) -> Result<(Outputs, Aws), StateError> {
        let (state, outputs) = self.running()?;
        let aws = clients(&state, &outputs.endpoint)?;
        Ok((outputs, aws))
    }

    /// Returns clients for the running emulator, with or without a deployment.
    ///
    /// # Errors
    /// If no emulator is running, if the emulator is not ready, or if the state file or the
    /// emulator's access key cannot be read.
    pub fn connect_to_emulator(&self) -> Result<Aws, StateError> {
        match self.read()? {
            Some((state, Liveness::Alive)) if state.empty => {
                let endpoint = state.endpoint.clone().unwrap_or_default();
                clients(&state, &endpoint)
            }
            _ => self.connect().map(|(_, aws)| aws),
        }
    }

    /// Returns the state and the outputs of the running stack.
    ///
    /// # Errors
    /// If no stack is running, if the stack is still starting, if the emulator was started with
    /// `--empty`, or if the state file is invalid or cannot be read.
    pub fn running(&self) -> Result<(State, Outputs), StateError> {
        let Some((state, liveness)) = self.read()? else { return Err(StateError::NotRunning) };
        let process = state.process.id;
        match (liveness, &state.outputs) {
            (Liveness::Alive, None) if state.empty => Err(StateError::Empty { process }),
            (Liveness::Alive, None) => Err(StateError::Starting { process }),
            // The process that ended had not started the emulator, so the emulator may still run
            // the stack.
            (Liveness::Ended, Some(outputs)) if !state.owns_emulator => {
                let outputs = outputs.clone();
                Ok((state, outputs))
            }
            (Liveness::Ended, _) => Err(StateError::Stale { process }),
            (Liveness::Alive, Some(outputs)) => {
                let outputs = outputs.clone();
                Ok((state, outputs))
            }
        }
    }

    /// Removes the state file of a stack that has ended.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(&self) -> Result<(), StateError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io(error)),
            _ => Ok(()),
        }
    }

    fn read_file(&self) -> Result<Option<State>, StateError> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(error)),
        };
        let invalid = |source| StateError::Invalid { path: self.path.clone(), source };
        serde_json::from_slice(&text).map(Some).map_err(invalid)
    }

    fn io(&self, source: io::Error) -> StateError {
        StateError::Io { path: self.path.clone(), source }
    }
}

/// Clients for the emulator at `endpoint`. Their access key is from the file `state.access_key`, or
/// from the environment variables of the AWS CLI if `state` names no such file.
fn clients(state: &State, endpoint: &str) -> Result<Aws, StateError> {
    let access_key = match &state.access_key {
        Some(path) => {
            AccessKey::read(path).map_err(|source| StateError::Io { path: path.clone(), source })?
        }
        None => AccessKey::from_environment(),
    };
    Ok(Aws::connect(endpoint, access_key))
}

/// The right of this process to run the stack.
#[derive(Debug)]
pub struct Claim {
    file: StateFile,
    /// True if the state file has to outlive this process, because the stack does: it was deployed
    /// to an emulator that this process did not start.
    keep: bool,
    _lock: Lock,
}

impl Claim {
    /// Writes the state file, for other commands to read. The file is written under another name
    /// and then renamed, so it is never incomplete.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, state: &State) -> Result<(), StateError> {
        let path = &self.file.path;
        let text = serde_json::to_vec_pretty(state)
            .map_err(|source| StateError::Invalid { path: path.clone(), source })?;
        let unfinished = path.with_extension("unfinished");
        private_file::write(&unfinished, &text)
            .and_then(|()| std::fs::rename(&unfinished, path))
            .map_err(|source| self.file.io(source))?;
        self.keep = !state.owns_emulator && state.outputs.is_some();
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.keep {
            // It does no harm if the file remains: once this process has ended, readers recognize
            // the file as stale.
            let _removed = self.file.remove();
        }
    }
}

#[cfg(test)]
mod tests;
