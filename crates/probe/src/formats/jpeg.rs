//! JPEG (ITU-T T.81) and JPEG-LS (ITU-T T.87): marker segments up to the first scan.

mod chains;
mod metadata;

use metadata::Metadata;

use crate::image::ColorSpace;
use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DNL: u8 = 0xDC;
/// Marker of the frame header of JPEG-LS (ITU-T T.87, C.2.2), which has the same layout as the
/// frame headers of JPEG.
const SOF55: u8 = 0xF7;

/// Walks from segment to segment up to the first frame header, and on to the first scan, because
/// EXIF metadata may also follow the frame header.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut walk = Walk::new(source, 2);
    loop {
        match walk.next_marker()? {
            SOS => return corrupt("image data comes before any frame header", walk.position),
            // A segment's wrong length may have led the walk into a thumbnail. The thumbnail ends
            // here, and the segments of the main image follow.
            EOI => {}
            marker if is_bare(marker) => {}
            marker if is_frame(marker) => {
                let mut image = walk.frame(marker)?;
                walk.walk_to_scan()?;
                walk.metadata.apply(source, &mut image)?;
                return Ok(image);
            }
            marker => walk.segment(marker)?,
        }
    }
}

/// True for markers of frame headers: SOF55, and SOF0 to SOF15 (T.81, table B.1). The codes from
/// SOF0 to SOF15 include those of DHT, JPG and DAC, which are not frame headers.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | SOF55) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// True for codes that begin no segment: stuffed bytes, standalone markers, a repeated SOI, and the
/// codes that T.81 reserves. Decoders do not expect a segment after a reserved code, and treat the
/// bytes that follow the code as junk. JPEG-LS uses one of the reserved codes, LSE. The payload of
/// an LSE segment can safely be skipped as junk.
fn is_bare(marker: u8) -> bool {
    matches!(marker, 0x00..=0xBF | RST0..=RST7 | SOI | 0xF0..=0xF6 | 0xF8..=0xFD)
}

/// Walks over marker segments.
struct Walk<'a> {
    source: &'a Source<'a>,
    position: u64,
    /// End (exclusive) of the bytes that the walk is likely to need.
    likely_end: u64,
    /// Number of large segments in a row, the current segment included.
    large_run: usize,
    /// Number of junk bytes that may still be skipped.
    junk_left: u64,
    metadata: Metadata,
}

impl<'a> Walk<'a> {
    fn new(source: &'a Source<'a>, position: u64) -> Self {
        let metadata = Metadata::default();
        Self { source, position, likely_end: 0, large_run: 0, junk_left: MAX_JUNK, metadata }
    }

    /// Moves past the next marker and returns its code. Skips fill bytes (T.81, B.1.1.2) and junk.
    /// Some cameras write junk although T.81 does not allow it.
    fn next_marker(&mut self) -> Parsed<u8> {
        loop {
            let needed = self.source.bytes_until(self.position, 2, self.likely_end)?;
            match needed {
                [0xFF, 0xFF] => self.position += 1,
                [0xFF, marker] => {
                    self.position += 2;
                    return Ok(*marker);
                }
                _ => self.skip_junk()?,
            }
        }
    }

    /// Moves to the next 0xFF, or to the end of the known bytes.
    fn skip_junk(&mut self) -> Parsed<()> {
        let known = self.source.known(self.position);
        let junk = known.iter().position(|byte| *byte == 0xFF).unwrap_or(known.len());
        let Some(left) = self.junk_left.checked_sub(junk as u64) else {
            return corrupt("more than 64 KiB of junk precede a marker", self.position);
        };
        self.junk_left = left;
        self.position += junk as u64;
        Ok(())
    }

    /// Walks on from the frame header to the first scan. A second frame header before the scan is
    /// an error, as in every decoder. An object that ends before the scan is still measured.
    fn walk_to_scan(&mut self) -> Parsed<()> {
        while let Some(marker) = self.source.optional(self.next_marker())? {
            match marker {
                SOS | EOI => break,
                marker if is_bare(marker) => {}
                marker if is_frame(marker) => {
                    return corrupt("a second frame header follows", self.position);
                }
                marker => {
                    if self.source.optional(self.segment(marker))?.is_none() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads the metadata in a segment, and moves past the segment.
    fn segment(&mut self, marker: u8) -> Parsed<()> {
        let length = u64::from(self.source.u16_be(self.position)?);
        // The length includes its own two bytes. Values below 2 occur and mean an empty segment.
        let end = self.position + length.max(2);
        self.metadata.take(self.source, marker, self.position + 2..end)?;
        self.expect_more(length, end, self.payload(end));
        self.position = end;
        Ok(())
    }

    /// Predicts the end of metadata that is split over several segments. For ICC, FLIR, XMP and
    /// JUMBF, each part states the total of parts or bytes. For other metadata, the prediction
    /// depends on the number of large segments in a row.
    fn expect_more(&mut self, length: u64, end: u64, payload: &[u8]) {
        self.large_run = if length >= LARGE_SEGMENT { self.large_run + 1 } else { 0 };
        let more = chains::remaining(payload, length).unwrap_or_else(|| {
            MORE_SEGMENTS[self.large_run.min(MORE_SEGMENTS.len() - 1)] * SEGMENT
        });
        let likely_end = end.saturating_add(more).saturating_add(TABLES);
        self.likely_end = self.likely_end.max(likely_end);
    }

    /// The payload of the current segment, as far as it has been read. The segment ends at `end`.
    fn payload(&self, end: u64) -> &'a [u8] {
        let start = self.position + 2;
        let known = self.source.known(start);
        let length = usize::try_from(end - start).unwrap_or(0);
        known.get(..length).unwrap_or(known)
    }

    /// Reads the frame header at the current position (T.81, B.2.2), and moves past the header.
    fn frame(&mut self, marker: u8) -> Parsed<Image> {
        let header = self.source.array::<8>(self.position)?;
        let [length_high, length_low, bits, rest @ ..] = header;
        let [height_high, height_low, width_high, width_low, channels] = rest;
        let length = u16::from_be_bytes([length_high, length_low]);
        if channels == 0 || length != 8 + 3 * u16::from(channels) {
            let what = "the frame header has a wrong length or number of components";
            return corrupt(what, self.position);
        }
        if !(2..=16).contains(&bits) {
            let what = "the frame header's sample precision is not between 2 and 16 bits";
            return corrupt(what, self.position + 2);
        }
        self.position += u64::from(length);
        let width = u16::from_be_bytes([width_high, width_low]);
        let height = match u16::from_be_bytes([height_high, height_low]) {
            0 => self.height_after_scan(self.position)?,
            height => height,
        };
        let mut image =
            Image::new(Format::Jpeg, width.into(), height.into()).with_samples(bits, channels);
        image.animated = Some(false);
        image.has_alpha = Some(false);
        // The progressive frames are SOF2, SOF6, SOF10 and SOF14.
        image.progressive = Some(matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE));
        image.color_space = ColorSpace::of_channels(channels);
        Ok(if marker == SOF55 { image.with_content_type("image/jls") } else { image })
    }

    /// The height in the DNL segment after the first scan (T.81, B.2.5), for a frame header that
    /// states a height of zero. In the entropy-coded data of a scan, a byte 0xFF is followed by a
    /// stuffed zero, or begins a restart marker. Any other marker ends the data.
    fn height_after_scan(&self, start: u64) -> Parsed<u16> {
        let source = self.source;
        let mut walk = Walk::new(source, start);
        loop {
            match walk.next_scan_marker()? {
                DNL => return source.u16_be(walk.position + 2),
                EOI => return corrupt("no height before or after the first scan", start),
                marker if is_bare(marker) => {}
                _ => walk.segment(0)?,
            }
        }
    }

    /// Like [`Walk::next_marker`], but for a scan: skips any number of bytes, and reads ahead in
    /// large steps, because scans are long.
    fn next_scan_marker(&mut self) -> Parsed<u8> {
        self.junk_left = u64::MAX;
        self.likely_end = self.position.saturating_add(SCAN_READ);
        self.next_marker()
    }
}

/// Number of bytes of entropy-coded data to request in one read.
const SCAN_READ: u64 = 1 << 20;

/// Size in bytes of the largest possible segment, marker included.
const SEGMENT: u64 = 65_537;

/// Bytes to read beyond the predicted end of the metadata. The tables and the frame header, which
/// follow the metadata, usually fit in these bytes.
const TABLES: u64 = 4 << 10;

/// Maximum number of junk bytes that a walk skips in total. JPEG files contain a few at most, so an
/// object with more junk is probably not a JPEG file.
const MAX_JUNK: u64 = 64 << 10;

/// Minimum length in bytes of a large segment. Writers split long metadata into segments of nearly
/// the maximum length (64 KiB), so more metadata probably follows a large segment.
const LARGE_SEGMENT: u64 = 60_000;

/// Numbers of segments still to expect after 0, 1, 2, or at least 3 large segments in a row.
const MORE_SEGMENTS: [u64; 4] = [0, 1, 4, 8];
