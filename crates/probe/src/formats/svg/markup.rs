//! A minimal XML scanner (W3C XML 1.0) that finds the root element's start tag.

use std::borrow::Cow;

/// The result of looking for the root element in the start of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Root<'a> {
    /// An `svg` element.
    Svg(Attributes<'a>),
    /// Another element.
    Other,
    /// An `svg` element whose start tag is not well-formed XML, at this offset in bytes.
    Malformed(usize),
    /// The text ends before the start tag does. `in_svg` is true if the tag is that of an `svg`
    /// element.
    Incomplete { in_svg: bool },
}

/// The attributes that determine the dimensions, with values as written, without quotes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes<'a> {
    pub(super) width: Option<&'a [u8]>,
    pub(super) height: Option<&'a [u8]>,
    pub(super) view_box: Option<&'a [u8]>,
}

/// Converts UTF-16 to single bytes, and leaves UTF-8 unchanged except for a byte order mark. UTF-16
/// is recognized by its byte order mark, or by a zero next to the first `<`. Characters above 0xFF
/// become `?`; they do not matter, because markup is ASCII.
pub(super) fn to_ascii(bytes: &[u8]) -> Cow<'_, [u8]> {
    let from_pairs = |decode: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2).map(|pair| decode([pair[0], pair[1]]));
        pairs
            .filter(|unit| *unit != 0xFEFF)
            .map(|unit| u8::try_from(unit).unwrap_or(b'?'))
            .collect()
    };
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Cow::Owned(from_pairs(u16::from_le_bytes)),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Cow::Owned(from_pairs(u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)),
    }
}

/// Skips declarations and comments, then reads the first element's start tag.
pub(super) fn find_root(text: &[u8]) -> Root<'_> {
    let mut scanner = Scanner { text, position: 0 };
    match scanner.root() {
        Ok(root) => root,
        Err(End { in_svg }) => Root::Incomplete { in_svg },
    }
}

/// The error that the text ended, within or before the start tag of an `svg` element.
struct End {
    in_svg: bool,
}

const BEFORE_SVG: End = End { in_svg: false };
const IN_SVG: End = End { in_svg: true };

struct Scanner<'a> {
    text: &'a [u8],
    position: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.text[self.position..]
    }

    fn root(&mut self) -> Result<Root<'a>, End> {
        loop {
            self.skip_white_space();
            let rest = self.rest();
            if rest.starts_with(b"<!--") {
                self.skip_past(b"-->")?;
            } else if rest.starts_with(b"<?") {
                self.skip_past(b"?>")?;
            } else if rest.starts_with(b"<!") {
                self.skip_declaration()?;
            } else {
                return self.element();
            }
        }
    }

    fn skip_white_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_ascii_start().len();
    }

    fn skip_past(&mut self, end: &[u8]) -> Result<(), End> {
        let found = self.rest().windows(end.len()).position(|window| window == end);
        self.position += found.ok_or(BEFORE_SVG)? + end.len();
        Ok(())
    }

    /// Skips `<!DOCTYPE …>`, whose internal subset in brackets may contain further tags and quoted
    /// text.
    fn skip_declaration(&mut self) -> Result<(), End> {
        let (mut depth, mut quote) = (0_u32, None);
        for (index, byte) in self.rest().iter().enumerate() {
            match byte {
                _ if quote == Some(*byte) => quote = None,
                _ if quote.is_some() => {}
                b'"' | b'\'' => quote = Some(*byte),
                b'<' => depth += 1,
                b'>' if depth > 1 => depth -= 1,
                b'>' => {
                    self.position += index + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(BEFORE_SVG)
    }

    /// Reads a start tag. The namespace prefix of the element's name is ignored.
    fn element(&mut self) -> Result<Root<'a>, End> {
        match self.rest() {
            [] => return Err(BEFORE_SVG),
            [b'<', ..] => self.position += 1,
            _ => return Ok(Root::Other),
        }
        let name = self.take_name();
        if self.rest().is_empty() {
            return Err(BEFORE_SVG);
        }
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        if local.eq_ignore_ascii_case(b"svg") { self.attributes() } else { Ok(Root::Other) }
    }

    fn attributes(&mut self) -> Result<Root<'a>, End> {
        let mut attributes = Attributes::default();
        loop {
            self.skip_white_space();
            if matches!(self.rest(), [b'>' | b'/', ..]) {
                return Ok(Root::Svg(attributes));
            }
            let start = self.position;
            let name = self.take_name();
            let Some(value) = self.take_value()? else { return Ok(Root::Malformed(start)) };
            match name {
                b"" => return Ok(Root::Malformed(start)),
                b"width" => attributes.width = Some(value),
                b"height" => attributes.height = Some(value),
                b"viewBox" | b"viewbox" => attributes.view_box = Some(value),
                _ => {}
            }
        }
    }

    fn take_name(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"=/><\"'".contains(byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    /// Takes `= "value"`, in either kind of quotes; `None` if something else follows.
    fn take_value(&mut self) -> Result<Option<&'a [u8]>, End> {
        self.skip_white_space();
        match self.rest() {
            [] => return Err(IN_SVG),
            [b'=', ..] => self.position += 1,
            _ => return Ok(None),
        }
        self.skip_white_space();
        let (quote, rest) = match self.rest() {
            [] => return Err(IN_SVG),
            [quote @ (b'"' | b'\''), rest @ ..] => (quote, rest),
            _ => return Ok(None),
        };
        let length = rest.iter().position(|byte| byte == quote).ok_or(IN_SVG)?;
        self.position += length + 2;
        Ok(Some(&rest[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(text: &str) -> Option<String> {
        match find_root(text.as_bytes()) {
            Root::Svg(attributes) => {
                attributes.width.map(|width| String::from_utf8(width.to_vec()).unwrap())
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn declarations_and_comments_before_the_root_are_skipped() {
        for preamble in [
            "",
            " \n",
            "<?xml version='1.0'?>",
            "<!-- <svg width='9'> -->\n",
            "<!DOCTYPE svg PUBLIC \"-//W3C>//\" 'x'>",
            "<!DOCTYPE svg [ <!ENTITY a \"<b>\"> <!ENTITY c 'd'> ]>",
        ] {
            let text = format!("{preamble}<svg width='7'>");
            assert_eq!(width(&text).as_deref(), Some("7"), "{text}");
        }
    }

    #[test]
    fn only_an_attribute_of_the_exact_name_counts() {
        assert_eq!(width("<svg stroke-width='3' width = \"7\"/>").as_deref(), Some("7"));
        assert_eq!(width("<s:svg data='width=\"3\"' stroke-width='3'>"), None);
    }

    #[test]
    fn other_roots_and_broken_tags_are_distinguished() {
        assert_eq!(find_root(b"<html><svg width='7'></svg>"), Root::Other);
        assert_eq!(find_root(b"plain text"), Root::Other);
        assert_eq!(find_root(b"<svg width=7>"), Root::Malformed(5));
        assert_eq!(find_root(b"<!-- "), Root::Incomplete { in_svg: false });
        assert_eq!(find_root(b"<svg width='7"), Root::Incomplete { in_svg: true });
    }

    #[test]
    fn both_byte_orders_of_utf_16_are_read() {
        let text = "\u{FEFF}<svg a='é€' width='7'>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&little[..], &big[..], &little[2..], &big[2..]] {
            let ascii = to_ascii(bytes);
            assert!(matches!(find_root(&ascii), Root::Svg(found) if found.width == Some(b"7")));
        }
    }
}
