//! PBM, PGM, PPM, PAM and PFM (Netpbm format specifications).

mod tokens;

use crate::image::ColorSpace;
use crate::source::{Parsed, Source, Stop, corrupt};
use crate::text;
use crate::{Format, Image};
use tokens::Tokens;

/// Largest value that a header may state as the maximum value of a sample.
const MAX_VALUE: u32 = 65_535;

/// Maximum number of bytes after the header that are examined to distinguish image data from text.
const SAMPLE: u64 = 512;

/// Data that looks like text counts as binary image data only if it has the length that the header
/// implies, or at most this many bytes more, such as a line break.
const SLACK: u64 = 2;

/// The result for text that happens to begin with the signature of a PNM format.
const NO_HEADER: Stop = Stop::NotAnImage("it begins like PNM, but no header follows");

/// The result for text that happens to begin with a whole PNM header.
const NO_DATA: Stop = Stop::NotAnImage("it begins like PNM, but text follows");

/// Reads the header. In PAM, it consists of named lines; in the other formats, of tokens after the
/// signature.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let kind = source.u8(1)?;
    let mut tokens = Tokens::new(source, 2);
    let header = match kind {
        b'7' => Header::of_pam(source, &mut tokens)?,
        _ => Header::of_others(kind, &mut tokens)?,
    };
    if header.width > 0 && header.height > 0 {
        header.check(kind)?;
        header.check_data(source, kind, tokens.position + 1)?;
    }
    Ok(header.image(kind))
}

/// The fields of a header.
struct Header {
    width: u32,
    height: u32,
    channels: u32,
    /// The largest value of a sample; `None` for floating-point samples.
    max_value: Option<u32>,
}

impl Header {
    /// Reads the lines of PAM up to `ENDHDR`, in any order: `WIDTH 7`, `HEIGHT 5`, `DEPTH 3`, … A
    /// field is 0 if its line is missing.
    fn of_pam(source: &Source<'_>, tokens: &mut Tokens<'_>) -> Parsed<Self> {
        let mut fields = [None; 4];
        loop {
            let line = tokens.position;
            let word = match tokens.word() {
                Err(Stop::Corrupt { offset, .. })
                    if offset == source.size() && fields == [None; 4] =>
                {
                    return Err(NO_HEADER);
                }
                word => word?,
            };
            let field = match word {
                b"WIDTH" => &mut fields[0],
                b"HEIGHT" => &mut fields[1],
                b"DEPTH" => &mut fields[2],
                b"MAXVAL" => &mut fields[3],
                b"ENDHDR" => break,
                b"TUPLTYPE" => {
                    tokens.skip_line()?;
                    continue;
                }
                _ => return Err(NO_HEADER),
            };
            let number = tokens.number()?;
            if *field.get_or_insert(number) != number {
                return corrupt("two lines of the header contradict each other", line);
            }
        }
        let [width, height, channels, max_value] = fields.map(Option::unwrap_or_default);
        Ok(Self { width, height, channels, max_value: Some(max_value) })
    }

    /// Reads the tokens of PBM, PGM, PPM and PFM.
    fn of_others(kind: u8, tokens: &mut Tokens<'_>) -> Parsed<Self> {
        let (width, height) = (tokens.number()?, tokens.number()?);
        let channels = if matches!(kind, b'3' | b'6' | b'F') { 3 } else { 1 };
        let max_value = match kind {
            b'1' | b'4' => Some(1),
            b'F' | b'f' => {
                tokens.scale()?;
                None
            }
            _ => Some(tokens.number()?),
        };
        Ok(Self { width, height, channels, max_value })
    }

    fn check(&self, kind: u8) -> Parsed<()> {
        if self.max_value.is_some_and(|max_value| !(1..=MAX_VALUE).contains(&max_value)) {
            return corrupt("the maximum value is not between 1 and 65,535", 2);
        }
        if kind == b'7' && self.channels == 0 {
            return corrupt("the depth is zero", 2);
        }
        Ok(())
    }

    /// Rejects an object that has text instead of image data at `start`, after the header.
    /// Accepts truncated image data, because decoders show the part that exists. Even if binary
    /// data looks like text, accepts it if it has the length that the header implies, or at most
    /// [`SLACK`] bytes more.
    fn check_data(&self, source: &Source<'_>, kind: u8, start: u64) -> Parsed<()> {
        let rest = source.size().saturating_sub(start);
        let sample = source.bytes(start, usize::try_from(rest.min(SAMPLE)).unwrap_or(0))?;
        let is_image = if matches!(kind, b'1'..=b'3') {
            sample.split(|byte| matches!(byte, b'\n' | b'\r')).all(is_plain)
        } else {
            let length = self.data_length(kind);
            (length..=length.saturating_add(SLACK)).contains(&rest) || !text::is_prose(sample)
        };
        if is_image { Ok(()) } else { Err(NO_DATA) }
    }

    /// Length of binary image data in bytes. A row of PBM has one bit per pixel and is padded to
    /// whole bytes.
    fn data_length(&self, kind: u8) -> u64 {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let row = match kind {
            b'4' => width.div_ceil(8),
            _ => width.saturating_mul(u64::from(self.bits(kind) / 8) * u64::from(self.channels)),
        };
        row.saturating_mul(height)
    }

    /// Bits per stored sample.
    fn bits(&self, kind: u8) -> u8 {
        match (kind, self.max_value) {
            (b'1' | b'4', _) => 1,
            (_, None) => 32,
            (_, Some(0..=255)) => 8,
            _ => 16,
        }
    }

    fn image(&self, kind: u8) -> Image {
        let mut image = Image::new(Format::Pnm, self.width, self.height);
        image.bits_per_channel = Some(self.bits(kind));
        image.channels = u8::try_from(self.channels).ok();
        // In PAM, only the tuple type says what the channels mean. The tuple type is free text, so
        // neither the color space nor alpha is reported.
        if kind != b'7' {
            image.color_space = image.channels.and_then(ColorSpace::of_channels);
            image.has_alpha = Some(false);
        }
        image.with_content_type(content_type(kind))
    }
}

/// True if a line contains only digits and white space, perhaps followed by a comment, as in the
/// image data of the plain (ASCII) formats.
fn is_plain(line: &[u8]) -> bool {
    let mut bytes = line.iter().take_while(|byte| **byte != b'#');
    bytes.all(|byte| byte.is_ascii_digit() || byte.is_ascii_whitespace())
}

/// The content type that the second byte of the signature implies.
fn content_type(kind: u8) -> &'static str {
    match kind {
        b'1' | b'4' => "image/x-portable-bitmap",
        b'2' | b'5' => "image/x-portable-graymap",
        b'3' | b'6' => "image/x-portable-pixmap",
        b'7' => "image/x-portable-arbitrarymap",
        _ => "image/x-portable-floatmap",
    }
}
