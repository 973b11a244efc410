//! The state file, through which commands in another terminal find the stack of `cargo local up`.
//!
//! The process that runs the stack holds a lock as long as it lives. So the state file of a process
//! that was killed is never mistaken for that of a running stack.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Outputs;
use crate::lock::Lock;
use crate::workspace::Workspace;

/// A stack, as its process describes it in the state file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The id of the process that runs the stack.
    pub process: u32,
    /// True if that process started the emulator, so that the emulator ends with it.
    pub owns_emulator: bool,
    /// The id of the emulator's process, if that process started it.
    pub emulator_process: Option<u32>,
    /// The emulator's log file, if that process started it.
    pub log: Option<PathBuf>,
    /// The stack's outputs, once it is deployed.
    pub outputs: Option<Outputs>,
}

/// The state of the stack does not allow the command.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// No stack is running.
    #[error("no stack is running: start one with `cargo local up`")]
    NotRunning,
    /// The process that ran the stack was killed: it left its state file behind.
    #[error(
        "no stack is running: process {process}, which ran it, has ended. Start it again with \
         `cargo local up`"
    )]
    Stale {
        /// The process.
        process: u32,
    },
    /// The stack is running but not ready yet.
    #[error("process {process} is still starting the stack: wait until it is ready")]
    Starting {
        /// The process.
        process: u32,
    },
    /// Another process is already running the stack.
    #[error(
        "a stack is already running in process {process}: use it, or stop it with \
         `cargo local down`"
    )]
    AlreadyRunning {
        /// The id of the process, or `?` if it has not written its state yet.
        process: String,
    },
    /// The state file is invalid.
    #[error("{} is invalid ({source}): delete it", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The error in the JSON.
        source: serde_json::Error,
    },
    /// The state file or its lock cannot be used.
    #[error("{} cannot be used: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

/// The liveness of the process that wrote the state file.
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
    /// When another process is running it.
    pub fn claim(&self) -> Result<Claim, StateError> {
        let Some(lock) = Lock::try_take(&self.lock).map_err(|source| self.io(source))? else {
            let process =
                self.read_file()?.map_or("?".to_owned(), |state| state.process.to_string());
            return Err(StateError::AlreadyRunning { process });
        };
        Ok(Claim { file: self.clone(), keep: false, _lock: lock })
    }

    /// Reads the last state that was written, if any, and checks whether its process is running.
    ///
    /// # Errors
    /// When the file is invalid or cannot be read.
    pub fn read(&self) -> Result<Option<(State, Liveness)>, StateError> {
        let free = Lock::try_take(&self.lock).map_err(|source| self.io(source))?.is_some();
        let liveness = if free { Liveness::Ended } else { Liveness::Alive };
        Ok(self.read_file()?.map(|state| (state, liveness)))
    }

    /// Returns the outputs of the running stack.
    ///
    /// # Errors
    /// When no stack is running, or it is not ready.
    pub fn outputs(&self) -> Result<Outputs, StateError> {
        let Some((state, liveness)) = self.read()? else { return Err(StateError::NotRunning) };
        let process = state.process;
        match (liveness, state.outputs) {
            (Liveness::Alive, None) => Err(StateError::Starting { process }),
            // The process did not start the emulator, so the stack on it is still there.
            (Liveness::Ended, Some(outputs)) if !state.owns_emulator => Ok(outputs),
            (Liveness::Ended, _) => Err(StateError::Stale { process }),
            (Liveness::Alive, Some(outputs)) => Ok(outputs),
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

/// The right of this process to run the stack.
#[derive(Debug)]
pub struct Claim {
    file: StateFile,
    /// Keeps the state file after this process, as the stack remains on an emulator that this
    /// process did not start.
    keep: bool,
    _lock: Lock,
}

impl Claim {
    /// Writes the state file, for other commands to read. It is written under another name and then
    /// renamed, so it is never incomplete.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, state: &State) -> Result<(), StateError> {
        let path = &self.file.path;
        let text = serde_json::to_vec_pretty(state)
            .map_err(|source| StateError::Invalid { path: path.clone(), source })?;
        let unfinished = path.with_extension("unfinished");
        std::fs::write(&unfinished, text)
            .and_then(|()| std::fs::rename(&unfinished, path))
            .map_err(|source| self.file.io(source))?;
        self.keep = !state.owns_emulator && state.outputs.is_some();
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.keep {
            // A file that remains is recognized as stale, since the lock is free.
            let _removed = self.file.remove();
        }
    }
}

#[cfg(test)]
mod tests;
