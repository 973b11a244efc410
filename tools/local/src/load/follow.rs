//! Waits for executions without slowing them down.
//!
//! The emulator is a single process, and every query takes processor time from it. For this reason,
//! the executions are only counted during the load, and rarely. The start and the end of each
//! execution are read afterwards.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::{LoadError, Target};
use crate::progress::{Progress, Step};
use crate::stack::{Stack, StackError};

/// Minimum pause between two counts.
const MIN_PAUSE: Duration = Duration::from_secs(1);

/// The pause after a count is at least this many times as long as the count took. Counting thus
/// takes less than a tenth of the load's time.
const PAUSE_FACTOR: u32 = 10;

/// Once all uploads are made, the wait for executions ends if no execution has ended for this long.
/// The limit is longer than the 80 seconds for which an execution retries.
const IDLE_TIMEOUT: Duration = Duration::from_mins(3);

/// Follows the executions that a load starts in two state machines, and shows their progress.
pub(super) struct Follow<'a> {
    targets: &'a [Target; 2],
    progress: &'a Progress,
    /// Number of executions that are expected, for all `targets` together.
    total: u64,
    /// Number of executions that had ended before the load.
    ended_before: u64,
    /// Number of successful uploads. Each of them starts an execution.
    uploaded: Cell<u64>,
    /// Number of failed uploads.
    failed: Cell<u64>,
    /// True once all uploads have been made.
    all_uploaded: Cell<bool>,
}

impl<'a> Follow<'a> {
    /// Starts to count the executions that end. `uploads` is the expected number of uploads for
    /// each target.
    pub(super) async fn start(
        targets: &'a [Target; 2],
        uploads: u64,
        progress: &'a Progress,
    ) -> Result<Self, LoadError> {
        let mut follow = Self {
            targets,
            progress,
            total: 2 * uploads,
            ended_before: 0,
            uploaded: Cell::new(0),
            failed: Cell::new(0),
            all_uploaded: Cell::new(false),
        };
        follow.ended_before = follow.count_ended().await?;
        Ok(follow)
    }

    /// Counts an upload that has succeeded or failed.
    pub(super) fn count_upload(&self, succeeded: bool) {
        let counter = if succeeded { &self.uploaded } else { &self.failed };
        counter.set(counter.get() + 1);
    }

    /// Notes that all uploads have been made.
    pub(super) fn end_of_uploads(&self) {
        self.all_uploaded.set(true);
    }

    /// Waits until all uploads have been made, and the number of ended executions has reached the
    /// number of successful uploads. After the last upload, gives up once no execution has ended
    /// for [`IDLE_TIMEOUT`].
    pub(super) async fn wait(&self, stack: &mut Stack) -> Result<(), LoadError> {
        let (mut ended, mut since) = (0, Instant::now());
        loop {
            let start = Instant::now();
            stack.check().map_err(StackError::from)?;
            let now = self.count_ended().await?.saturating_sub(self.ended_before);
            self.show(now);
            if now > ended || !self.all_uploaded.get() {
                (ended, since) = (now, Instant::now());
            }
            let all_ended = self.all_uploaded.get() && ended >= self.uploaded.get();
            if all_ended || since.elapsed() > IDLE_TIMEOUT {
                return Ok(());
            }
            tokio::time::sleep(MIN_PAUSE.max(start.elapsed() * PAUSE_FACTOR)).await;
        }
    }

    async fn count_ended(&self) -> Result<u64, LoadError> {
        let [pipeline, empty] = self.targets;
        Ok(pipeline.executions.count_ended().await? + empty.executions.count_ended().await?)
    }

    fn show(&self, ended: u64) {
        let failed = match self.failed.get() {
            0 => String::new(),
            failed => format!(", {failed} uploads failed"),
        };
        let what = format!("executions ended ({} uploaded{failed})", self.uploaded.get());
        self.progress.advanced(Step::Process, ended, self.total, what);
    }
}
