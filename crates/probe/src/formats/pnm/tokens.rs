//! The tokens of a PNM header, which are words separated by white space.

use super::NO_HEADER;
use crate::source::{Parsed, Source, Stop};

/// Largest accepted header in bytes.
const MAX_HEADER: u64 = 64 << 10;

/// Reads the words of a header, and skips comments from `#` to the end of the line.
pub(super) struct Tokens<'a> {
    source: &'a Source<'a>,
    /// Reading continues at this offset, in bytes from the object's start: the end of the last word
    /// or comment, or the start of a word whose end has not been found.
    pub(super) position: u64,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a Source<'a>, position: u64) -> Self {
        Self { source, position }
    }

    /// The next word, which must be a decimal number.
    pub(super) fn number(&mut self) -> Parsed<u32> {
        let digits = self.word_of(u8::is_ascii_digit)?;
        digits.parse().map_err(|_| NO_HEADER)
    }

    /// The next word, which must be the scale of PFM. The scale's sign states the byte order.
    pub(super) fn scale(&mut self) -> Parsed<f32> {
        let digits =
            self.word_of(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e'))?;
        let scale = digits.parse().ok();
        scale.filter(|scale: &f32| scale.is_finite() && *scale != 0.0).ok_or(NO_HEADER)
    }

    /// The next word. If one of its bytes does not satisfy `is_expected`, the object is not an
    /// image. Otherwise, if the object ends within the word, the object is truncated.
    fn word_of(&mut self, is_expected: fn(&u8) -> bool) -> Parsed<&'a str> {
        let word = match self.word() {
            Ok(word) => word,
            Err(Stop::Corrupt { offset, .. })
                if offset == self.source.size()
                    && !self.source.known(self.position).iter().all(is_expected) =>
            {
                return Err(NO_HEADER);
            }
            Err(stop) => return Err(stop),
        };
        let word = std::str::from_utf8(word).ok();
        word.filter(|word| word.as_bytes().iter().all(is_expected)).ok_or(NO_HEADER)
    }

    /// The next word.
    pub(super) fn word(&mut self) -> Parsed<&'a [u8]> {
        let start = loop {
            let start = self.find(|byte| !byte.is_ascii_whitespace())?;
            self.position = start;
            if self.source.u8(start)? != b'#' {
                break start;
            }
            self.skip_line()?;
        };
        self.position = self.find(u8::is_ascii_whitespace)?;
        let length = usize::try_from(self.position - start).unwrap_or(usize::MAX);
        self.source.bytes(start, length)
    }

    /// Moves to the end of the line.
    pub(super) fn skip_line(&mut self) -> Parsed<()> {
        self.position = self.find(|byte| matches!(byte, b'\n' | b'\r'))?;
        Ok(())
    }

    /// Offset of the next byte that satisfies `is_wanted`, in bytes from the object's start.
    fn find(&self, is_wanted: fn(&u8) -> bool) -> Parsed<u64> {
        let known = self.source.known(self.position);
        if let Some(index) = known.iter().position(is_wanted) {
            return Ok(self.position + index as u64);
        }
        let end = self.position + known.len() as u64;
        if end < MAX_HEADER {
            self.source.u8(end)?;
        }
        Err(Stop::UnsupportedFeature("its header does not end within the first 64 KiB"))
    }
}
