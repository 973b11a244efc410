//! Waiting for executions without being in their way.
//!
//! While the load lasts, executions are only counted, and seldom: each question takes time of the
//! one processor that the emulator uses. When they began and ended is asked afterwards; the
//! emulator has written it down.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::{LoadError, Target};
use crate::progress::{Progress, Step};
use crate::stack::{Stack, StackError};

/// Shortest time between two counts.
const POLL: Duration = Duration::from_secs(1);

/// A count may take this share of the time: one tenth.
const POLL_SHARE: u32 = 10;

/// How long no execution may end before what is left is given up. The longest chain of retries in
/// the state machine takes less.
const PATIENCE: Duration = Duration::from_mins(3);

/// The executions of two state machines on their way.
pub(super) struct Follow<'a> {
    targets: &'a [Target; 2],
    progress: &'a Progress,
    total: u64,
    /// Executions that had ended before.
    before: u64,
    /// Uploads that S3 took, each of which starts an execution.
    started: Cell<u64>,
    /// Uploads that S3 refused.
    refused: Cell<u64>,
    all_uploaded: Cell<bool>,
}

impl<'a> Follow<'a> {
    /// Follows what starts from now on: `uploads` executions of each target.
    pub(super) async fn start(
        targets: &'a [Target; 2],
        uploads: u64,
        progress: &'a Progress,
    ) -> Result<Self, LoadError> {
        let (started, refused) = (Cell::new(0), Cell::new(0));
        let all_uploaded = Cell::new(false);
        let total = 2 * uploads;
        let mut it = Self { targets, progress, total, before: 0, started, refused, all_uploaded };
        it.before = it.ended().await?;
        Ok(it)
    }

    /// Hears of an upload's answer.
    pub(super) fn uploaded(&self, taken: bool) {
        let counter = if taken { &self.started } else { &self.refused };
        counter.set(counter.get() + 1);
    }

    /// Hears that there will be no more uploads.
    pub(super) fn all_uploaded(&self) {
        self.all_uploaded.set(true);
    }

    /// Returns when all executions have ended, or none has for too long.
    pub(super) async fn to_the_end(&self, stack: &mut Stack) -> Result<(), LoadError> {
        let (mut ended, mut since) = (0, Instant::now());
        loop {
            let asked = Instant::now();
            stack.check().map_err(StackError::from)?;
            let now = self.ended().await?.saturating_sub(self.before);
            self.show(now);
            if now > ended || !self.all_uploaded.get() {
                (ended, since) = (now, Instant::now());
            }
            let over = self.all_uploaded.get() && ended >= self.started.get();
            if over || since.elapsed() > PATIENCE {
                return Ok(());
            }
            tokio::time::sleep(POLL.max(asked.elapsed() * POLL_SHARE)).await;
        }
    }

    async fn ended(&self) -> Result<u64, LoadError> {
        let [pipeline, floor] = self.targets;
        Ok(pipeline.executions.count_ended().await? + floor.executions.count_ended().await?)
    }

    fn show(&self, ended: u64) {
        let refused = match self.refused.get() {
            0 => String::new(),
            refused => format!(", {refused} refused"),
        };
        let what = format!("executions ended ({} uploaded{refused})", self.started.get());
        self.progress.advanced(Step::Process, ended, self.total, what);
    }
}
