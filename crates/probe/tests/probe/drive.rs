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
    trace(Hint { key, content_type: None }, object).result
}

/// Probes an object and records each read. The content type of an image must be one of
/// [`CONTENT_TYPES`].
pub(crate) fn trace(hint: Hint<'_>, object: &[u8]) -> Outcome {
    let mut probe = Probe::new(object.len() as u64, hint);
    let mut reads = Vec::new();
    let result = loop {
        match probe.step() {
            Ok(Step::Read(range)) => {
                reads.push(range.clone());
                let (start, end) = (range.start as usize, range.end as usize);
                probe.supply(range.start, object[start..end].to_vec());
            }
            Ok(Step::Done(image)) => {
                assert!(CONTENT_TYPES.contains(&image.content_type()), "{image:?}");
                break Ok(image);
            }
            Err(error) => break Err(error),
        }
    };
    Outcome { result, reads }
}

/// Expects an image of these dimensions in pixels.
#[track_caller]
pub(crate) fn expect_size(object: &[u8], width: u32, height: u32) -> Image {
    let image = probe(object).unwrap();
    assert_eq!((image.width, image.height), (width, height));
    image
}

/// Expects `CorruptImage` and a message that contains `what`.
#[track_caller]
pub(crate) fn expect_corrupt(object: &[u8], what: &str) {
    let error = probe(object).unwrap_err();
    assert_eq!(error.name(), "CorruptImage", "{error}");
    assert!(error.to_string().contains(what), "{error}");
}
