//! The `Content-Disposition` header: the name under which a browser saves an image.

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

/// The `Content-Disposition` of the object under `key` (RFC 6266): displayed inline, and saved
/// under the last segment of the key.
///
/// A name with characters that old clients misread (RFC 6266, appendix D) is sent twice: with `_`
/// in their place, and complete in percent-encoding.
#[must_use]
pub fn inline(key: &str) -> String {
    let name = key.rsplit('/').find(|part| !part.is_empty()).unwrap_or("image");
    let plain: String = name.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
    if plain == name {
        return format!("inline; filename=\"{name}\"");
    }
    let encoded = utf8_percent_encode(name, ESCAPED);
    format!("inline; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// True for the characters that every client reads correctly in a quoted string.
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_quoted() {
        assert_eq!(inline("uploads/a/my cat.jpg"), "inline; filename=\"my cat.jpg\"");
        assert_eq!(inline("uploads/dir/"), "inline; filename=\"dir\"");
    }

    #[test]
    fn any_other_name_is_sent_twice() {
        let expected = "inline; filename=\"_ 50_ _x_.png\"; \
            filename*=UTF-8''%C3%A9%2050%25%20%22x%22.png";
        assert_eq!(inline("uploads/é 50% \"x\".png"), expected);
        assert!(!inline("uploads/a\r\nSet-Cookie: x").contains('\n'));
    }
}
