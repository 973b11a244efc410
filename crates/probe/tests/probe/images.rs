//! Images assembled byte by byte.

pub(crate) mod boxes;
pub(crate) mod exif;
pub(crate) mod icc;
pub(crate) mod jpeg;
pub(crate) mod others;
pub(crate) mod png;
pub(crate) mod tiff;
pub(crate) mod webp;

/// One small image of 40 × 30 pixels of each kind, with its name. The images are seeds for the
/// fuzzer, and objects for the tests that apply to every format.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = jpeg::all();
    all.extend(png::all());
    all.extend(webp::all());
    all.extend(tiff::all());
    all.extend(boxes::all());
    all.extend(others::all());
    all
}

/// The object with these changes, each an offset and the new byte at that offset.
pub(crate) fn changed(mut object: Vec<u8>, changes: &[(usize, u8)]) -> Vec<u8> {
    for (offset, byte) in changes {
        object[*offset] = *byte;
    }
    object
}

/// The image of this name among [`all`].
pub(crate) fn named(name: &str) -> Vec<u8> {
    all().into_iter().find(|(found, _)| *found == name).unwrap().1
}
