//! Files made of boxes: HEIF, AVIF, JPEG XL, JPEG 2000.

use super::tiff::LITTLE_ENDIAN;
use super::{exif, icc};

pub(crate) const HEIC: [&[u8; 4]; 2] = [b"heic", b"mif1"];
pub(crate) const AVIF: [&[u8; 4]; 2] = [b"avif", b"mif1"];

/// A box with a 32-bit size.
pub(crate) fn plain(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
    [&size[..], kind, content].concat()
}

/// A box with a 64-bit size.
pub(crate) fn large(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u64 + 16).to_be_bytes();
    [&[0, 0, 0, 1][..], kind, &size, content].concat()
}

/// A box whose size field is 0. It extends to the end of the file or of its parent box.
pub(crate) fn endless(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&[0, 0, 0, 0][..], kind, content].concat()
}

/// A box with version and flags.
pub(crate) fn full(kind: &[u8; 4], version: u8, flags: u8, content: &[u8]) -> Vec<u8> {
    plain(kind, &[&[version, 0, 0, flags][..], content].concat())
}

/// A file type box with these brands, the major one first.
pub(crate) fn file_type(brands: &[&[u8; 4]]) -> Vec<u8> {
    let compatible: Vec<u8> = brands.iter().skip(1).flat_map(|brand| **brand).collect();
    plain(b"ftyp", &[&brands[0][..], &[0; 4], &compatible].concat())
}

/// An item of a HEIF file.
pub(crate) struct Item {
    id: u16,
    kind: &'static [u8; 4],
    properties: Vec<u8>,
}

/// An item that has the properties at these indices in `ipco`. Indices count from 1.
pub(crate) fn item(id: u16, kind: &'static [u8; 4], properties: &[u8]) -> Item {
    Item { id, kind, properties: properties.to_vec() }
}

/// A `meta` box that contains the primary item's ID, all items, the boxes in `more`, and the
/// properties, in this order.
pub(crate) fn meta(
    primary: u16,
    items: &[Item],
    properties: &[Vec<u8>],
    more: &[Vec<u8>],
) -> Vec<u8> {
    let entries: Vec<u8> = items.iter().flat_map(item_entry).collect();
    let count = u16::try_from(items.len()).unwrap().to_be_bytes();
    let associations: Vec<u8> = items.iter().flat_map(association).collect();
    let parts = [
        full(b"hdlr", 0, 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        full(b"pitm", 0, 0, &primary.to_be_bytes()),
        full(b"iinf", 0, 0, &[&count[..], &entries].concat()),
        more.concat(),
        plain(
            b"iprp",
            &[
                plain(b"ipco", &properties.concat()),
                full(b"ipma", 0, 0, &[&[0, 0][..], &count, &associations].concat()),
            ]
            .concat(),
        ),
    ];
    full(b"meta", 0, 0, &parts.concat())
}

/// A HEIC file that ends after its [`meta`] box.
pub(crate) fn heic(
    primary: u16,
    items: &[Item],
    properties: &[Vec<u8>],
    more: &[Vec<u8>],
) -> Vec<u8> {
    [file_type(&HEIC), meta(primary, items, properties, more)].concat()
}

fn item_entry(item: &Item) -> Vec<u8> {
    full(b"infe", 2, 0, &[&item.id.to_be_bytes()[..], &[0, 0], item.kind, &[0]].concat())
}

fn association(item: &Item) -> Vec<u8> {
    let count = u8::try_from(item.properties.len()).unwrap();
    [&item.id.to_be_bytes()[..], &[count], &item.properties].concat()
}

/// An `ispe` property: a width and a height in pixels.
pub(crate) fn ispe(width: u32, height: u32) -> Vec<u8> {
    full(b"ispe", 0, 0, &[width.to_be_bytes(), height.to_be_bytes()].concat())
}

/// A centered clean aperture, whose width and height are fractions.
pub(crate) fn clap(width: (u32, u32), height: (u32, u32)) -> Vec<u8> {
    let fields = [width.0, width.1, height.0, height.1, 0, 1, 0, 1];
    plain(b"clap", &fields.map(u32::to_be_bytes).concat())
}

/// A clean aperture at the top left of a picture of 40 × 40 pixels.
pub(crate) fn clap_at_top_left(width: u32, height: u32) -> Vec<u8> {
    let offset = |side: u32| side.wrapping_sub(40);
    let fields = [width, 1, height, 1, offset(width), 2, offset(height), 2];
    plain(b"clap", &fields.map(u32::to_be_bytes).concat())
}

/// A rotation by this number of quarter turns.
pub(crate) fn irot(turns: u8) -> Vec<u8> {
    plain(b"irot", &[turns])
}

/// A `pixi` property of three channels with this number of bits each.
pub(crate) fn pixi(bits: u8) -> Vec<u8> {
    full(b"pixi", 0, 0, &[3, bits, bits, bits])
}

/// A file with one coded item, which has all of `properties`.
pub(crate) fn single(
    brands: &[&[u8; 4]],
    kind: &'static [u8; 4],
    properties: &[Vec<u8>],
) -> Vec<u8> {
    let own: Vec<u8> = (1..=properties.len() as u8).collect();
    let meta = meta(1, &[item(1, kind, &own)], properties, &[]);
    [file_type(brands), meta, plain(b"mdat", &[0; 16])].concat()
}

/// The configuration of an AV1 decoder. The flags are 0x40 for a high bit depth, 0x20 for twelve
/// bits, and 0x10 for monochrome.
pub(crate) fn av1_configuration(flags: u8) -> Vec<u8> {
    plain(b"av1C", &[0x81, 0, flags, 0])
}

/// The configuration of an HEVC decoder.
pub(crate) fn hevc_configuration(chroma_format: u8, bits: u8) -> Vec<u8> {
    plain(b"hvcC", &[&[0; 16][..], &[0xFC | chroma_format, 0xF8 | (bits - 8)], &[0; 5]].concat())
}

pub(crate) fn profile(profile: &[u8]) -> Vec<u8> {
    plain(b"colr", &[b"prof", profile].concat())
}

pub(crate) fn alpha() -> Vec<u8> {
    full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:1\0")
}

pub(crate) fn depth() -> Vec<u8> {
    full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:2\0")
}

/// An item's ID, the construction method, and the offset and length of each extent.
pub(crate) type Location<'a> = (u16, u16, &'a [(u32, u32)]);

pub(crate) fn locations(items: &[Location<'_>]) -> Vec<u8> {
    let entries = items.iter().flat_map(|(id, construction, extents)| {
        let head = [*id, *construction, 0, extents.len() as u16].map(u16::to_be_bytes).concat();
        let extents = extents.iter().flat_map(|(offset, length)| [*offset, *length]);
        head.into_iter().chain(extents.flat_map(u32::to_be_bytes))
    });
    let entries: Vec<u8> = entries.collect();
    full(b"iloc", 1, 0, &[&[0x44, 0, 0, items.len() as u8][..], &entries].concat())
}

/// The data of a grid item with one row and two columns.
pub(crate) fn grid(width: u16, height: u16) -> Vec<u8> {
    [&[0, 0, 0, 1][..], &width.to_be_bytes(), &height.to_be_bytes()].concat()
}

pub(crate) fn references(references: &[Vec<u8>]) -> Vec<u8> {
    full(b"iref", 0, 0, &references.concat())
}

/// A reference from the item `from` to the items `to`.
pub(crate) fn reference(kind: &[u8; 4], from: u8, to: &[u8]) -> Vec<u8> {
    let to: Vec<u8> = to.iter().flat_map(|id| [0, *id]).collect();
    plain(kind, &[&[0, from, 0, to.len() as u8 / 2][..], &to].concat())
}

/// A `jumb` box. Its description box states a type that begins with `kind`.
pub(crate) fn manifest(kind: &[u8; 4]) -> Vec<u8> {
    plain(b"jumb", &plain(b"jumd", &[&kind[..], b"\0\x11\0\x10"].concat()))
}

/// A track of a movie.
#[derive(Clone)]
pub(crate) struct Track {
    pub(crate) handler: &'static [u8; 4],
    pub(crate) coding: &'static [u8; 4],
    /// Width and height in the sample entry.
    pub(crate) coded: (u16, u16),
    /// Width and height in the track header; `None` if the track has no header.
    pub(crate) shown: Option<(u16, u16)>,
    /// Boxes in the sample entry.
    pub(crate) properties: Vec<Vec<u8>>,
    /// True if the track is auxiliary to another track.
    pub(crate) is_auxiliary: bool,
    /// Number of chunks of data.
    pub(crate) chunks: u8,
    /// Number of frames that the sample table states.
    pub(crate) frames: u32,
}

impl Track {
    /// A picture track with one chunk of data and without a track header.
    pub(crate) fn new(coding: &'static [u8; 4], coded: (u16, u16)) -> Self {
        let properties = Vec::new();
        let (handler, shown, is_auxiliary, chunks) = (b"pict", None, false, 1);
        Self { handler, coding, coded, shown, properties, is_auxiliary, chunks, frames: 0 }
    }

    fn header(&self, version: u8) -> Vec<u8> {
        let Some((width, height)) = self.shown else { return Vec::new() };
        let times = if version == 0 { 20 } else { 32 };
        let sides = [width, height].map(|side| (u32::from(side) << 16 | 0x8000).to_be_bytes());
        full(b"tkhd", version, 0, &[vec![1; times + 52], sides.concat()].concat())
    }

    fn file(&self, version: u8) -> Vec<u8> {
        let sides = [self.coded.0.to_be_bytes(), self.coded.1.to_be_bytes()].concat();
        let properties = self.properties.concat();
        let entry = plain(self.coding, &[&[0; 24][..], &sides, &[0; 50], &properties].concat());
        let stsd = full(b"stsd", 0, 0, &[&[0, 0, 0, 1][..], &entry].concat());
        let hdlr = full(b"hdlr", 0, 0, &[&[0; 4][..], self.handler, &[0; 13]].concat());
        let offsets = [&[0, 0, 0, self.chunks][..], &[&[0; 4][..]; 9].concat()].concat();
        let frames = full(b"stsz", 0, 0, &[[0; 4], self.frames.to_be_bytes()].concat());
        let table = plain(b"stbl", &[frames, full(b"stco", 0, 0, &offsets), stsd].concat());
        let media = plain(b"mdia", &[hdlr, plain(b"minf", &table)].concat());
        let reference = plain(b"tref", &plain(b"auxl", &[0, 0, 0, 1]));
        let reference = if self.is_auxiliary { reference } else { Vec::new() };
        plain(b"trak", &[self.header(version), reference, media].concat())
    }
}

/// A `moov` box with these tracks; `version` is the version of the track headers.
pub(crate) fn movie(version: u8, tracks: &[Track]) -> Vec<u8> {
    let tracks: Vec<u8> = tracks.iter().flat_map(|track| track.file(version)).collect();
    plain(b"moov", &tracks)
}

/// A file whose first track is for sound. The second track is an image sequence without a track
/// header.
pub(crate) fn sequence(
    brands: &[&[u8; 4]],
    coding: &'static [u8; 4],
    width: u16,
    height: u16,
) -> Vec<u8> {
    let sound = full(b"hdlr", 0, 0, b"\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let sound = plain(b"trak", &plain(b"mdia", &sound));
    let tracks = [sound, Track::new(coding, (width, height)).file(0)].concat();
    [file_type(brands), plain(b"moov", &tracks), plain(b"mdat", &[0; 16])].concat()
}

/// A JPEG XL codestream whose header has these fields, each a value and its number of bits.
pub(crate) fn jxl_codestream(fields: &[(u64, u32)]) -> Vec<u8> {
    let bits = fields.iter().flat_map(|(value, width)| (0..*width).map(move |at| value >> at & 1));
    let bits: Vec<u64> = bits.collect();
    let bytes =
        bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | *bit as u8));
    [&[0xFF, 0x0A][..], &bytes.collect::<Vec<u8>>(), &[0; 8]].concat()
}

pub(crate) fn jxl_container(boxes: &[Vec<u8>]) -> Vec<u8> {
    let signature = plain(b"JXL ", b"\r\n\x87\n");
    [signature, file_type(&[b"jxl ", b"jxl "]), boxes.concat()].concat()
}

/// A JPEG 2000 codestream whose image area has an offset in the reference grid.
pub(crate) fn j2k(width: u32, height: u32, left: u32, top: u32) -> Vec<u8> {
    let fields = [width + left, height + top, left, top, 1024, 1024, 0, 0];
    let head =
        [&b"\xFF\x4F\xFF\x51\0\x2F\0\0"[..], &fields.map(u32::to_be_bytes).concat()].concat();
    [&head[..], &[0, 3], &[7, 1, 1].repeat(3)].concat()
}

/// A JP2 file whose `ihdr` box follows other boxes.
pub(crate) fn jp2(width: u32, height: u32) -> Vec<u8> {
    let header = jp2_header(width, height, &[1, 0, 0, 0, 0, 0, 16]);
    let codestream = j2k(width, height, 0, 0);
    jp2_with(b"jp2 ", &[plain(b"uuid", &[7; 40]), header], &codestream)
}

/// A JP2 file with these boxes between its file type box and its codestream box.
pub(crate) fn jp2_with(brand: &[u8; 4], boxes: &[Vec<u8>], codestream: &[u8]) -> Vec<u8> {
    let signature = plain(b"jP  ", b"\r\n\x87\n");
    let codestream = endless(b"jp2c", codestream);
    [signature, file_type(&[brand, b"jp2 "]), boxes.concat(), codestream].concat()
}

/// The `jp2h` box of a JPEG 2000 file. `color` is the content of its `colr` box.
pub(crate) fn jp2_header(width: u32, height: u32, color: &[u8]) -> Vec<u8> {
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let ihdr = plain(b"ihdr", &[&sides[..], &[0, 4, 11, 7, 0, 0]].concat());
    plain(b"jp2h", &[plain(b"colr", color), ihdr].concat())
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let rotated = [ispe(30, 40), irot(1)];
    let cropped = [ispe(40, 40), irot(3), clap_at_top_left(40, 30), pixi(10)];
    let codestream = jxl_codestream(&[(0, 1), (0, 2), (29, 9), (3, 3), (1, 1)]);
    vec![
        ("heic-single", single(&HEIC, b"hvc1", &[ispe(40, 30)])),
        ("avif-rotated", single(&AVIF, b"av01", &rotated)),
        ("avif-all-properties", single(&[b"avif"], b"av01", &cropped)),
        ("avif-sequence", sequence(&[b"avis", b"msf1"], b"av01", 40, 30)),
        ("avif-sequence-with-item", sequence_with_item()),
        ("heic-grid", heic_grid()),
        ("jxl-codestream", codestream.clone()),
        (
            "jxl-container",
            jxl_container(&[
                plain(b"jxlp", &[&[0; 4][..], &codestream[..4]].concat()),
                plain(b"jxlp", &[&[0x80, 0, 0, 1][..], &codestream[4..]].concat()),
            ]),
        ),
        ("jxl-photo", jxl_photo(&codestream)),
        ("heic-photo", heic_photo(&[50, 1000])),
        ("jp2", jp2(40, 30)),
        ("j2k", j2k(40, 30, 3, 4)),
    ]
}

/// A JPEG XL container with EXIF metadata after the codestream.
fn jxl_photo(codestream: &[u8]) -> Vec<u8> {
    let exif = LITTLE_ENDIAN.structure(&exif::photo());
    let exif = plain(b"Exif", &[&[0; 4][..], &exif].concat());
    jxl_container(&[plain(b"jxlc", codestream), exif])
}

/// A HEIC file with an ICC profile, an alpha plane, and EXIF metadata that is split into extents.
/// Extent `i` has at most `lengths[i]` bytes.
pub(crate) fn heic_photo(lengths: &[usize]) -> Vec<u8> {
    let exif = [&b"\0\0\0\x06Exif\0\0"[..], &LITTLE_ENDIAN.structure(&exif::photo())].concat();
    let alpha = full(b"auxC", 0, 0, b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0");
    let properties = [ispe(40, 30), profile(&icc::display_p3()), alpha];
    let file = |start: usize| {
        // The extents are in reverse order in the file. A gap precedes each extent.
        let mut end = start + exif.len() + 3 * lengths.len();
        let (mut data, mut extents, mut rest) = (Vec::new(), Vec::new(), &exif[..]);
        for length in lengths {
            let part;
            (part, rest) = rest.split_at(rest.len().min(*length));
            end -= part.len();
            extents.push((end as u32, part.len() as u32));
            end -= 3;
            data = [b"gap", part, &data].concat();
        }
        assert!(rest.is_empty(), "the extents contain all of the metadata");
        let items = [item(1, b"hvc1", &[1, 2]), item(2, b"hvc1", &[1, 3]), item(3, b"Exif", &[])];
        let references = references(&[reference(b"auxl", 2, &[1]), reference(b"cdsc", 3, &[1])]);
        let more = [references, locations(&[(3, 0, &extents)])];
        [heic(1, &items, &properties, &more), plain(b"mdat", &data)].concat()
    };
    let data = file(0).windows(4).position(|name| name == b"mdat").unwrap() + 4;
    file(data)
}

/// An image sequence whose primary item has dimensions that differ from those of its track.
fn sequence_with_item() -> Vec<u8> {
    let mut track = Track::new(b"av01", (80, 60));
    track.shown = Some((40, 30));
    track.properties = vec![av1_configuration(0x40)];
    let meta = meta(1, &[item(1, b"av01", &[1])], &[ispe(4, 3)], &[]);
    [file_type(&[b"avis", b"avif", b"msf1"]), meta, movie(0, &[track])].concat()
}

/// A rotated grid of two tiles.
fn heic_grid() -> Vec<u8> {
    let items = [item(1, b"hvc1", &[1, 2]), item(2, b"hvc1", &[1, 2]), item(3, b"grid", &[4, 3])];
    let properties = [ispe(20, 40), hevc_configuration(1, 10), ispe(30, 40), irot(1)];
    let data = plain(b"idat", &grid(30, 40));
    let references = references(&[reference(b"dimg", 3, &[1, 2])]);
    heic(3, &items, &properties, &[locations(&[(3, 1, &[(0, 100)])]), data, references])
}
