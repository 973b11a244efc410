//! Decoder configurations, which state the bits per channel and the number of channels.

use crate::isobmff::Box;
use crate::source::{Parsed, Source};

/// The bits per channel and the number of channels that a decoder configuration of AV1 or HEVC
/// states; `None` for other boxes, and for configurations that are too short.
pub(super) fn samples(source: &Source<'_>, property: Box) -> Parsed<Option<(u8, u8)>> {
    let start = property.content;
    match (&property.kind, property.end - start) {
        (b"av1C", 4..) => av1(source, start).map(Some),
        (b"hvcC", 23..) => hevc(source, start).map(Some),
        _ => Ok(None),
    }
}

/// The bits per sample and the number of channels that an AV1 codec configuration states
/// ("AV1 Codec ISO Media File Format Binding", 2.3.3).
fn av1(source: &Source<'_>, start: u64) -> Parsed<(u8, u8)> {
    let flags = source.u8(start + 2)?;
    let bits = match (flags & 0x40, flags & 0x20) {
        (0, _) => 8,
        (_, 0) => 10,
        _ => 12,
    };
    Ok((bits, if flags & 0x10 == 0 { 3 } else { 1 }))
}

/// The bits per sample and the number of channels that an HEVC decoder configuration states
/// (ISO/IEC 14496-15, 8.3.2.1): byte 16 has the chroma format (0 is monochrome), byte 17 the bits
/// per luma sample minus 8.
fn hevc(source: &Source<'_>, start: u64) -> Parsed<(u8, u8)> {
    let [chroma_format, bits] = source.array(start + 16)?;
    let channels = match chroma_format & 3 {
        0 => 1,
        _ => 3,
    };
    Ok(((bits & 7) + 8, channels))
}
