//! PBM, PGM, PPM, PAM and PFM (Netpbm format specifications).

use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image};

/// Largest accepted header in bytes.
const MAX_HEADER: u64 = 64 << 10;

/// Reads width and height, which are the two tokens after the signature or, in PAM, named lines.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let kind = source.u8(1)?;
    let mut tokens = Tokens { source, position: 2 };
    let (width, height) = match kind {
        b'7' => tokens.named_dimensions()?,
        _ => (tokens.number()?, tokens.number()?),
    };
    Ok(Image::new(Format::Pnm, width, height).with_content_type(content_type(kind)))
}

/// The content type by the second byte of the signature.
fn content_type(kind: u8) -> &'static str {
    match kind {
        b'1' | b'4' => "image/x-portable-bitmap",
        b'2' | b'5' => "image/x-portable-graymap",
        b'3' | b'6' => "image/x-portable-pixmap",
        b'7' => "image/x-portable-arbitrarymap",
        _ => "image/x-portable-floatmap",
    }
}

/// The stop for text that happens to begin like a signature.
const NO_NUMBER: Stop = Stop::NotAnImage("it begins like PNM, but no dimensions follow");

/// Reads words separated by white space, and skips comments from `#` to the end of the line.
struct Tokens<'a> {
    source: &'a Source<'a>,
    position: u64,
}

impl<'a> Tokens<'a> {
    /// Width and height in the header lines of PAM: `WIDTH 7`, `HEIGHT 5`, …, `ENDHDR`. Either is 0
    /// if its line is missing.
    fn named_dimensions(&mut self) -> Parsed<(u32, u32)> {
        let (mut width, mut height) = (0, 0);
        loop {
            match self.word()? {
                b"WIDTH" => width = self.number()?,
                b"HEIGHT" => height = self.number()?,
                b"ENDHDR" => return Ok((width, height)),
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Parsed<u32> {
        let word = self.word()?;
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
        number.ok_or(NO_NUMBER)
    }

    fn word(&mut self) -> Parsed<&'a [u8]> {
        let start = loop {
            let start = self.find(|byte| !byte.is_ascii_whitespace())?;
            self.position = start;
            if self.source.u8(start)? != b'#' {
                break start;
            }
            self.position = self.find(|byte| matches!(byte, b'\n' | b'\r'))?;
        };
        self.position = self.find(u8::is_ascii_whitespace)?;
        let length = usize::try_from(self.position - start).unwrap_or(usize::MAX);
        self.source.bytes(start, length)
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
        corrupt("the header does not end", end)
    }
}
