//! Records how long a client would have waited, and does not wait.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};

/// Replaces the waits of a client, and remembers how long each would have taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits(Arc<Mutex<Vec<Duration>>>);

impl Waits {
    /// Returns the waits so far, and forgets them.
    pub(crate) fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AsyncSleep for Waits {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(duration);
        // Lets other tasks run, as a real wait would.
        Sleep::new(tokio::task::yield_now())
    }
}
