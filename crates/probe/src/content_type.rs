//! Content types of images.

/// Every content type that an image can have (see
/// [`Image::content_type`](crate::Image::content_type)), in alphabetical order.
///
/// A type is never removed from this list, because an image that was measured earlier may have that
/// type.
pub const CONTENT_TYPES: &[&str] = &[
    "image/astc",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heic-sequence",
    "image/heif",
    "image/heif-sequence",
    "image/j2c",
    "image/jls",
    "image/jp2",
    "image/jpeg",
    "image/jph",
    "image/jpm",
    "image/jpx",
    "image/jxl",
    "image/ktx2",
    "image/png",
    "image/qoi",
    "image/svg+xml",
    "image/tiff",
    "image/vnd-ms.dds",
    "image/vnd.adobe.photoshop",
    "image/vnd.microsoft.icon",
    "image/vnd.radiance",
    "image/vnd.valve.source.texture",
    "image/webp",
    "image/x-adobe-dng",
    "image/x-aseprite",
    "image/x-canon-cr2",
    "image/x-epson-erf",
    "image/x-exr",
    "image/x-farbfeld",
    "image/x-icns",
    "image/x-ilbm",
    "image/x-kodak-dcr",
    "image/x-kodak-k25",
    "image/x-kodak-kdc",
    "image/x-nikon-nef",
    "image/x-nikon-nrw",
    "image/x-pentax-pef",
    "image/x-pkm",
    "image/x-portable-anymap",
    "image/x-portable-arbitrarymap",
    "image/x-portable-bitmap",
    "image/x-portable-floatmap",
    "image/x-portable-graymap",
    "image/x-portable-pixmap",
    "image/x-pvr",
    "image/x-sony-arw",
    "image/x-tga",
    "image/x-win-bitmap",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;
    use crate::hint::TIFF_BASED;

    #[test]
    fn the_types_are_in_order_and_none_is_there_twice() {
        assert!(CONTENT_TYPES.is_sorted_by(|a, b| a < b), "{CONTENT_TYPES:?}");
    }

    #[test]
    fn the_types_of_all_formats_are_there() {
        let formats = Format::ALL.iter().map(|format| format.content_type());
        for content_type in formats.chain(TIFF_BASED) {
            assert!(CONTENT_TYPES.contains(&content_type), "{content_type}");
        }
    }
}
