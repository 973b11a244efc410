//! Uploads images on a schedule.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use futures_util::{Stream, StreamExt as _};

use super::pace::{Pace, Slot};
use crate::error_text::chain;
use crate::samples::Sample;

/// Maximum number of concurrent uploads. While this many are in progress, a further upload waits
/// and starts late.
const CONCURRENCY: usize = 64;

/// An upload that has succeeded or failed.
#[derive(Debug)]
pub(super) struct Upload {
    /// Index of the state machine: 0 for the pipeline, 1 for the empty pipeline.
    pub(super) target: usize,
    /// Key of the object.
    pub(super) key: String,
    /// Time of S3's response in seconds since 1970, or the error if the upload failed.
    pub(super) uploaded: Result<f64, String>,
    /// Seconds from the upload's due time to S3's response, or to the failure of the upload.
    pub(super) took: f64,
}

/// The images to upload, and the bucket and the key prefixes to upload them to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Destination<'a> {
    pub(super) client: &'a Client,
    pub(super) bucket: &'a str,
    /// Prefix of the keys for each state machine.
    pub(super) prefixes: [&'a str; 2],
    /// Images to upload, in this order. After the last image, the first one follows again.
    pub(super) images: &'a [Sample],
}

/// Starts each upload when it is due. Uploads start and continue only while the stream is polled.
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
    // Over plain HTTP, the SDK would hash the whole body for the signature. The emulator does not
    // need the hash.
    let response = request.customize().disable_payload_signing().send().await;
    Upload {
        target: slot.target,
        key,
        uploaded: response.map(|_| now()).map_err(|error| chain(&error)),
        took: start.elapsed().saturating_sub(slot.due).as_secs_f64(),
    }
}

/// Returns the time in seconds since 1970. The emulator uses the same clock, so this time can be
/// compared with the start and end of executions.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64()
}
