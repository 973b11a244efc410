//! WebP files.

/// A RIFF file with these chunks.
pub(crate) fn file(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(if data.len() % 2 == 1 { &[0] } else { &[] });
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

/// A lossy file; `scale` goes into the two bits above each dimension, which ask for upscaling.
pub(crate) fn lossy(width: u16, height: u16, scale: u16) -> Vec<u8> {
    let (width, height) =
        ((width | scale << 14).to_le_bytes(), (height | scale << 14).to_le_bytes());
    file(&[(b"VP8 ", [&[0x10, 0, 0, 0x9D, 1, 0x2A][..], &width, &height, &[0; 8]].concat())])
}

/// A lossless file.
pub(crate) fn lossless(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    let packed = (width - 1) | (height - 1) << 14 | u32::from(alpha) << 28;
    file(&[(b"VP8L", [&[0x2F][..], &packed.to_le_bytes(), &[0; 8]].concat())])
}

/// The header chunk of an extended file.
pub(crate) fn extended(flags: u8, width: u32, height: u32) -> (&'static [u8; 4], Vec<u8>) {
    let (w, h) = ((width - 1).to_le_bytes(), (height - 1).to_le_bytes());
    (b"VP8X", [&[flags, 0, 0, 0][..], &w[..3], &h[..3]].concat())
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let exif = (b"EXIF", super::exif::little_endian(5, 1));
    vec![
        ("webp-lossy", lossy(40, 30, 1)),
        ("webp-lossless", lossless(40, 30, true)),
        ("webp-extended", file(&[extended(0x1A, 40, 30), (b"ANIM", vec![0; 6]), exif])),
    ]
}
