//! Metadata that is split over several segments, because a segment holds at most 64 KiB. Each part
//! states how many parts or bytes there are in total. From this, the module predicts the size of
//! the segments that follow, so that one read can return them all.

/// Size of a segment without its payload, in bytes: marker and length.
const SEGMENT_HEADER: u64 = 4;

/// Predicted size in bytes of the segments that continue the metadata after this segment; `None` if
/// this segment is not a part of split metadata. `payload` is the known start of the segment's
/// payload. `length` is the segment's length field, which counts its own two bytes.
pub(super) fn remaining(payload: &[u8], length: u64) -> Option<u64> {
    let size = length.saturating_sub(2);
    icc(payload, size)
        .or_else(|| flir(payload, size))
        .or_else(|| extended_xmp(payload, size))
        .or_else(|| jumbf(payload, size))
}

/// Like [`remaining`], for a part of an ICC profile (ICC.1:2022, annex B.4). `size` is the size of
/// the whole payload in bytes. The payload states the part's number, from 1, and the number of
/// parts.
fn icc(payload: &[u8], size: u64) -> Option<u64> {
    let [number, count, ..] = payload.strip_prefix(b"ICC_PROFILE\0")? else { return None };
    Some(u64::from(count.saturating_sub(*number)) * (size + SEGMENT_HEADER))
}

/// Like [`remaining`], for thermal data of FLIR cameras. `size` is the size of the whole payload in
/// bytes. The payload states the part's number, from 0, and the number of the last part.
fn flir(payload: &[u8], size: u64) -> Option<u64> {
    let [number, last, ..] = payload.strip_prefix(b"FLIR\0\x01")? else { return None };
    Some(u64::from(last.saturating_sub(*number)) * (size + SEGMENT_HEADER))
}

/// Like [`remaining`], for Extended XMP (Adobe XMP specification part 3, 1.1.3.1). `size` is the
/// size of the whole payload in bytes. The payload states a digest, the size of the whole metadata,
/// and the offset of this part in the metadata.
fn extended_xmp(payload: &[u8], size: u64) -> Option<u64> {
    const PREFIX: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
    const OVERHEAD: u64 = 35 + 32 + 4 + 4;
    let header = payload.strip_prefix(PREFIX)?;
    let (full, offset) = (u32_at(header, 32)?, u32_at(header, 36)?);
    let data = size.saturating_sub(OVERHEAD);
    Some(split(full.saturating_sub(offset + data), data, OVERHEAD))
}

/// Like [`remaining`], for JUMBF, such as C2PA manifests (ISO/IEC 19566-5, annex D). `size` is the
/// size of the whole payload in bytes. Every payload states the box instance, the part's number
/// (from 1), and the box header with the size of the whole box.
fn jumbf(payload: &[u8], size: u64) -> Option<u64> {
    const OVERHEAD: u64 = 2 + 2 + 4 + 8;
    let header = payload.strip_prefix(b"JP")?;
    let (number, full) = (u32_at(header, 2)?, u32_at(header, 6)?);
    let data = size.saturating_sub(OVERHEAD);
    Some(split(full.saturating_sub(8 + number * data), data, OVERHEAD))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u32::from_be_bytes(*bytes.get(offset..)?.first_chunk()?).into())
}

/// Size in bytes of the segments that hold `length` bytes of metadata. The payload of each segment
/// is `overhead` bytes, followed by up to `data` bytes of metadata.
fn split(length: u64, data: u64, overhead: u64) -> u64 {
    length + length.div_ceil(data.max(1)) * (overhead + SEGMENT_HEADER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_parts_are_assumed_to_have_the_same_size() {
        assert_eq!(remaining(b"ICC_PROFILE\0\x02\x05data", 1002), Some(3 * 1004));
        assert_eq!(remaining(b"ICC_PROFILE\0\x05\x05data", 1002), Some(0));
        assert_eq!(remaining(b"ICC_PROFILE\0\x06\x05data", 1002), Some(0));
        assert_eq!(remaining(b"FLIR\0\x01\0\x03data", 1002), Some(3 * 1004));
    }

    #[test]
    fn stated_lengths_are_split_into_parts() {
        let place = [2500_u32.to_be_bytes(), 1000_u32.to_be_bytes()].concat();
        let xmp = [&b"http://ns.adobe.com/xmp/extension/\0"[..], &[b'A'; 32], &place].concat();
        // This segment has 1,000 of 2,500 bytes of XMP, from offset 1,000. The next has 500.
        assert_eq!(remaining(&xmp, 2 + 75 + 1000), Some(500 + 75 + 4));
        let jumbf = [&b"JP\0\x01\0\0\0\x01"[..], &2508_u32.to_be_bytes(), b"jumb"].concat();
        assert_eq!(remaining(&jumbf, 2 + 16 + 1000), Some(1500 + 2 * (16 + 4)));
    }

    #[test]
    fn other_and_truncated_payloads_are_not_parts() {
        for payload in [&b""[..], b"Exif\0\0", b"ICC_PROFILE\0\x01", b"JP\0\x01", b"FLIR\0\x01"] {
            assert_eq!(remaining(payload, 65_535), None);
        }
    }

    #[test]
    fn implausible_numbers_do_not_overflow() {
        let jumbf = [&b"JP\0\x01"[..], &[0xFF; 8]].concat();
        assert!(remaining(&jumbf, 65_535).is_some());
        assert!(remaining(&jumbf, 0).is_some());
    }
}
