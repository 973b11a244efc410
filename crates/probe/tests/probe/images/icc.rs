//! ICC profiles.

/// A profile for data in this color space. `gap` filler bytes precede the description.
pub(crate) fn profile(color_space: &[u8; 4], gap: usize, description: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes[16..20].copy_from_slice(color_space);
    bytes[36..40].copy_from_slice(b"acsp");
    let offset = 128 + 4 + 3 * 12 + gap;
    bytes.extend(3_u32.to_be_bytes());
    let tags = [(b"cprt", 0, 0), (b"wtpt", 0, 0), (b"desc", offset, description.len())];
    for (tag, offset, size) in tags {
        bytes.extend(*tag);
        bytes.extend((offset as u32).to_be_bytes());
        bytes.extend((size as u32).to_be_bytes());
    }
    bytes.resize(offset, 0xAB);
    bytes.extend(description);
    let size = bytes.len() as u32;
    bytes[..4].copy_from_slice(&size.to_be_bytes());
    bytes
}

/// A description in ASCII, as ICC version 2 stores descriptions.
pub(crate) fn ascii(text: &str) -> Vec<u8> {
    let length = (text.len() as u32 + 1).to_be_bytes();
    [&b"desc\0\0\0\0"[..], &length, text.as_bytes(), &[0; 79]].concat()
}

/// A description in UTF-16 in several languages, as ICC version 4 stores descriptions.
pub(crate) fn translated(texts: &[(&[u8; 2], &str)]) -> Vec<u8> {
    let mut bytes =
        [&b"mluc\0\0\0\0"[..], &(texts.len() as u32).to_be_bytes(), &[0, 0, 0, 12]].concat();
    let mut strings = Vec::new();
    for (language, text) in texts {
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let offset = 16 + 12 * texts.len() + strings.len();
        bytes.extend([&language[..], b"US", &(text.len() as u32).to_be_bytes()].concat());
        bytes.extend((offset as u32).to_be_bytes());
        strings.extend(text);
    }
    [bytes, strings].concat()
}

/// A small RGB profile.
pub(crate) fn display_p3() -> Vec<u8> {
    profile(b"RGB ", 0, &translated(&[(b"de", "Anzeige P3"), (b"en", "Display P3")]))
}
