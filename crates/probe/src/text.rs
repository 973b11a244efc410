//! Tells text from binary data.

/// Share of letters in prose, in percent.
const LETTERS: usize = 60;

/// Text of at least this many bytes is prose only if on average one of this many bytes is white
/// space.
const LONG: usize = 16;

/// True for bytes that occur in text of an encoding that extends ASCII.
pub(crate) fn is_text_byte(byte: u8) -> bool {
    byte >= b' ' || byte.is_ascii_whitespace()
}

/// True if `bytes` are text in UTF-8, which may be cut within its last character.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    is_utf8 && !bytes.is_empty() && bytes.iter().all(|byte| is_text_byte(*byte) && *byte != 0x7F)
}

/// True if `bytes` read like words. Unlike [`is_text`], this tells text from image data whose
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

#[cfg(test)]
mod tests {
    use super::*;

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
        for samples in [&b"dddddddddd"[..], b"cdefghijklmnopqrstuv", b"0 1 2 3 4 5", b"a\xFF\0b"] {
            assert!(!is_prose(samples), "{samples:?}");
        }
    }
}
