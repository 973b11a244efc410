//! Images of the formats that have no module of their own.

use super::tiff::BIG_ENDIAN;
use super::{exif, icc, png};

/// A GIF with these blocks after a logical screen descriptor and a global color table.
pub(crate) fn gif(width: u16, height: u16, blocks: &[&[u8]]) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [b"GIF89a", &sides[..], &[0x80, 0, 0], &[0; 6], &blocks.concat()].concat()
}

/// A GIF frame at an offset, without a local color table.
pub(crate) fn gif_frame(left: u8, top: u8, width: u8, height: u8) -> Vec<u8> {
    [&[0x2C, left, 0, top, 0, width, 0, height, 0, 0][..], &[2, 2, 0x44, 1, 0]].concat()
}

/// A BMP with an information header of `header` bytes.
pub(crate) fn bmp(header: u32, width: i32, height: i32, bits: u16) -> Vec<u8> {
    let mut file = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0".to_vec();
    file.extend(header.to_le_bytes());
    if header == 12 {
        file.extend(i16::try_from(width).unwrap().to_le_bytes());
        file.extend(i16::try_from(height).unwrap().to_le_bytes());
    } else {
        file.extend(width.to_le_bytes());
        file.extend(height.to_le_bytes());
    }
    file.extend(1_u16.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.resize(14 + header as usize, 0);
    file
}

/// An icon (`kind` 1) or cursor (`kind` 2) with these images. Each item of `images` is the width
/// and the height in the directory entry, and the data of the image.
pub(crate) fn ico(kind: u8, images: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let count = u8::try_from(images.len()).unwrap();
    let mut file = vec![0, 0, kind, 0, count, 0];
    let mut offset = 6 + 16 * images.len();
    for (width, height, data) in images {
        file.extend([*width, *height, 0, 0, 1, 0, 32, 0]);
        file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend(u32::try_from(offset).unwrap().to_le_bytes());
        offset += data.len();
    }
    for (_, _, data) in images {
        file.extend(data);
    }
    file
}

/// A bitmap within an icon. Its stored height includes the transparency mask: it is `2 * height`.
pub(crate) fn icon_bitmap(width: u32, height: u32) -> Vec<u8> {
    let sides = [40, width, 2 * height].map(u32::to_le_bytes).concat();
    [&sides[..], &[1, 0, 32, 0], &[0; 24]].concat()
}

/// A PSD (version 1) or PSB (version 2) header.
pub(crate) fn psd(version: u8, width: u32, height: u32) -> Vec<u8> {
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    [b"8BPS", &[0, version, 0, 0, 0, 0, 0, 0, 0, 3][..], &sides, &[0, 16, 0, 3]].concat()
}

/// A PSD header, two bytes of color mode data, and these image resources.
pub(crate) fn psd_with(resources: &[Vec<u8>]) -> Vec<u8> {
    let resources = resources.concat();
    let length = (resources.len() as u32).to_be_bytes();
    [&psd(1, 40, 30)[..], &[0, 0, 0, 2, 7, 7], &length, &resources].concat()
}

/// A resource of a PSD file. `name` includes the length byte and the padding of the name.
pub(crate) fn psd_resource(id: u16, name: &[u8], data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_be_bytes();
    [&b"8BIM"[..], &id.to_be_bytes(), name, &length, data, &vec![0; data.len() % 2]].concat()
}

/// A PSD file with the resources that the probe reads and one that it does not read.
fn psd_photo() -> Vec<u8> {
    let exif = BIG_ENDIAN.structure(&exif::photo()[..3]);
    let density = [&[0, 240, 0, 0, 0, 1, 0, 1][..], &[0, 120, 0, 0, 0, 1, 0, 1]].concat();
    psd_with(&[
        psd_resource(1005, b"\0\0", &density),
        psd_resource(1036, b"\x03abc", b"odd"),
        psd_resource(1039, b"\0\0", &icc::display_p3()),
        psd_resource(1058, b"\x02ab\0", &exif),
    ])
}

/// A QOI file. Its data is always 20 runs of 62 pixels, enough for 1,240 pixels.
pub(crate) fn qoi(width: u32, height: u32, channels: u8) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"qoif", &sides[..], &[channels, 0], &[0xFD; 20], &[0, 0, 0, 0, 0, 0, 0, 1]].concat()
}

/// An uncompressed TGA file.
pub(crate) fn tga(width: u16, height: u16) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [&[0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sides, &[24, 0x20], &[0; 60]].concat()
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let frame = gif_frame(0, 0, 40, 30);
    let png = png::plain(40, 30);
    vec![
        ("gif", gif(40, 30, &[&frame, &[0x21, 0xF9, 4, 0, 0, 0, 0, 0], &frame, b";"])),
        ("gif-without-screen", gif(0, 0, &[&frame, b";"])),
        ("bmp-core-header", bmp(12, 40, 30, 24)),
        ("bmp-top-down", bmp(40, 40, -30, 8)),
        ("ico", ico(1, &[(16, 16, icon_bitmap(16, 16)), (40, 30, png)])),
        ("cur", ico(2, &[(40, 30, icon_bitmap(40, 30))])),
        ("psd", psd(1, 40, 30)),
        ("psb", psd(2, 40, 30)),
        ("psd-photo", psd_photo()),
        ("gif-transparent", gif(40, 30, &[&[0x21, 0xF9, 4, 1, 0, 0, 0, 0], &frame, b";"])),
        ("qoi", qoi(40, 30, 4)),
        ("tga", tga(40, 30)),
        ("pnm", [&b"P6\n# 1 2\n40\t30 255\n"[..], &[0; 3600]].concat()),
        ("pnm-plain", b"P2 40 30 255\n0 128 255\n# the rest is missing\n".to_vec()),
        ("pfm", [&b"Pf\n40 30\n-1.0\n"[..], &[0; 4800]].concat()),
        (
            "pam",
            [&b"P7\nWIDTH 40\nHEIGHT 30\nDEPTH 3\nMAXVAL 255\nENDHDR\n"[..], &[0; 3600]].concat(),
        ),
        ("svg", b"<?xml version='1.0'?><!-- > --><svg width='40' height='30'/>".to_vec()),
        ("svg-view-box", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 40 30'>".to_vec()),
        (
            "svg-entity",
            b"<!DOCTYPE svg [<!-- it's --><!ENTITY w '4&#48;'>]><svg width='&w;' height='1e2%' \
              viewBox='0 0 4 3'/>"
                .to_vec(),
        ),
        ("hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 30 +X 40\n....".to_vec()),
        ("farbfeld", [&b"farbfeld\0\0\0\x28\0\0\0\x1E"[..], &[0; 9600]].concat()),
        (
            "ktx2",
            [&b"\xABKTX 20\xBB\r\n\x1A\n"[..], &[0; 8], &[40, 0, 0, 0, 30, 0, 0, 0], &[0; 40]]
                .concat(),
        ),
        ("exr", exr(40, 30)),
        ("dds", dds(40, 30)),
        ("ilbm", [&b"FORM\0\0\0\x28ILBMBMHD\0\0\0\x14\0\x28\0\x1E"[..], &[0; 16]].concat()),
        ("vtf", [&b"VTF\0\x07\0\0\0\x02\0\0\0\x50\0\0\0\x28\0\x1E\0"[..], &[0; 60]].concat()),
        (
            "astc",
            [&b"\x13\xAB\xA1\x5C\x04\x04\x01\x28\0\0\x1E\0\0\x01\0\0"[..], &[0; 1280]].concat(),
        ),
        ("pkm", [&b"PKM 20\0\x01\0\x28\0\x20\0\x28\0\x1E"[..], &[0; 640]].concat()),
        ("pvr", pvr(40, 30)),
        (
            "pvr-legacy",
            [&[52, 0, 0, 0, 30, 0, 0, 0, 40, 0, 0, 0][..], &[0; 32], b"PVR!\x01\0\0\0"].concat(),
        ),
        ("aseprite", aseprite(40, 30)),
        ("icns", icns(&[(b"is32", &[0; 20]), (b"ic07", &png::plain(40, 30))])),
    ]
}

/// An EXR header with `compression`, which the probe skips, and `dataWindow`, which it reads.
fn exr(width: i32, height: i32) -> Vec<u8> {
    let window = [10, 20, width + 9, height + 19].map(i32::to_le_bytes).concat();
    let attribute = b"compression\0compression\0\x01\0\0\0\0dataWindow\0box2i\0\x10\0\0\0";
    [&b"v/1\x01\x02\0\0\0"[..], attribute, &window, &[0]].concat()
}

/// A DDS header without image data.
pub(crate) fn dds(width: u32, height: u32) -> Vec<u8> {
    let fields = [124, 0x1007, height, width].map(u32::to_le_bytes).concat();
    let format = [&[32, 0, 0, 0, 4, 0, 0, 0][..], b"DXT1", &[0; 20]].concat();
    [&b"DDS "[..], &fields, &[0; 56], &format, &[0; 20]].concat()
}

/// A PVR header of version 3, without image data.
fn pvr(width: u32, height: u32) -> Vec<u8> {
    let fields = [height, width, 1, 1, 1, 1, 0].map(u32::to_le_bytes).concat();
    [&b"PVR\x03"[..], &[0; 20], &fields].concat()
}

/// An Aseprite file with one frame, without layers.
fn aseprite(width: u16, height: u16) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let header = [&[0; 4][..], &[0xE0, 0xA5, 1, 0], &sides, &[32, 0], &[0; 114]].concat();
    [&header[..], &[16, 0, 0, 0, 0xFA, 0xF1], &[0; 10]].concat()
}

/// An Apple icon with these elements.
pub(crate) fn icns(elements: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let element = |kind: &[u8; 4], data: &[u8]| {
        [&kind[..], &u32::try_from(data.len() + 8).unwrap().to_be_bytes(), data].concat()
    };
    let elements: Vec<u8> = elements.iter().flat_map(|(kind, data)| element(kind, data)).collect();
    element(b"icns", &elements)
}

/// A BMP without its file header.
pub(crate) fn dib(width: i32, height: i32) -> Vec<u8> {
    bmp(40, width, height, 24).split_off(14)
}
