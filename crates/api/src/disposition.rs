//! The `Content-Disposition` header: whether a browser displays an image or saves it, and the name
//! of the saved file.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters to percent-encode: all except those of `attr-char` (RFC 8187, section 3.2.1).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Longest text after a dot, in bytes, that counts as an extension. `aseprite` is the longest
/// extension of the formats that are measured.
const MAX_EXTENSION_BYTES: usize = 8;

/// Treatment of an image that a browser opens as a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Displayed.
    Inline,
    /// Saved as a file (RFC 6266, section 4.2). Images in a page (`<img>`) are displayed
    /// nevertheless: only a navigation evaluates the header
    /// (<https://html.spec.whatwg.org/multipage/browsing-the-web.html#populating-a-session-history-entry>).
    Attachment,
}

impl Disposition {
    /// The `Content-Disposition` of the image under `key` (RFC 6266). Its file name is the last
    /// nonempty segment of the key, with an extension that fits the image.
    ///
    /// `extensions` are the extensions of the image's format, in lower case, the usual one first. A
    /// name that ends with one of them, in upper or lower case, does not change. Any other name
    /// gets the usual extension, which replaces the name's own extension, if any. So a saved file
    /// opens as an image. If `extensions` is empty, no name changes.
    ///
    /// A name with characters that old clients misread (RFC 6266, appendix D) is sent twice: once
    /// with `_` in place of these characters, and once unchanged but percent-encoded.
    #[must_use]
    pub fn header<'a>(self, key: &str, extensions: impl IntoIterator<Item = &'a str>) -> String {
        let kind = match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        };
        let segment = key.rsplit('/').find(|part| !part.is_empty()).unwrap_or("image");
        let name = with_extension(segment, extensions);
        let plain: String = name.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
        if plain == *name {
            return format!("{kind}; filename=\"{name}\"");
        }
        let encoded = utf8_percent_encode(&name, ESCAPED);
        format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    }
}

fn with_extension<'a>(name: &str, extensions: impl IntoIterator<Item = &'a str>) -> Cow<'_, str> {
    let mut extensions = extensions.into_iter().peekable();
    let Some(usual) = extensions.peek().copied() else { return Cow::Borrowed(name) };
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if is_extension(stem, extension) => {
            if extensions.any(|known| known.eq_ignore_ascii_case(extension)) {
                return Cow::Borrowed(name);
            }
            stem
        }
        _ => name.trim_end_matches('.'),
    };
    Cow::Owned(format!("{stem}.{usual}"))
}

/// True if `text`, which follows the last dot of a name, is an extension: short, of letters and
/// digits, not only of digits, and after a stem. In the date `2024.05.01`, `01` is no extension.
fn is_extension(stem: &str, text: &str) -> bool {
    !stem.is_empty()
        && (1..=MAX_EXTENSION_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !text.bytes().all(|byte| byte.is_ascii_digit())
}

/// True for the characters that every client reads correctly in a quoted string.
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%')
}

#[cfg(test)]
mod tests {
    use super::Disposition::{Attachment, Inline};
    use super::*;

    const JPEG: [&str; 3] = ["jpg", "jpeg", "jfif"];

    #[test]
    fn a_plain_name_is_quoted() {
        assert_eq!(Inline.header("uploads/a/my cat.jpg", JPEG), "inline; filename=\"my cat.jpg\"");
        assert_eq!(Attachment.header("uploads/a.svg", ["svg"]), "attachment; filename=\"a.svg\"");
        assert_eq!(Inline.header("uploads/dir/", []), "inline; filename=\"dir\"");
        assert_eq!(Inline.header("/", JPEG), "inline; filename=\"image.jpg\"");
    }

    #[test]
    fn any_other_name_is_sent_twice() {
        let expected = "inline; filename=\"_ 50_ _x_.png\"; \
            filename*=UTF-8''%C3%A9%2050%25%20%22x%22.png";
        assert_eq!(Inline.header("uploads/é 50% \"x\".png", ["png"]), expected);
        assert!(!Inline.header("uploads/a\r\nSet-Cookie: x", JPEG).contains('\n'));
    }

    #[test]
    fn the_extension_becomes_one_of_the_format() {
        for (segment, expected) in [
            ("cat.jpg", "cat.jpg"),
            ("CAT.JPEG", "CAT.JPEG"),
            ("cat.html.Jfif", "cat.html.Jfif"),
            // An extension that is not one of JPEG's is replaced by `jpg`.
            ("cat.png", "cat.jpg"),
            ("cat.html", "cat.jpg"),
            ("photo.tar.gz", "photo.tar.jpg"),
            ("cat.mp4", "cat.jpg"),
            // A name without an extension gets `.jpg`.
            ("cat", "cat.jpg"),
            ("cat.", "cat.jpg"),
            ("2024.05.01", "2024.05.01.jpg"),
            ("Dr. Who", "Dr. Who.jpg"),
            ("cat.das-ist-lang", "cat.das-ist-lang.jpg"),
            (".jpg", ".jpg.jpg"),
            ("..", ".jpg"),
        ] {
            assert_eq!(with_extension(segment, JPEG), expected);
        }
    }
}
