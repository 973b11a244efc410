//! The stack that `cargo local up` runs, for the commands that use it from
//! another terminal.
//!
//! Its process holds a lock for as long as it lives, so that the state file of
//! one that was killed is never taken for a running stack's.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Outputs;
use crate::lock::Lock;
use crate::workspace::Workspace;

/// What is known of a stack that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The id of the process that runs it.
    pub process: u32,
    /// Whether that process started the emulator, so that it ends with it.
    pub owns_emulator: bool,
    /// The id of the emulator's process, if it was started.
    pub emulator_process: Option<u32>,
    /// The emulator's log file, if it was started.
    pub log: Option<PathBuf>,
    /// The outputs, once it is deployed.
    pub outputs: Option<Outputs>,
}

/// No running stack, or one that is in the way.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// None runs.
    #[error("no stack is running: start one with `cargo local up`")]
    None,
    /// One ran, and its process has ended without tidying up.
    #[error(
        "no stack is running: process {process}, which ran one, has ended. Start it again with `cargo local up`"
    )]
    Stale {
        /// The process.
        process: u32,
    },
    /// One runs, but is not ready.
    #[error("the stack is still being started by process {process}: wait until it is ready")]
    Starting {
        /// The process.
        process: u32,
    },
    /// One runs already.
    #[error(
        "a stack already runs in process {process}: use it, or stop it with `cargo local down`"
    )]
    Taken {
        /// The process; none when it has only just begun.
        process: String,
    },
    /// The state file is broken.
    #[error("{} is not valid ({source}): remove it", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The state file cannot be used.
    #[error("{} cannot be used: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Whether a process lives that runs the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// It does.
    Alive,
    /// It does not.
    Ended,
}

/// The files that say whether a stack runs.
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
    /// When another process does already.
    pub fn claim(&self) -> Result<Claim, StateError> {
        let Some(lock) = Lock::try_take(&self.lock).map_err(|source| self.io(source))? else {
            let process = self.read()?.map_or("?".to_owned(), |state| state.process.to_string());
            return Err(StateError::Taken { process });
        };
        Ok(Claim { file: self.clone(), keep: false, _lock: lock })
    }

    /// The state that was written last, if any, and whether its process lives.
    ///
    /// # Errors
    /// When the file is broken or cannot be read.
    pub fn look(&self) -> Result<Option<(State, Liveness)>, StateError> {
        let free = Lock::try_take(&self.lock).map_err(|source| self.io(source))?.is_some();
        let liveness = if free { Liveness::Ended } else { Liveness::Alive };
        Ok(self.read()?.map(|state| (state, liveness)))
    }

    /// The outputs of the stack that runs.
    ///
    /// # Errors
    /// When none runs, or it is not ready.
    pub fn outputs(&self) -> Result<Outputs, StateError> {
        let Some((state, liveness)) = self.look()? else { return Err(StateError::None) };
        let process = state.process;
        match (liveness, state.outputs) {
            (Liveness::Alive, None) => Err(StateError::Starting { process }),
            // On an emulator of somebody else the stack lives on.
            (Liveness::Ended, Some(outputs)) if !state.owns_emulator => Ok(outputs),
            (Liveness::Ended, _) => Err(StateError::Stale { process }),
            (Liveness::Alive, Some(outputs)) => Ok(outputs),
        }
    }

    /// Removes the state of a stack that has ended.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(&self) -> Result<(), StateError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io(error)),
            _ => Ok(()),
        }
    }

    fn read(&self) -> Result<Option<State>, StateError> {
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

/// This process runs the stack.
#[derive(Debug)]
pub struct Claim {
    file: StateFile,
    keep: bool,
    _lock: Lock,
}

impl Claim {
    /// Tells the other commands about the stack. The file appears complete or not at all.
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
            // What is left is recognised as stale, since the lock is free.
            let _removed = self.file.remove();
        }
    }
}

#[cfg(test)]
mod tests;
