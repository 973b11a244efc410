//! The directory with an emulator's log, access key and temporary files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::private_file;

/// Number of earlier emulators whose directories are kept, for the logs in them.
const KEPT_LOGS: usize = 10;

/// The directory of one running emulator.
#[derive(Debug)]
pub(super) struct RunDirectory {
    path: PathBuf,
}

impl RunDirectory {
    /// Creates, in `parent`, the directory of the emulator on `port`. Replaces the directory of an
    /// earlier emulator on this port. Before that, removes the directories of emulators that have
    /// ended, except the newest [`KEPT_LOGS`].
    pub(super) fn create(parent: &Path, port: u16) -> io::Result<Self> {
        std::fs::create_dir_all(parent)?;
        prune(parent)?;
        let path = parent.join(port.to_string());
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        let directory = Self { path };
        private_file::create_directory(&directory.path)?;
        private_file::create_directory(&directory.temporary())?;
        Ok(directory)
    }

    /// The file for the output of the emulator and its functions.
    pub(super) fn log(&self) -> PathBuf {
        self.path.join("emulator.log")
    }

    /// The emulator's `TMPDIR`, into which it unpacks functions.
    pub(super) fn temporary(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// The file with the administrator's access key.
    pub(super) fn access_key(&self) -> PathBuf {
        self.path.join("credentials")
    }

    /// Creates the log. Returns it twice, for standard output and for standard error.
    pub(super) fn open_log(&self) -> io::Result<(File, File)> {
        let log = File::create(self.log())?;
        Ok((log.try_clone()?, log))
    }

    /// Removes everything but the log.
    pub(super) fn clean(&self) {
        // These calls fail if the launcher has already removed the temporary files and the key.
        let _removed = std::fs::remove_dir_all(self.temporary());
        let _removed = std::fs::remove_file(self.access_key());
    }
}

/// Removes the directories of emulators that have ended, except the newest [`KEPT_LOGS`]. While a
/// directory contains `tmp`, its emulator may be running. The name of an emulator's directory is a
/// port; all other entries are kept.
fn prune(parent: &Path) -> io::Result<()> {
    let mut ended = Vec::new();
    for entry in std::fs::read_dir(parent)? {
        let entry = entry?;
        let port = entry.file_name().to_str().and_then(|name| name.parse::<u16>().ok());
        if port.is_some() && !entry.path().join("tmp").exists() {
            ended.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    ended.sort();
    for (_, path) in ended.iter().rev().skip(KEPT_LOGS) {
        // This call fails if another process removes the same directory at the same time.
        let _removed = std::fs::remove_dir_all(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_logs_are_removed_but_running_emulators_and_foreign_files_are_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let foreign = parent.path().join("foreign");
        std::fs::create_dir(&foreign).unwrap();
        let running = RunDirectory::create(parent.path(), 1).unwrap();
        for port in 2..30 {
            RunDirectory::create(parent.path(), port).unwrap().clean();
        }
        RunDirectory::create(parent.path(), 30).unwrap();
        assert!(running.temporary().is_dir() && foreign.is_dir());
        let left = std::fs::read_dir(parent.path()).unwrap().count();
        assert_eq!(left, KEPT_LOGS + 3);
    }

    #[test]
    fn log_survives_cleaning() {
        let parent = tempfile::tempdir().unwrap();
        let directory = RunDirectory::create(parent.path(), 1).unwrap();
        directory.open_log().unwrap();
        directory.clean();
        assert!(directory.log().is_file() && !directory.temporary().exists());
    }
}
