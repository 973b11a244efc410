//! The name under which a browser saves an image.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 8187, section 3.2.1, does not let stand for itself (`attr-char`).
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

/// The `Content-Disposition` of the object under `key`: shown in place, and saved under the last
/// part of the key (RFC 6266).
///
/// A name that is more than plain ASCII comes twice: with `_` for what old clients get wrong
/// (RFC 6266, appendix D), and as it is.
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
    fn any_other_name_comes_twice() {
        let expected = "inline; filename=\"_ 50_ _x_.png\"; \
            filename*=UTF-8''%C3%A9%2050%25%20%22x%22.png";
        assert_eq!(inline("uploads/é 50% \"x\".png"), expected);
        assert!(!inline("uploads/a\r\nSet-Cookie: x").contains('\n'));
    }
}
