//! Uploads objects and follows their executions to the end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use futures_util::StreamExt as _;

use super::files::{Body, Upload};
use crate::commands::CommandError;
use crate::error_text::chain;
use crate::executions::{Change, Execution, Expected, Follower, Outcome};
use crate::progress::{Progress, Step};
use crate::stack::{Stack, StackError};
use crate::terminal::format;

/// Maximum number of concurrent uploads.
const CONCURRENCY: usize = 16;

/// Interval between queries for executions that have ended.
const POLL: Duration = Duration::from_millis(200);

/// If no execution ends for this long, the command stops waiting for the remaining executions.
///
/// An execution whose calls fail retries them for 80 seconds, and usually ends soon afterwards.
/// Only an execution whose calls time out can take longer than this limit: up to 287 seconds
/// (docs/SEMANTICS.md).
const IDLE_TIMEOUT: Duration = Duration::from_mins(3);

/// For each object key with an ended execution: the execution that ended last.
pub(in crate::commands) type LastExecutions = BTreeMap<String, Execution>;

/// Uploads and deletions in progress, and the executions that they start.
pub(in crate::commands) struct Processing<'a> {
    stack: &'a mut Stack,
    progress: &'a Progress,
    follower: Follower,
    last: LastExecutions,
    /// Number of uploads and deletions that have succeeded.
    uploaded: u64,
    ended: u64,
    failed: u64,
    /// Number of executions that the uploads and deletions should start.
    total: u64,
}

impl<'a> Processing<'a> {
    /// Follows the executions of `stack` that start from now on.
    pub(in crate::commands) async fn start(
        stack: &'a mut Stack,
        progress: &'a Progress,
    ) -> Result<Self, CommandError> {
        let follower = Follower::start(stack.executions.clone()).await?;
        let last = LastExecutions::new();
        Ok(Self { stack, progress, follower, last, uploaded: 0, ended: 0, failed: 0, total: 0 })
    }

    /// Uploads objects and waits for their executions to end.
    pub(in crate::commands) async fn upload(
        &mut self,
        uploads: Vec<Upload>,
    ) -> Result<(), CommandError> {
        self.total += uploads.len() as u64;
        let client = self.stack.aws.s3.clone();
        let bucket = self.stack.outputs.bucket_name.clone();
        let mut results = futures_util::stream::iter(uploads)
            .map(|upload| put(&client, &bucket, upload))
            .buffer_unordered(CONCURRENCY);
        let mut tick = tokio::time::interval(POLL);
        loop {
            tokio::select! {
                result = results.next() => match result {
                    None => break,
                    Some(expected) => {
                        self.follower.expect(expected?);
                        self.uploaded += 1;
                        self.show();
                    }
                },
                _ = tick.tick() => self.poll().await?,
            }
        }
        self.wait().await
    }

    /// Deletes an object and waits until the execution that the deletion starts has ended.
    pub(in crate::commands) async fn delete(&mut self, key: &str) -> Result<(), CommandError> {
        self.total += 1;
        let request = self.stack.aws.s3.delete_object().bucket(&self.stack.outputs.bucket_name);
        let deleted = request.key(key).send().await;
        deleted.map_err(|error| object_error("DeleteObject", key, &error))?;
        self.uploaded += 1;
        let key = key.to_owned();
        self.follower.expect(Expected { key, change: Change::Deleted, etag: None });
        self.wait().await
    }

    /// True if an execution has failed, or has not ended in time. If so, further executions would
    /// probably fail as well, so callers stop.
    pub(in crate::commands) fn has_failed(&self) -> bool {
        self.failed > 0 || !self.follower.waiting().is_empty()
    }

    /// Ends the progress display. Returns the last execution of each key.
    pub(in crate::commands) fn finish(self) -> LastExecutions {
        let missing = self.follower.waiting().len();
        let total = usize::try_from(self.total).unwrap_or(usize::MAX);
        let total = format::count(total, "execution", "executions");
        let mut summary = format!("{} of {total} ended", self.ended);
        if self.failed + missing as u64 > 0 {
            summary = format!("{summary}, {} failed, {missing} did not end", self.failed);
        }
        self.progress.done(Step::Process, summary);
        self.last
    }

    /// Waits until all expected executions have ended, or until no execution has ended for
    /// [`IDLE_TIMEOUT`].
    async fn wait(&mut self) -> Result<(), CommandError> {
        let (mut ended, mut since) = (self.ended, Instant::now());
        while !self.follower.waiting().is_empty() && since.elapsed() < IDLE_TIMEOUT {
            self.poll().await?;
            if self.ended > ended {
                (ended, since) = (self.ended, Instant::now());
            }
            if !self.follower.waiting().is_empty() {
                tokio::time::sleep(POLL).await;
            }
        }
        Ok(())
    }

    async fn poll(&mut self) -> Result<(), CommandError> {
        self.stack.check().map_err(StackError::from)?;
        for (expected, execution) in self.follower.ended().await? {
            self.ended += 1;
            if matches!(execution.outcome(), Outcome::Failed(_)) {
                self.failed += 1;
            }
            self.last.insert(expected.key, execution);
        }
        self.show();
        Ok(())
    }

    fn show(&self) {
        let failed = match self.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        let what = format!("executions ended ({} uploaded{failed})", self.uploaded);
        self.progress.advanced(Step::Process, self.ended, self.total, what);
    }
}

/// Uploads an object. Returns what identifies the execution that the upload starts.
async fn put(client: &Client, bucket: &str, upload: Upload) -> Result<Expected, CommandError> {
    let key = upload.key;
    let body = match upload.body {
        Body::Bytes(bytes) => ByteStream::from(bytes),
        Body::File(path) => {
            let bytes = tokio::fs::read(&path).await;
            ByteStream::from(bytes.map_err(|error| object_error("Reading the file", &key, &error))?)
        }
    };
    let request = client.put_object().bucket(bucket).key(&key).body(body);
    // Without this customization, the SDK would hash the whole body to sign a request over plain
    // HTTP.
    let response = request.customize().disable_payload_signing().send().await;
    let response = response.map_err(|error| object_error("PutObject", &key, &error))?;
    let etag = response.e_tag().map(|etag| etag.trim_matches('"').to_owned());
    Ok(Expected { key, change: Change::Created, etag })
}

fn object_error(call: &'static str, key: &str, error: &dyn std::error::Error) -> CommandError {
    CommandError::Object { call, key: format::printable(key), message: chain(error) }
}
