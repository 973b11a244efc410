//! Hints about an object's format, known before its first byte is read.

use mime_guess::MimeGuess;

/// The format that an object's key and its uploader claim for the object.
///
/// The probe never trusts a hint over the bytes. A hint sets the size of the first read. It also
/// chooses the format or content type when the bytes allow more than one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// The object's key, of which only the extension is used.
    pub key: &'a str,
    /// The content type that the uploader claimed.
    pub content_type: Option<&'a str>,
}

/// Content types of camera raw formats whose bytes are plain TIFF, so that only the key or the
/// claimed type identifies them.
pub(crate) const TIFF_BASED: [&str; 10] = [
    "image/x-adobe-dng",
    "image/x-canon-cr2",
    "image/x-epson-erf",
    "image/x-kodak-dcr",
    "image/x-kodak-k25",
    "image/x-kodak-kdc",
    "image/x-nikon-nef",
    "image/x-nikon-nrw",
    "image/x-pentax-pef",
    "image/x-sony-arw",
];

/// Content types of formats whose metadata is in chunks before and after the image data.
const CHUNKED: [&str; 3] = ["image/png", "image/apng", "image/webp"];

/// Content types of formats whose first bytes state all the facts that the probe reads.
const COMPACT: [&str; 2] = ["image/bmp", "image/x-ms-bmp"];

/// The kind of format that the hint suggests. Formats that the probe treats alike share a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Jpeg,
    Tiff,
    /// A camera raw format based on TIFF, with its content type.
    Raw(&'static str),
    Tga,
    /// BMP without its file header.
    Dib,
    /// PNG or WebP.
    Chunked,
    /// A format whose header takes less than a kilobyte.
    Compact,
    /// Any other type, or none.
    Other,
}

impl Expected {
    /// Uses the type that the key's extension implies, or else the claimed type. The extension
    /// comes first because upload tools often claim a default type. An extension that implies no
    /// image type is ignored.
    pub(crate) fn from_hint(hint: Hint<'_>) -> Self {
        if is_dib(hint.key) {
            return Self::Dib;
        }
        let by_key = MimeGuess::from_path(hint.key).first_raw();
        let is_image = |content_type: &&str| content_type.starts_with("image/");
        let content_type = by_key.filter(is_image).or(hint.content_type);
        content_type.map_or(Self::Other, Self::from_content_type)
    }

    fn from_content_type(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is = |known: &str| essence.eq_ignore_ascii_case(known);
        if let Some(raw) = TIFF_BASED.into_iter().find(|raw| is(raw)) {
            return Self::Raw(raw);
        }
        if ["image/jpeg", "image/jpg", "image/pjpeg"].into_iter().any(is) {
            Self::Jpeg
        } else if ["image/tiff", "image/tif"].into_iter().any(is) {
            Self::Tiff
        } else if ["image/x-tga", "image/tga", "image/x-targa"].into_iter().any(is) {
            Self::Tga
        } else if CHUNKED.into_iter().any(is) {
            Self::Chunked
        } else if COMPACT.into_iter().any(is) {
            Self::Compact
        } else {
            Self::Other
        }
    }
}

/// True if `key` has the extension of DIB files. DIB and BMP files have the same content type, so
/// only the extension tells them apart.
fn is_dib(key: &str) -> bool {
    key.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("dib"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(key: &str, content_type: Option<&str>) -> Expected {
        Expected::from_hint(Hint { key, content_type })
    }

    #[test]
    fn the_extension_takes_precedence_over_the_claim() {
        assert_eq!(expected("a/cat.JPG", Some("image/png")), Expected::Jpeg);
        assert_eq!(expected("a/cat.jfif", None), Expected::Jpeg);
        assert_eq!(expected("a/cat.tga", None), Expected::Tga);
        assert_eq!(expected("a/cat.dng", None), Expected::Raw("image/x-adobe-dng"));
        assert_eq!(expected("a/cat.png", None), Expected::Chunked);
        assert_eq!(expected("a/cat.webp", None), Expected::Chunked);
        assert_eq!(expected("a/cat.bmp", None), Expected::Compact);
        assert_eq!(expected("a/cat.DIB", None), Expected::Dib);
    }

    #[test]
    fn the_claim_counts_if_the_extension_is_not_an_image() {
        assert_eq!(expected("a/cat", Some("Image/JPEG; q=1")), Expected::Jpeg);
        assert_eq!(expected("a/cat.bin", Some("image/tiff")), Expected::Tiff);
        assert_eq!(expected("a/cat", Some("text/plain")), Expected::Other);
        assert_eq!(expected("a/cat", Some("ímage")), Expected::Other);
        assert_eq!(expected("", None), Expected::Other);
    }
}
