//! Uploading, and following each object's execution to its end.

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

/// Uploads at once.
const CONCURRENCY: usize = 16;

/// How often it is asked which executions have ended.
const POLL: Duration = Duration::from_millis(200);

/// How long nothing may end before what is left is given up. The longest
/// chain of retries in the state machine takes less.
const PATIENCE: Duration = Duration::from_mins(3);

/// The last execution of each key; a key without one is not in here.
pub(super) type Ends = BTreeMap<String, Execution>;

/// Objects on their way through the stack.
pub(super) struct Processing<'a> {
    stack: &'a mut Stack,
    progress: &'a Progress,
    follower: Follower,
    ends: Ends,
    uploaded: u64,
    ended: u64,
    failed: u64,
    total: u64,
}

impl<'a> Processing<'a> {
    /// Follows the executions of `stack` that start from now on.
    pub(super) async fn start(
        stack: &'a mut Stack,
        progress: &'a Progress,
    ) -> Result<Self, CommandError> {
        let follower = Follower::start(stack.executions.clone()).await?;
        let ends = Ends::new();
        Ok(Self { stack, progress, follower, ends, uploaded: 0, ended: 0, failed: 0, total: 0 })
    }

    /// Uploads objects and returns when their executions have ended.
    pub(super) async fn upload(&mut self, uploads: Vec<Upload>) -> Result<(), CommandError> {
        self.total += uploads.len() as u64;
        let client = self.stack.aws.s3.clone();
        let bucket = self.stack.outputs.bucket_name.clone();
        let mut answers = futures_util::stream::iter(uploads)
            .map(|upload| put(&client, &bucket, upload))
            .buffer_unordered(CONCURRENCY);
        let mut tick = tokio::time::interval(POLL);
        loop {
            tokio::select! {
                answer = answers.next() => match answer {
                    None => break,
                    Some(answer) => {
                        self.follower.expect(answer?);
                        self.uploaded += 1;
                        self.show();
                    }
                },
                _ = tick.tick() => self.poll().await?,
            }
        }
        self.wait().await
    }

    /// Deletes an object and returns when the execution of that has ended.
    pub(super) async fn delete(&mut self, key: &str) -> Result<(), CommandError> {
        self.total += 1;
        let request = self.stack.aws.s3.delete_object().bucket(&self.stack.outputs.bucket_name);
        let answer = request.key(key).send().await;
        answer.map_err(|error| refused("DeleteObject", key, &error))?;
        self.uploaded += 1;
        let key = key.to_owned();
        self.follower.expect(Expected { key, change: Change::Deleted, etag: None });
        self.wait().await
    }

    /// What became of the objects.
    pub(super) fn finish(self) -> Ends {
        let lost = self.follower.waiting().len();
        let mut summary = format!("{} of {} executions ended", self.ended, self.total);
        if self.failed + lost as u64 > 0 {
            summary = format!("{summary}, {} failed, {lost} not ended", self.failed);
        }
        self.progress.done(Step::Process, summary);
        self.ends
    }

    /// Waits for all executions, until none ends for too long.
    async fn wait(&mut self) -> Result<(), CommandError> {
        let (mut ended, mut since) = (self.ended, Instant::now());
        while !self.follower.waiting().is_empty() && since.elapsed() < PATIENCE {
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
            self.ends.insert(expected.key, execution);
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

async fn put(client: &Client, bucket: &str, upload: Upload) -> Result<Expected, CommandError> {
    let key = upload.key;
    let body = match upload.body {
        Body::Bytes(bytes) => ByteStream::from(bytes),
        Body::File(path) => {
            let bytes = tokio::fs::read(&path).await;
            ByteStream::from(bytes.map_err(|error| refused("Reading the file", &key, &error))?)
        }
    };
    let answer = client.put_object().bucket(bucket).key(&key).body(body);
    // Over plain HTTP the SDK would hash every byte for the signature.
    let answer = answer.customize().disable_payload_signing().send().await;
    let answer = answer.map_err(|error| refused("PutObject", &key, &error))?;
    let etag = answer.e_tag().map(|etag| etag.trim_matches('"').to_owned());
    Ok(Expected { key, change: Change::Created, etag })
}

fn refused(call: &'static str, key: &str, error: &dyn std::error::Error) -> CommandError {
    CommandError::Object { call, key: format::printable(key), message: chain(error) }
}
