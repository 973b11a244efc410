//! Drives a probe over an object in memory.

use std::ops::Range;

use probe::{CONTENT_TYPES, Hint, Image, Probe, ProbeError, Step};

/// The result of a probe, and the reads that it made.
pub(crate) struct Outcome {
    pub(crate) result: Result<Image, ProbeError>,
    /// The ranges read, in order.
    pub(crate) reads: Vec<Range<u64>>,
}

/// Probes an object without a hint.
pub(crate) fn probe(object: &[u8]) -> Result<Image, ProbeError> {
    probe_as("", object)
}

/// Probes an object with this key.
pub(crate) fn probe_as(key: &str, object: &[u8]) -> Result<Image, ProbeError> {
    trace(key, object).result
}

/// Probes an object with this key and records each read.
pub(crate) fn trace(key: &str, object: &[u8]) -> Outcome {
    let mut probe = Probe::new(object.len() as u64, Hint { key, content_type: None });
    let mut reads = Vec::new();
    let result = run(&mut probe, |range| {
        reads.push(range.clone());
        part(object, range)
    });
    Outcome { result, reads }
}

/// Runs a probe on the bytes that `read` returns. Checks that the content type of the image is one
/// of [`CONTENT_TYPES`].
pub(crate) fn run(
    probe: &mut Probe,
    mut read: impl FnMut(Range<u64>) -> Vec<u8>,
) -> Result<Image, ProbeError> {
    loop {
        match probe.step()? {
            Step::Read(range) => probe.supply(range.start, read(range)),
            Step::Done(image) => {
                assert!(CONTENT_TYPES.contains(&image.content_type()), "{image:?}");
                return Ok(image);
            }
        }
    }
}

/// The bytes of an object in this range.
pub(crate) fn part(object: &[u8], range: Range<u64>) -> Vec<u8> {
    object[range.start as usize..range.end as usize].to_vec()
}

/// Expects an image of these dimensions in pixels.
#[track_caller]
pub(crate) fn expect_size(object: &[u8], width: u32, height: u32) -> Image {
    let image = probe(object).unwrap_or_else(|error| panic!("{error}: {}", start(object)));
    assert_eq!((image.width, image.height), (width, height), "{}", start(object));
    image
}

/// Probes an object with this key. Expects an image after this number of reads.
#[track_caller]
pub(crate) fn expect_reads(key: &str, object: &[u8], reads: usize) -> Image {
    let outcome = trace(key, object);
    assert_eq!(outcome.reads.len(), reads, "{:?}", outcome.reads);
    outcome.result.unwrap()
}

/// Expects `CorruptImage` and a message that contains `what`.
#[track_caller]
pub(crate) fn expect_corrupt(object: &[u8], what: &str) {
    expect_error(object, "CorruptImage", what);
}

/// Expects `UnsupportedImage` and a message that contains `what`. Returns the message.
#[track_caller]
pub(crate) fn expect_unsupported(object: &[u8], what: &str) -> String {
    expect_error(object, "UnsupportedImage", what)
}

#[track_caller]
fn expect_error(object: &[u8], name: &str, what: &str) -> String {
    let error = probe(object).unwrap_err();
    assert_eq!(error.name(), name, "{error}: {}", start(object));
    let message = error.to_string();
    assert!(message.contains(what), "{message}: {}", start(object));
    message
}

/// The start of an object, for messages.
fn start(object: &[u8]) -> String {
    object[..object.len().min(300)].escape_ascii().to_string()
}
