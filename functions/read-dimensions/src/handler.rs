//! Drives the probe with ranged reads from S3.

use std::ops::Range;

use bytes::Bytes;
use probe::{Hint, Image, Probe, Step};
use runtime::Summary;
use storage::{Location, Storage, StorageError};

use crate::measurement::{MeasureError, Measurement, Target, facts};

/// Measures the object, and reports the number of reads and bytes that it took. The place where the
/// image was taken is read only if `record_location` is true.
pub(crate) async fn read_dimensions(
    storage: &Storage,
    record_location: bool,
    Target { bucket, key, object, execution }: Target,
    summary: &mut Summary,
) -> Result<Measurement, MeasureError> {
    let at = Location { bucket: &bucket, key: &key };
    let hint = Hint { key: &key, content_type: object.claimed_content_type.as_deref() };
    let mut probe = Probe::new(object.size, hint).with_location(record_location);
    let read = async |range| storage.read(at, &object.etag, range).await;
    let result = measure(&mut probe, read).await;
    let (gets, bytes_read) = (u64::from(probe.reads()), probe.bytes_read());
    summary.key = Some(key.clone());
    summary.execution = execution;
    summary.gets = Some(gets);
    summary.bytes = Some(bytes_read);
    let image = result.inspect_err(|error| summary.outcome = error.outcome())?;
    summary.outcome = Some("measured");
    summary.format = Some(image.format.as_str());
    Ok(Measurement { image: facts(image), gets, bytes_read })
}

/// Reads the ranges that the probe requests, until the probe has a result. The loop ends because
/// the probe limits the number of reads and bytes.
async fn measure(
    probe: &mut Probe,
    read: impl AsyncFn(Range<u64>) -> Result<Bytes, StorageError>,
) -> Result<Image, MeasureError> {
    loop {
        match probe.step()? {
            Step::Done(image) => return Ok(image),
            Step::Read(range) => {
                let offset = range.start;
                probe.supply(offset, read(range).await?);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::NamedError;
    use storage::Unreadable;

    use super::*;

    /// A PNG of 640×480 pixels: its header, and an empty chunk of image data.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0\
                         \xba\xb3\x4b\xb3\0\0\0\0IDAT\x35\xaf\x06\x1e";

    fn probe(size: usize) -> Probe {
        Probe::new(size as u64, Hint { key: "uploads/a.png", content_type: None })
    }

    #[tokio::test]
    async fn the_ranges_that_the_probe_needs_are_read() {
        let read = async |Range { start, end }: Range<u64>| {
            let range = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
            Ok(Bytes::from_static(&PNG[range]))
        };
        let image = measure(&mut probe(PNG.len()), read).await.unwrap();
        assert_eq!((image.width, image.height), (640, 480));
    }

    #[tokio::test]
    async fn an_object_that_changes_ends_the_reading_under_its_name() {
        let read = async |_| Err(StorageError::ObjectChanged);
        let error = measure(&mut probe(PNG.len()), read).await.unwrap_err();
        assert_eq!(error.name(), "ObjectChanged");
    }

    #[tokio::test]
    async fn an_object_that_cannot_be_read_is_rejected_with_the_reason() {
        let read = async |_| Err(StorageError::ObjectUnreadable(Unreadable::Archived));
        let error = measure(&mut probe(PNG.len()), read).await.unwrap_err();
        assert_eq!((error.name(), error.outcome()), ("UnreadableObject", Some("rejected")));
        assert!(error.to_string().contains("archived"), "{error}");
    }
}
