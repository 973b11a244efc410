//! An emulator's data that is kept after the emulator has ended.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::lock::Lock;
use crate::private_file;
use crate::workspace::Workspace;

/// File that the launcher creates after the emulator has saved all data and ended. The launcher
/// removes it when the next emulator starts.
const COMPLETE: &str = "complete";

/// File that the launcher keeps locked as long as the emulator can use the data.
const LOCK: &str = "lock";

/// Subdirectory with the states of the services. The emulator saves the states once a minute and
/// before it ends.
const STATE: &str = "state";

/// Subdirectory with the objects. An object is written here as part of its upload.
const OBJECTS: &str = "objects";

/// The directory of the data that `cargo local up --keep` keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptData {
    directory: PathBuf,
}

/// Completeness of the data that an earlier run has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// There is no data.
    Nothing,
    /// All data of the run was saved.
    Complete,
    /// The run was killed, or could not write all data. Contains the time at which the state of a
    /// service was last saved; `None` if no state was saved. Objects may be newer, because each is
    /// written when it is uploaded. An object that could not be written is missing.
    AsOf(Option<SystemTime>),
}

impl KeptData {
    /// The kept data of this checkout.
    #[must_use]
    pub fn of(workspace: &Workspace) -> Self {
        Self { directory: workspace.local().join("data") }
    }

    /// The kept data in `directory`.
    #[cfg(test)]
    pub(super) fn at(directory: PathBuf) -> Self {
        Self { directory }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the completeness of the data that an earlier run has left.
    #[must_use]
    pub fn left(&self) -> Left {
        if self.directory.join(COMPLETE).exists() {
            return Left::Complete;
        }
        if !self.directory.exists() {
            return Left::Nothing;
        }
        let states = std::fs::read_dir(self.directory.join(STATE)).into_iter().flatten().flatten();
        let saved = states.filter_map(|state| state.metadata().ok()?.modified().ok());
        Left::AsOf(saved.max())
    }

    /// Waits until no emulator uses the data. An emulator that is being stopped still uses the data
    /// while it saves. Calls `waiting` once if an emulator uses the data.
    pub async fn saved(&self, waiting: impl FnOnce()) {
        if self.directory.exists() {
            // Creates the lock file if no emulator has used the data yet.
            let _lock = Lock::take(&self.directory.join(LOCK), waiting).await;
        }
    }

    /// Deletes the data. Returns false if there is none.
    ///
    /// # Errors
    /// When the directory cannot be deleted.
    pub fn delete(&self) -> io::Result<bool> {
        match std::fs::remove_dir_all(&self.directory) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Creates the directory if it does not exist. Only the user can read it.
    pub(super) fn prepare(&self) -> io::Result<()> {
        if self.directory.exists() {
            return Ok(());
        }
        private_file::create_directory(&self.directory)?;
        private_file::create_directory(&self.directory.join(STATE))
    }

    /// Environment variables that make the emulator load and save this data.
    pub(super) fn variables(&self) -> [(&'static str, OsString); 4] {
        [
            ("PERSIST_STATE", "1".into()),
            ("STATE_DIR", self.directory.join(STATE).into()),
            ("S3_PERSIST", "1".into()),
            ("S3_DATA_DIR", self.directory.join(OBJECTS).into()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_run_that_was_killed_is_told_from_one_that_has_ended() {
        let parent = tempfile::tempdir().unwrap();
        let data = KeptData { directory: parent.path().join("data") };
        assert_eq!(data.left(), Left::Nothing);
        data.prepare().unwrap();
        data.prepare().unwrap();
        let mode = std::fs::metadata(data.directory()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(data.left(), Left::AsOf(None));
        std::fs::write(data.directory().join(STATE).join("s3.json"), "{}").unwrap();
        assert!(matches!(data.left(), Left::AsOf(Some(_))));
        std::fs::write(data.directory().join(COMPLETE), "").unwrap();
        assert_eq!(data.left(), Left::Complete);
        assert!(data.delete().unwrap());
        assert!(!data.delete().unwrap());
        assert_eq!(data.left(), Left::Nothing);
    }
}
