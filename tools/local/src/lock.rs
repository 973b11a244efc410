//! Mutual exclusion among all processes that use this checkout.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// Pause between attempts to take a lock that another process holds.
const RETRY: Duration = Duration::from_millis(100);

/// An exclusive lock on a file, held until this value is dropped. If the process that holds the
/// lock ends or is killed, the kernel releases the lock, so no lock is ever left behind.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock at `path`, or returns `None` if another process holds it.
    ///
    /// # Errors
    /// When the file cannot be created or locked.
    pub(crate) fn try_take(path: &Path) -> std::io::Result<Option<Self>> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Replaces the content of the lock file with `text`, which tells other processes which process
    /// holds the lock. Must be called at most once. The text stays after the lock is released.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&mut self, text: &[u8]) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.write_all(text)
    }

    /// Waits for the lock at `path` and takes it. Calls `waiting` once if another process holds the
    /// lock.
    ///
    /// # Errors
    /// When the file cannot be created or locked.
    pub(crate) async fn take(path: &Path, waiting: impl FnOnce()) -> std::io::Result<Self> {
        let mut waiting = Some(waiting);
        loop {
            if let Some(lock) = Self::try_take(path)? {
                return Ok(lock);
            }
            if let Some(waiting) = waiting.take() {
                waiting();
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_held_by_one_and_free_again_afterwards() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("inner/lock");
        let lock = Lock::try_take(&path).unwrap();
        assert!(lock.is_some());
        assert!(Lock::try_take(&path).unwrap().is_none());
        drop(lock);
        assert!(Lock::try_take(&path).unwrap().is_some());
    }

    #[tokio::test]
    async fn waits_until_it_is_free() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let first = Lock::try_take(&path).unwrap();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let waiting = tokio::spawn(async move {
            Lock::take(&path, || sender.send(()).unwrap()).await.map(|_| ())
        });
        receiver.await.unwrap();
        drop(first);
        waiting.await.unwrap().unwrap();
    }
}
