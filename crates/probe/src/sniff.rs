//! Recognizes a format by the first bytes of an object.

use crate::Format;
use crate::formats::{bmp, ico, tga};
use crate::hint::Expected;
use crate::text::{is_text, is_text_byte};

/// Number of bytes at an object's start that suffice to recognize its format. In SVG, the root
/// element may come later, for example after a long comment. The SVG parser reads further to find
/// it.
pub(crate) const SNIFF_LENGTH: usize = 64;

/// The type of object that the first bytes announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// A format with a parser. If the first bytes are ambiguous, the parser decides: every ISO base
    /// media file is passed to the HEIF parser, and all markup to the SVG parser.
    Format(Format),
    /// A recognized but unsupported format. Carries the format's name.
    Unsupported(&'static str),
    /// An unknown format. Carries a description of the bytes.
    Unknown(&'static str),
}

/// Signatures at offset 0 and their formats. The first match is used, so a signature precedes all
/// signatures that are prefixes of it.
const SIGNATURES: &[(&[u8], Format)] = &[
    (b"\xFF\xD8\xFF", Format::Jpeg),
    (b"\xFF\xD8", Format::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Format::Png),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"BM", Format::Bmp),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II\0*", Format::Tiff),
    (b"MM*\0", Format::Tiff),
    (b"II+\0", Format::Tiff),
    (b"MM\0+", Format::Tiff),
    (b"\xFF\x0A", Format::Jxl),
    (b"\0\0\0\x0CJXL \r\n\x87\n", Format::Jxl),
    (b"icns", Format::Icns),
    (b"8BPS", Format::Psd),
    (b"qoif", Format::Qoi),
    (b"\0\0\0\x0CjP  \r\n\x87\n", Format::Jp2),
    (b"\xFF\x4F\xFF\x51", Format::Jp2),
    (b"DDS ", Format::Dds),
    (b"v/1\x01", Format::Exr),
    (b"farbfeld", Format::Farbfeld),
    (b"#?RADIANCE\n", Format::Hdr),
    (b"#?RGBE\n", Format::Hdr),
    (b"\xABKTX 20\xBB\r\n\x1A\n", Format::Ktx2),
    (b"VTF\0", Format::Vtf),
    (b"\x13\xAB\xA1\x5C", Format::Astc),
    (b"PVR\x03", Format::Pvr),
    (b"PKM 10", Format::Pkm),
    (b"PKM 20", Format::Pkm),
];

/// Signatures at offset 0 of formats that are recognized but not measured, and the formats' names.
const UNSUPPORTED: &[(&[u8], &str)] = &[
    (b"%PDF-", "PDF"),
    (b"%!PS", "PostScript"),
    (b"\xC5\xD0\xD3\xC6", "EPS"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF", "7-Zip"),
    (b"\x1F\x8B", "gzip"),
    (b"\x1A\x45\xDF\xA3", "Matroska/WebM"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"\x7FELF", "ELF"),
    (b"gimp xcf", "GIMP XCF"),
    (b"AT&TFORM", "DjVu"),
    (b"\x8AMNG\r\n\x1A\n", "MNG"),
    (b"\x8BJNG\r\n\x1A\n", "JNG"),
    (b"FLIF", "FLIF"),
    (b"BPG\xFB", "BPG"),
    (b"II\xBC\x01", "JPEG XR"),
    (b"IIU\0", "Panasonic raw"),
    (b"IIRO", "Olympus raw"),
    (b"IIRS", "Olympus raw"),
    (b"MMOR", "Olympus raw"),
    (b"FUJIFILMCCD-RAW", "Fujifilm raw"),
    (b"FOVb", "Sigma X3F"),
    (b"\0MRM", "Minolta raw"),
    (b"SIMPLE  =", "FITS"),
    (b"\xABKTX 11\xBB\r\n\x1A\n", "KTX 1"),
    (b"\xD7\xCD\xC6\x9A", "WMF"),
    (b"\x59\xA6\x6A\x95", "Sun raster"),
    (b"/* XPM", "XPM"),
    (b"BA", "OS/2 bitmap array"),
    (b"\x0A\x05\x01\x08", "PCX"),
    (b"\x01\xDA\x01\x01", "SGI"),
    (b"\x01\xDA\0\x01", "SGI"),
    (b"\0\0\x01\xBA", "MPEG video"),
];

/// The description of an object that is text.
const TEXT: &str = "it looks like text";

/// Number of bytes that count as the signature of a TGA or DIB in [`is_text_after`]. These formats
/// have no signature, but a TGA header may begin with a cursor's signature, which has four bytes.
const TGA_SIGNATURE: usize = 4;

/// Recognizes the format by `start`, the first bytes of an object of `size` bytes. The hint matters
/// only if it suggests TGA or DIB, which have no signature. The hint outranks only the signature
/// of a cursor, and only if no directory of images follows that signature.
pub(crate) fn sniff(start: &[u8], size: u64, expected: Expected) -> Sniffed {
    let hinted = sniff_hinted(start, expected);
    let (sniffed, length) = match sniff_signature(start) {
        // A TGA header may begin with the four bytes of a cursor's signature.
        Some((Sniffed::Format(Format::Cur), _))
            if hinted.is_some() && !ico::is_directory(start, size) =>
        {
            (hinted, TGA_SIGNATURE)
        }
        Some((sniffed, length)) => (Some(sniffed), length),
        None => {
            let is_tga = tga::is_plausible(start, false);
            (hinted.or(is_tga.then_some(Sniffed::Format(Format::Tga))), TGA_SIGNATURE)
        }
    };
    match sniffed {
        Some(Sniffed::Format(format))
            if !has_text_header(format) && is_text_after(start, length) =>
        {
            Sniffed::Unknown(TEXT)
        }
        Some(sniffed) => sniffed,
        None => sniff_text(start),
    }
}

/// True for formats whose header is text. Their parsers distinguish the header from other text.
fn has_text_header(format: Format) -> bool {
    matches!(format, Format::Pnm | Format::Hdr)
}

/// True if only text follows a signature of `length` bytes. The object is then text that happens to
/// begin with the signature: the header of a binary format would contain zero bytes. If the
/// signature itself is text, such as `BM`, the text that follows need not be UTF-8.
fn is_text_after(start: &[u8], length: usize) -> bool {
    let Some((signature, rest)) = start.split_at_checked(length) else { return false };
    is_text(rest)
        || is_text(signature) && !rest.is_empty() && rest.iter().copied().all(is_text_byte)
}

/// Recognizes a format that has no signature and that the hint suggests.
fn sniff_hinted(start: &[u8], expected: Expected) -> Option<Sniffed> {
    let format = match expected {
        Expected::Tga if tga::is_plausible(start, true) => Format::Tga,
        Expected::Dib if bmp::is_dib(start) => Format::Dib,
        _ => return None,
    };
    Some(Sniffed::Format(format))
}

/// Recognizes a format by its signature, and returns the offset at which the signature ends.
fn sniff_signature(start: &[u8]) -> Option<(Sniffed, usize)> {
    if let Some((magic, format)) = SIGNATURES.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some((Sniffed::Format(*format), magic.len()));
    }
    if let Some(found) = sniff_structure(start) {
        return Some(found);
    }
    let (magic, name) = UNSUPPORTED.iter().find(|(magic, _)| start.starts_with(magic))?;
    Some((Sniffed::Unsupported(name), magic.len()))
}

/// Recognizes formats whose signature is not a fixed string at offset 0. Returns the offset at
/// which the signature ends, or 4 if the format is unsupported.
fn sniff_structure(start: &[u8]) -> Option<(Sniffed, usize)> {
    let at = |offset: usize, magic: &[u8]| {
        start.get(offset..).is_some_and(|bytes| bytes.starts_with(magic))
    };
    let unsupported = |name| Some((Sniffed::Unsupported(name), 4));
    let (format, length) = match start {
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WEBP") => (Format::Webp, 12),
        [b'R', b'I', b'F', b'F', ..] if at(8, b"AVI ") => return unsupported("AVI"),
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WAVE") => return unsupported("WAV"),
        [b'F', b'O', b'R', b'M', ..] if at(8, b"ILBM") || at(8, b"PBM ") => (Format::Ilbm, 12),
        [b'P', b'1'..=b'7' | b'F' | b'f', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..] => {
            (Format::Pnm, 2)
        }
        [0, 0, 1, 0, low, high, ..] if (*low, *high) != (0, 0) => (Format::Ico, 4),
        [0, 0, 2, 0, low, high, ..] if (*low, *high) != (0, 0) && at(9, b"\0") => (Format::Cur, 4),
        _ if at(4, b"ftyp") => (Format::Heif, 8),
        // An Aseprite file begins with its size. The signature follows.
        _ if at(4, b"\xE0\xA5") && at(14, b"\0") => (Format::Aseprite, 6),
        // A PVR version 2 header begins with its length, 52, and has the signature at offset 44.
        [52, 0, 0, 0, ..] if at(44, b"PVR!") => (Format::Pvr, 48),
        [1, 0, 0, 0, ..] if at(40, b" EMF") => return unsupported("EMF"),
        _ if at(6, b"HEAPCCDR") => return unsupported("Canon CRW"),
        _ if at(4, b"moov") || at(4, b"mdat") => return unsupported("QuickTime"),
        _ => return None,
    };
    Some((Sniffed::Format(format), length))
}

/// Distinguishes text that may be SVG from other text and from binary data. SVG may be in UTF-16,
/// or begin with white space.
fn sniff_text(start: &[u8]) -> Sniffed {
    if is_utf16(start) {
        return Sniffed::Format(Format::Svg);
    }
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    match text.trim_ascii_start() {
        [b'<', ..] => Sniffed::Format(Format::Svg),
        // All the bytes seen are white space, and markup may follow.
        [] if start.len() >= SNIFF_LENGTH => Sniffed::Format(Format::Svg),
        _ if start.iter().copied().all(is_text_byte) => Sniffed::Unknown(TEXT),
        _ => Sniffed::Unknown("its first bytes match no known format"),
    }
}

/// True if `start` begins with a byte order mark of UTF-16, or with `<` in UTF-16.
fn is_utf16(start: &[u8]) -> bool {
    matches!(start, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..])
}
