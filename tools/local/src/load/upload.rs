//! Uploading at a pace.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use futures_util::{Stream, StreamExt as _};

use super::pace::{Pace, Slot};
use crate::error_text::chain;
use crate::samples::Sample;

/// Uploads that may be without an answer at one time; those after them wait.
const CONCURRENCY: usize = 64;

/// One upload, answered.
#[derive(Debug)]
pub(super) struct Upload {
    /// Whose it is: 0 or 1.
    pub(super) target: usize,
    /// The object's key.
    pub(super) key: String,
    /// When the answer came, in seconds since 1970; or why S3 refused.
    pub(super) answered: Result<f64, String>,
    /// How long after it was due the answer came, in seconds.
    pub(super) took: f64,
}

/// Where uploads go, and what they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Destination<'a> {
    pub(super) client: &'a Client,
    pub(super) bucket: &'a str,
    /// The beginning of the keys of each target.
    pub(super) prefixes: [&'a str; 2],
    pub(super) images: &'a [Sample],
}

/// Makes each upload when it is due. Only as long as somebody takes the answers.
pub(super) fn uploads(to: Destination<'_>, pace: Pace) -> impl Stream<Item = Upload> + '_ {
    let start = Instant::now();
    futures_util::stream::iter(pace.slots())
        .then(move |slot| async move {
            tokio::time::sleep_until((start + slot.due).into()).await;
            slot
        })
        .map(move |slot| upload(to, slot, start))
        .buffer_unordered(CONCURRENCY)
}

async fn upload(to: Destination<'_>, slot: Slot, start: Instant) -> Upload {
    let image = &to.images[slot.number as usize % to.images.len()];
    let key = format!("{}{:06}-{}", to.prefixes[slot.target], slot.number, image.name);
    let request = to.client.put_object().bucket(to.bucket).key(&key);
    let request = request.body(ByteStream::from(image.bytes.clone()));
    // Over plain HTTP the SDK would hash every byte for the signature.
    let answer = request.customize().disable_payload_signing().send().await;
    Upload {
        target: slot.target,
        key,
        answered: answer.map(|_| now()).map_err(|error| chain(&error)),
        took: start.elapsed().saturating_sub(slot.due).as_secs_f64(),
    }
}

/// Seconds since 1970, by the clock that the emulator shares.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64()
}
