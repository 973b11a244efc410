//! Objects whose headers consist of tiny structures, as many as the limits of the probe allow.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "byte strings are references")]

use std::ops::Range;

/// Usual size of an object in bytes. A larger object would cost the probe no more, because the 20
/// reads that the limits allow usually reach about this far.
const SIZE: usize = 13 << 20;

/// Size in bytes of an SVG document. Each document ends with the start tag of its root element, and
/// the probe requires this tag to end within the first 4 MiB.
const HEAD: usize = 4 << 20;

/// Total size in bytes of the copies that replace [`MARK`]. It is a multiple of the size of every
/// unit that is copied.
const FILLING: usize = 12 << 20;

/// Placeholder in the content of a box. The function [`heif`] replaces the
/// placeholder with copies of its argument `unit`.
const MARK: &[u8; 8] = b"\0filling";

/// An object that consists of a start, a unit that is repeated, and an end. Only the ranges that
/// the probe reads are generated in memory.
pub(crate) struct Object {
    pub(crate) name: &'static str,
    start: Vec<u8>,
    unit: Vec<u8>,
    repeats: usize,
    end: Vec<u8>,
}

impl Object {
    /// An object of about [`SIZE`] bytes: `start`, repetitions of `unit`, and `end`.
    fn new(name: &'static str, start: &[u8], unit: &[u8], end: &[u8]) -> Self {
        Self::of_size(SIZE, name, start, unit, end)
    }

    /// An object of about `size` bytes: `start`, repetitions of `unit`, and `end`.
    fn of_size(size: usize, name: &'static str, start: &[u8], unit: &[u8], end: &[u8]) -> Self {
        let repeats = (size - start.len() - end.len()) / unit.len();
        let [start, unit, end] = [start, unit, end].map(<[u8]>::to_vec);
        Self { name, start, unit, repeats, end }
    }

    /// The size in bytes.
    pub(crate) fn size(&self) -> u64 {
        (self.start.len() + self.unit.len() * self.repeats + self.end.len()) as u64
    }

    /// The bytes in a range of offsets.
    pub(crate) fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        let [from, to] = [range.start, range.end].map(|at| usize::try_from(at).unwrap_or(0));
        let mut bytes = Vec::with_capacity(to - from);
        let (units, rest) = (self.start.len(), self.start.len() + self.unit.len() * self.repeats);
        while from + bytes.len() < to {
            let at = from + bytes.len();
            let part = if at < units {
                &self.start[at..]
            } else if at < rest {
                &self.unit[(at - units) % self.unit.len()..]
            } else {
                &self.end[at - rest..]
            };
            bytes.extend_from_slice(&part[..part.len().min(to - at)]);
        }
        bytes
    }
}

pub(crate) fn all() -> Vec<Object> {
    [jpeg(), png(), boxes(), others(), svg()].into_iter().flatten().collect()
}

fn jpeg() -> Vec<Object> {
    let frame = b"\xFF\xC0\0\x0B\x08\0\x01\0\x01\x01\x01\x11\0";
    let scan =
        b"\xFF\xD8\xFF\xC0\0\x0B\x08\0\0\0\x01\x01\x01\x11\0\xFF\xDA\0\x08\x01\x01\0\0\x3F\0";
    let with_frame = [&b"\xFF\xD8"[..], frame].concat();
    let profile = [&b"\xFF\xE2\0\x10ICC_PROFILE\0\x01\x01"[..]].concat();
    vec![
        Object::new("jpeg-fill-bytes", b"\xFF\xD8", b"\xFF", frame),
        Object::new("jpeg-empty-segments", b"\xFF\xD8", b"\xFF\xFE\0\x02", frame),
        Object::new("jpeg-bare-markers", &with_frame, b"\xFF\0", b""),
        Object::new("jpeg-application-segments", b"\xFF\xD8", b"\xFF\xE1\0\x07Exif ", frame),
        Object::new("jpeg-profile-segments", &with_frame, &profile, b""),
        Object::new("jpeg-scan-of-stuffed-bytes", scan, b"\xFF\0", b"\xFF\xDC\0\x04\0\x01"),
        Object::new("jpeg-scan-of-restarts", scan, b"\xFF\xD0", b"\xFF\xDC\0\x04\0\x01"),
    ]
}

fn png() -> Vec<Object> {
    let start = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3A\x7E\x9B\x55";
    let data = chunk(b"IDAT", b"");
    let name = b"Raw profile type exif\0";
    let zeros = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 1 << 16], 9);
    let bomb = [&name[..], b"\0", &zeros].concat();
    let digits = [&name[..], b"\nexif\n0\n", &vec![b'0'; 1 << 15]].concat();
    vec![
        Object::new("png-empty-chunks", start, &chunk(b"abcd", b""), &data),
        Object::new("png-texts", start, &chunk(b"tEXt", &[b'a'; 80]), &data),
        Object::new("png-metadata-in-texts", start, &chunk(b"tEXt", &digits), &data),
        Object::new("png-compressed-texts", start, &chunk(b"zTXt", &bomb), &data),
        Object::new("png-compressed-profiles", start, &chunk(b"iCCP", &bomb), &data),
    ]
}

/// A chunk of a PNG file. Its checksum is wrong, but the probe verifies only the checksum of IHDR.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&length(data.len())[..], kind, data, &[0; 4]].concat()
}

fn boxes() -> Vec<Object> {
    let free = atom(b"free", b"");
    let codestream = atom(b"jxlc", &[&b"\xFF\x0A"[..], &[0; 20]].concat());
    let jxl = [atom(b"JXL ", b"\r\n\x87\n"), atom(b"ftyp", b"jxl \0\0\0\0jxl ")].concat();
    let part = atom(b"jxlp", b"\0\0\0\0");
    let jp2 = [atom(b"jP  ", b"\r\n\x87\n"), atom(b"ftyp", b"jp2 \0\0\0\0jp2 ")].concat();
    let icns = [&b"icns"[..], &length(SIZE)].concat();
    vec![
        heif("heif-empty-boxes", &free, &meta(MARK, b"", b"", b"")),
        heif("heif-items", &entry(9, b"Exif"), &meta(b"", MARK, b"", b"")),
        heif("heif-references", &refers(b"auxl", 9, 9), &meta(b"", b"", MARK, b"")),
        heif("heif-associations", &[0, 9, 0], &meta(b"", b"", b"", MARK)),
        heif("heif-tracks", &track(), &atom(b"moov", MARK)),
        Object::new("heif-top-level-boxes", &brands(), &free, b""),
        Object::new("jxl-empty-boxes", &[jxl.clone(), codestream.clone()].concat(), &free, b""),
        Object::new("jxl-empty-parts", &jxl, &part, &codestream),
        Object::new("jp2-empty-boxes", &jp2, &free, b""),
        Object::new("icns-empty-elements", &icns, b"icp4\0\0\0\x08", b""),
    ]
}

/// A box. If the content contains [`MARK`], the box's length includes the [`FILLING`] bytes that
/// later replace the mark.
fn atom(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let is_filled = content.windows(MARK.len()).any(|part| part == MARK);
    let size = 8 + content.len() + if is_filled { FILLING - MARK.len() } else { 0 };
    [&length(size)[..], kind, content].concat()
}

/// A box with version and flags.
fn full(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    atom(kind, &[&[version, 0, 0, 0], content].concat())
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

fn brands() -> Vec<u8> {
    atom(b"ftyp", b"heic\0\0\0\0mif1heic")
}

/// A HEIF file: the box `ftyp`, then the boxes in `filled`. Copies of `unit` replace [`MARK`].
fn heif(name: &'static str, unit: &[u8], filled: &[u8]) -> Object {
    let at = filled.windows(MARK.len()).position(|part| part == MARK).unwrap_or(0);
    let start = [&brands(), &filled[..at]].concat();
    let object = Object::new(name, &start, unit, &filled[at + MARK.len()..]);
    Object { repeats: FILLING / unit.len(), ..object }
}

/// A `meta` box with a derived item, the item from which it is derived, an auxiliary item, and EXIF
/// metadata. Each argument is placed before the function's own boxes, items, references or property
/// associations. One argument is [`MARK`], the others are empty.
fn meta(boxes: &[u8], items: &[u8], references: &[u8], associations: &[u8]) -> Vec<u8> {
    let own = [entry(4, b"Exif"), entry(3, b"hvc1"), entry(2, b"hvc1"), entry(1, b"iden")];
    let items = [&[0, 0], items, &own.concat()].concat();
    let alpha = refers(b"auxl", 3, 1).repeat(4);
    let derived = [refers(b"dimg", 1, 2), refers(b"cdsc", 4, 1)].concat();
    let references = [references, &alpha, &derived].concat();
    let extent = full(b"ispe", 0, &[0, 0, 0, 1, 0, 0, 0, 1]);
    // The extent is property 127, the last one to which an index of 7 bits can refer. To find it,
    // the probe walks over the 126 properties before it.
    let properties = [&atom(b"free", b"").repeat(126)[..], &extent].concat();
    let own = [[0, 3, 1, 127], [0, 2, 1, 127], [0, 1, 1, 127]].concat();
    let properties = [
        atom(b"ipco", &properties),
        full(b"ipma", 0, &[&[0, 0, 0, 0], associations, &own].concat()),
    ];
    let location = full(b"iloc", 0, b"\x44\0\0\x01\0\x04\0\0\0\x01\0\0\0\0\0\0\0\x10");
    let parts = [
        boxes.to_vec(),
        full(b"pitm", 0, &[0, 1]),
        full(b"iinf", 0, &items),
        full(b"iref", 0, &references),
        location,
        atom(b"iprp", &properties.concat()),
    ];
    full(b"meta", 0, &parts.concat())
}

/// An item information entry.
fn entry(id: u8, kind: &[u8; 4]) -> Vec<u8> {
    full(b"infe", 2, &[&[0, id, 0, 0], &kind[..], b"car\0"].concat())
}

/// A reference from the item `from` to two items: `to`, and `from` itself.
fn refers(kind: &[u8; 4], from: u8, to: u8) -> Vec<u8> {
    atom(kind, &[0, from, 0, 2, 0, to, 0, from])
}

/// A track without images.
fn track() -> Vec<u8> {
    let entry = [&[0, 0, 0, 1], &atom(b"text", b"")[..]].concat();
    let table = atom(b"stbl", &full(b"stsd", 0, &entry));
    let media = atom(b"mdia", &atom(b"minf", &table));
    atom(b"trak", &[atom(b"tref", b""), media].concat())
}

fn others() -> Vec<Object> {
    let frame = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
    let webp = [&b"RIFF\xFF\xFF\xFF\0WEBPVP8X\x0A\0\0\0\x2C"[..], &[0; 9]].concat();
    let animated =
        [&b"RIFF\xF8\xFF\xCF\0WEBPVP8X\x0A\0\0\0\x0E"[..], &[0; 9], b"ANMF\0\0\0\0"].concat();
    let psd =
        b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x01\0\0\0\x01\0\x08\0\x03\0\0\0\0\x00\xFF\xFF\xFF";
    let entry = b"\x12\x01\x03\0\x01\0\0\0\x09\0\0\0";
    let pages = [entry.repeat(100), 1262_u32.to_le_bytes().to_vec()].concat();
    let image = b"\0\x01\x03\0\x01\0\0\0\x01\0\0\0\x01\x01\x03\0\x01\0\0\0\x01\0\0\0";
    let tiff = [&b"II*\0\x08\0\0\0\x00\x40"[..], image].concat();
    let icon = [&[0, 0, 1, 0, 0xFF, 0xFF][..]].concat();
    let bitmap = b"\x28\0\0\0\x01\0\0\0\x02\0\0\0\x01\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let icon_entry = [&[1, 1, 0, 0, 1, 0, 32, 0, 40, 0, 0, 0][..], &1_048_566_u32.to_le_bytes()];
    let mut icon = Object::new("ico-entries", &icon, &icon_entry.concat(), bitmap);
    icon.repeats = 0xFFFF;
    let mut tiff_entries = Object::new("tiff-entries", &tiff, entry, &[0; 4]);
    tiff_entries.repeats = 0x4000 - 2;
    vec![
        Object::new("gif-zeros", b"GIF89a\x01\0\x01\0\0\0\0", b"\0", frame),
        Object::new(
            "gif-sub-blocks",
            b"GIF89a\x01\0\x01\0\0\0\0!\xFE",
            b"\x01\0",
            &[&[0], &frame[..]].concat(),
        ),
        Object::new(
            "gif-long-extension",
            b"GIF89a\x01\0\x01\0\0\0\0!\xFE",
            b"\x01a",
            &[&[0], &frame[..]].concat(),
        ),
        Object::new("gif-extensions", b"GIF89a\x01\0\x01\0\0\0\0", b"!\xFE\0", frame),
        Object::new("webp-empty-chunks", &webp, b"abcd\0\0\0\0", b""),
        Object::new("webp-names-in-tail", &animated, b"EXIF", b""),
        Object::new("webp-small-chunks-in-tail", &animated, b"EXIF\x04\0\0\0", b""),
        Object::new("psd-empty-resources", psd, b"8BIM\x0B\xB8\0\0\0\0\0\0", b""),
        tiff_entries,
        Object::new("tiff-directories", &tiff, &pages, b""),
        icon,
        Object::new("pnm-comments", b"P6 ", b"#\n", b"1 1 255 "),
        Object::new("hdr-lines", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", b"a\n", b"\n-Y 1 +X 1\n"),
    ]
}

fn svg() -> Vec<Object> {
    let svg =
        |name, start: &[u8], unit: &[u8], end: &[u8]| Object::of_size(HEAD, name, start, unit, end);
    let root = b"<svg width='1' height='1'/>";
    let entity = b"<!ENTITY a '&#48;'>";
    let wide: Vec<u8> = root.iter().flat_map(|byte| [*byte, 0]).collect();
    vec![
        svg("svg-comment", b"<!--", b"- ", b"--><svg width='1' height='1'/>"),
        svg("svg-comments", b"", b"<!---->", root),
        svg("svg-white-space", b"<?xml version='1.0'?>", b" ", root),
        svg("svg-attributes", b"<svg ", b"a='' ", b"width='1' height='1'/>"),
        svg("svg-long-attribute", b"<svg a='", b"&a;", b"' width='1' height='1'/>"),
        svg("svg-entities", b"<!DOCTYPE svg [", entity, b"]><svg width='&a;1' height='1'/>"),
        svg("svg-doctype", b"<!DOCTYPE svg ", b"\"\"", b"><svg width='1' height='1'/>"),
        svg("svg-utf-16", b"<\0?\0x\0?\0>\0", b" \0", &wide),
    ]
}
