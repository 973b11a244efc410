//! Files made of boxes: HEIF, AVIF, JPEG XL, JPEG 2000.

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

/// A box that extends to the end of the file.
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
    pub(crate) id: u16,
    /// The item's type.
    pub(crate) kind: &'static [u8; 4],
    /// Indices into `ipco`, which count from 1.
    pub(crate) properties: Vec<u8>,
}

/// A `meta` box with the primary item's ID, all items, the boxes of `ipco`, and `more` boxes before
/// the properties.
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

fn item_entry(item: &Item) -> Vec<u8> {
    full(b"infe", 2, 0, &[&item.id.to_be_bytes()[..], &[0, 0], item.kind, &[0]].concat())
}

fn association(item: &Item) -> Vec<u8> {
    let count = u8::try_from(item.properties.len()).unwrap();
    [&item.id.to_be_bytes()[..], &[count], &item.properties].concat()
}

/// Image spatial extents in pixels.
pub(crate) fn ispe(width: u32, height: u32) -> Vec<u8> {
    full(b"ispe", 0, 0, &[width.to_be_bytes(), height.to_be_bytes()].concat())
}

/// A centered clean aperture, whose width and height are fractions.
pub(crate) fn clap(width: (u32, u32), height: (u32, u32)) -> Vec<u8> {
    let fields = [width.0, width.1, height.0, height.1, 0, 1, 0, 1];
    plain(b"clap", &fields.map(u32::to_be_bytes).concat())
}

/// A rotation by quarter turns.
pub(crate) fn irot(turns: u8) -> Vec<u8> {
    plain(b"irot", &[turns])
}

/// Three channels of this many bits each.
pub(crate) fn pixi(bits: u8) -> Vec<u8> {
    full(b"pixi", 0, 0, &[3, bits, bits, bits])
}

/// A file with one coded item, which has all of these properties.
pub(crate) fn single(
    brands: &[&[u8; 4]],
    kind: &'static [u8; 4],
    properties: &[Vec<u8>],
) -> Vec<u8> {
    let own = (1..=u8::try_from(properties.len()).unwrap()).collect();
    let item = Item { id: 1, kind, properties: own };
    [file_type(brands), meta(1, &[item], properties, &[]), plain(b"mdat", &[0; 16])].concat()
}

/// An image sequence with a sound track, then an image track.
pub(crate) fn sequence(brands: &[&[u8; 4]], coding: &[u8; 4], width: u16, height: u16) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let entry = plain(coding, &[&[0; 24][..], &sides, &[0; 50]].concat());
    let stsd = full(b"stsd", 0, 0, &[&[0, 0, 0, 1][..], &entry].concat());
    let hdlr = full(b"hdlr", 0, 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let media = plain(b"mdia", &[hdlr, plain(b"minf", &plain(b"stbl", &stsd))].concat());
    let sound = full(b"hdlr", 0, 0, b"\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let tracks = [plain(b"trak", &plain(b"mdia", &sound)), plain(b"trak", &media)].concat();
    [file_type(brands), plain(b"moov", &tracks), plain(b"mdat", &[0; 16])].concat()
}

/// A JPEG XL codestream whose header has these fields, each a value and its number of bits.
pub(crate) fn jxl_codestream(fields: &[(u64, u32)]) -> Vec<u8> {
    let (mut bits, mut count) = (0_u128, 0);
    for (value, width) in fields {
        bits |= u128::from(*value) << count;
        count += width;
    }
    [&[0xFF, 0x0A][..], &bits.to_le_bytes()].concat()
}

/// A JPEG XL container with these boxes.
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
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let ihdr = plain(b"ihdr", &[&sides[..], &[0, 3, 7, 7, 0, 0]].concat());
    let header = plain(b"jp2h", &[plain(b"colr", &[1, 0, 0, 0, 0, 0, 16]), ihdr].concat());
    let signature = plain(b"jP  ", b"\r\n\x87\n");
    let codestream = endless(b"jp2c", &j2k(width, height, 0, 0));
    [signature, file_type(&[b"jp2 ", b"jp2 "]), plain(b"uuid", &[7; 40]), header, codestream]
        .concat()
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let rotated = [ispe(30, 40), irot(1)];
    let cropped = [ispe(40, 40), irot(3), clap((40, 1), (30, 1)), pixi(10)];
    let codestream = jxl_codestream(&[(0, 1), (0, 2), (29, 9), (3, 3), (1, 1)]);
    vec![
        ("heic-single", single(&[b"heic", b"mif1"], b"hvc1", &[ispe(40, 30)])),
        ("avif-rotated", single(&[b"avif", b"mif1"], b"av01", &rotated)),
        ("avif-all-properties", single(&[b"avif"], b"av01", &cropped)),
        ("avif-sequence", sequence(&[b"avis", b"msf1"], b"av01", 40, 30)),
        ("jxl-codestream", codestream.clone()),
        (
            "jxl-container",
            jxl_container(&[
                plain(b"jxlp", &[&[0; 4][..], &codestream[..4]].concat()),
                plain(b"jxlp", &[&[0x80, 0, 0, 1][..], &codestream[4..]].concat()),
            ]),
        ),
        ("jp2", jp2(40, 30)),
        ("j2k", j2k(40, 30, 3, 4)),
    ]
}
