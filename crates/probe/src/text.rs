//! Tells text from binary data, and prepares text for display.

/// Minimum share of ASCII letters among the bytes of prose, in percent.
const LETTERS: usize = 60;

/// Minimum length in bytes of a long text. A long text is prose only if at least one in `LONG` of
/// its bytes is white space.
const LONG: usize = 16;

/// True for bytes that occur in text of an encoding that extends ASCII.
pub(crate) fn is_text_byte(byte: u8) -> bool {
    byte >= b' ' || byte.is_ascii_whitespace()
}

/// True if `bytes` are text in UTF-8: not empty, and without ASCII control characters other than
/// white space. The last character may be incomplete.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    is_utf8 && !bytes.is_empty() && bytes.iter().all(|byte| is_text_byte(*byte) && *byte != 0x7F)
}

/// True if `bytes` read like words. Unlike [`is_text`], distinguishes text from image data whose
/// samples all happen to be printable.
pub(crate) fn is_prose(bytes: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count();
    let letters = count(u8::is_ascii_alphabetic);
    let spaces = count(u8::is_ascii_whitespace);
    let is_varied = if bytes.len() < LONG {
        bytes.iter().any(|byte| *byte != bytes[0])
    } else {
        spaces * LONG >= bytes.len()
    };
    is_text(bytes) && letters * 100 >= bytes.len() * LETTERS && is_varied
}

/// The text in `bytes` up to the first zero byte, prepared for display; `None` if nothing is left.
/// Control characters are removed, white space at both ends is trimmed, invalid UTF-8 is replaced,
/// and the text is cut to at most `length` bytes.
pub(crate) fn displayed(bytes: &[u8], length: usize) -> Option<String> {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !is_control(*c)).collect();
    let text = text.trim();
    let mut end = text.len().min(length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text[..end].trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// True for control characters, for characters that break lines, for those that change the
/// direction of the text around them (Unicode, "Bidirectional Algorithm", 2), and for the byte
/// order mark.
fn is_control(character: char) -> bool {
    let is_format = matches!(
        character,
        '\u{061C}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    );
    character.is_control() || is_format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displayed_text_is_short_and_clean() {
        let text = |bytes: &[u8]| displayed(bytes, 8);
        assert_eq!(text(b"  Canon \0rest").unwrap(), "Canon");
        assert_eq!(text(b"a\x1B[2J\nb\x7F").unwrap(), "a[2Jb");
        assert_eq!(text("a\u{202E}gpj.\u{2066}b\u{85}".as_bytes()).unwrap(), "agpj.b");
        assert_eq!(text("a\u{61C}b\u{200F}c".as_bytes()).unwrap(), "abc");
        assert_eq!(text(b"\xC4pfel").unwrap(), "\u{FFFD}pfel");
        assert_eq!(text("1234567\u{e9}".as_bytes()).unwrap(), "1234567");
        assert_eq!(text(b"1234567 9").unwrap(), "1234567");
        for nothing in [&b""[..], b"\0Canon", b"  \n ", b"\x01"] {
            assert_eq!(text(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn text_is_told_from_binary_data() {
        for text in [&b"one line\r\n"[..], "na\u{ef}ve".as_bytes(), b"x", "\u{ef}".as_bytes()] {
            assert!(is_text(text));
        }
        assert!(is_text(&"na\u{ef}ve".as_bytes()[..3]), "a character may be cut at the end");
        for binary in [&b""[..], b"a\0b", b"a\xFFb", b"\x7F", b"\xEF ", b"\xEF"] {
            assert!(!is_text(binary), "{binary:?}");
        }
    }

    #[test]
    fn prose_is_told_from_printable_samples() {
        for prose in [&b"apples"[..], b"is the size that a text about images mentions"] {
            assert!(is_prose(prose));
        }
        for samples in [
            &b"dddddddddd"[..],
            b"cdefghijklmnopqr",
            b"cdefghijklmnopqrstuv",
            b"0 1 2 3 4 5",
            b"0 1 2 3 4 5 six",
            b"a\xFF\0b",
        ] {
            assert!(!is_prose(samples), "{samples:?}");
        }
    }
}
