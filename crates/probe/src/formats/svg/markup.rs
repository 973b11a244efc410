//! A minimal XML scanner (W3C XML 1.0) that finds the root element's start tag.
//!
//! The scanner reads the start of a document. If the text ends too early, the scanner says so, and
//! the caller can read more. Malformed text is a different error. Crates for XML do not fit:
//!
//! - `xmlparser` 0.13 needs a whole document in UTF-8, ends an `ATTLIST` at the first `>`, even in
//!   quotes, and presents a parameter entity as a general entity.
//! - `quick-xml` 0.38 returns the document type as one piece. It finds the end of this piece by
//!   counting `<` and `>`, even in comments and processing instructions.
//!
//! Either crate would add about 30 KiB to an executable, and entities would still have to be parsed
//! here.

use std::borrow::Cow;

use super::doctype::Doctype;

/// The namespace of SVG elements (W3C SVG 2, section 1.2).
const NAMESPACE: &[u8] = b"http://www.w3.org/2000/svg";

/// The result of looking for the root element in the start of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Root<'a> {
    /// An `svg` element.
    Svg(Svg<'a>),
    /// The root is another element, or there is no root element.
    Other,
    /// The document is not well-formed XML, at this offset in bytes.
    Malformed(usize),
    /// The text ends before the start tag does. `in_svg` is true if the tag is that of an `svg`
    /// element.
    Incomplete { in_svg: bool },
}

/// The start tag of an `svg` element, and the document type declaration, which affects attributes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Svg<'a> {
    pub(super) doctype: Doctype<'a>,
    pub(super) attributes: Attributes<'a>,
}

impl Svg<'_> {
    /// True if the element's namespace is that of SVG, or if the element declares no namespace. An
    /// element without a declaration is accepted because many files are copied from HTML pages,
    /// where SVG needs no declaration.
    pub(super) fn is_in_svg_namespace(&self) -> bool {
        let is_svg = |value| self.doctype.expand(value).is_some_and(|value| value == NAMESPACE);
        self.attributes.namespace.is_none_or(is_svg)
    }
}

/// The attributes that determine an element's dimensions or declare its namespace. The values are
/// as written, without quotes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes<'a> {
    pub(super) width: Option<&'a [u8]>,
    pub(super) height: Option<&'a [u8]>,
    pub(super) view_box: Option<&'a [u8]>,
    pub(super) preserve_aspect_ratio: Option<&'a [u8]>,
    /// The namespace that the start tag declares for the element's prefix. If the element has no
    /// prefix, this is the default namespace.
    pub(super) namespace: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    /// The field for the attribute `name` of an element whose prefix is `prefix`; `None` if the
    /// attribute is not kept. Names are case-sensitive.
    fn slot(&mut self, name: &[u8], prefix: Option<&[u8]>) -> Option<&mut Option<&'a [u8]>> {
        match name {
            b"width" => Some(&mut self.width),
            b"height" => Some(&mut self.height),
            b"viewBox" => Some(&mut self.view_box),
            b"preserveAspectRatio" => Some(&mut self.preserve_aspect_ratio),
            b"xmlns" if prefix.is_none() => Some(&mut self.namespace),
            [b'x', b'm', b'l', b'n', b's', b':', declared @ ..] if prefix == Some(declared) => {
                Some(&mut self.namespace)
            }
            _ => None,
        }
    }
}

/// Converts UTF-16 to one byte per code unit, and leaves UTF-8 unchanged. Removes a byte order
/// mark.
///
/// The text is UTF-16 if it begins with UTF-16's byte order mark, or with a `<` and a zero byte in
/// either order. Code units above 0xFF become 0xFF; markup and numbers, being ASCII, have none.
pub(super) fn to_ascii(bytes: &[u8]) -> Cow<'_, [u8]> {
    let narrow = |pairs: &[u8], decode: fn([u8; 2]) -> u16| {
        let units = pairs.chunks_exact(2).map(|pair| decode([pair[0], pair[1]]));
        Cow::Owned(units.map(|unit| u8::try_from(unit).unwrap_or(0xFF)).collect())
    };
    match bytes {
        [0xFF, 0xFE, pairs @ ..] => narrow(pairs, u16::from_le_bytes),
        [0xFE, 0xFF, pairs @ ..] => narrow(pairs, u16::from_be_bytes),
        [b'<', 0, ..] => narrow(bytes, u16::from_le_bytes),
        [0, b'<', ..] => narrow(bytes, u16::from_be_bytes),
        _ => Cow::Borrowed(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)),
    }
}

/// Reads the document type declaration, if there is one, and the first element's start tag. Skips
/// comments and processing instructions.
pub(super) fn find_root(text: &[u8]) -> Root<'_> {
    let mut scanner = Scanner { text, position: 0, in_svg: false };
    match scanner.root() {
        Ok(None) => Root::Other,
        Ok(Some(svg)) => {
            first_control(&text[..scanner.position]).map_or(Root::Svg(svg), Root::Malformed)
        }
        Err(Interrupt::End) => Root::Incomplete { in_svg: scanner.in_svg },
        Err(Interrupt::Malformed(offset)) => Root::Malformed(offset),
    }
}

/// Position of the first control character that XML forbids. Text with such a character is refused,
/// because the next bytes may have another meaning: after the escape character of ISO 2022, `"` and
/// `<` can be parts of characters.
fn first_control(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| *byte < b' ' && !b"\t\n\r".contains(byte))
}

/// The reason why the scanner stopped early.
#[derive(Debug)]
pub(super) enum Interrupt {
    /// The text ended.
    End,
    /// The text is not well-formed at this position.
    Malformed(usize),
}

/// The result of a step of the scanner.
pub(super) type Scan<T> = Result<T, Interrupt>;

/// A position in a text.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    position: usize,
    /// True once the name of an `svg` element has been read.
    in_svg: bool,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.text[self.position..]
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Scan<u8> {
        self.rest().first().copied().ok_or(Interrupt::End)
    }

    /// Skips the next `length` bytes, which must exist.
    pub(super) fn skip(&mut self, length: usize) {
        self.position += length;
    }

    /// The error for text that is malformed at the current position.
    pub(super) fn malformed(&self) -> Interrupt {
        Interrupt::Malformed(self.position)
    }

    /// Skips `token` if it comes next.
    pub(super) fn skip_if(&mut self, token: &[u8]) -> Scan<bool> {
        let rest = self.rest();
        let is_next = rest.starts_with(token);
        if is_next {
            self.skip(token.len());
        } else if token.starts_with(rest) {
            return Err(Interrupt::End);
        }
        Ok(is_next)
    }

    /// Skips `token`, which must come next.
    pub(super) fn require(&mut self, token: &[u8]) -> Scan<()> {
        if self.skip_if(token)? { Ok(()) } else { Err(self.malformed()) }
    }

    /// Skips white space; true if there was any.
    pub(super) fn skip_white_space(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.len() - rest.trim_ascii_start().len();
        self.skip(length);
        length > 0
    }

    /// Skips white space, of which there must be some.
    pub(super) fn require_white_space(&mut self) -> Scan<()> {
        self.peek()?;
        if self.skip_white_space() { Ok(()) } else { Err(self.malformed()) }
    }

    /// Takes the text before the next `end`, and skips `end`.
    pub(super) fn take_until(&mut self, end: &[u8]) -> Scan<&'a [u8]> {
        let rest = self.rest();
        let found = rest.windows(end.len()).position(|window| window == end);
        let length = found.ok_or(Interrupt::End)?;
        self.skip(length + end.len());
        Ok(&rest[..length])
    }

    /// Takes text in single or double quotes, and returns it without the quotes.
    pub(super) fn take_quoted(&mut self) -> Scan<&'a [u8]> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.skip(1);
                self.take_until(&[quote])
            }
            _ => Err(self.malformed()),
        }
    }

    /// Takes a name, which must not be empty.
    pub(super) fn take_name(&mut self) -> Scan<&'a [u8]> {
        let rest = self.rest();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"=/><\"'".contains(byte);
        let length = rest.iter().position(ends).ok_or(Interrupt::End)?;
        if length == 0 {
            return Err(self.malformed());
        }
        self.skip(length);
        Ok(&rest[..length])
    }

    /// Skips a comment or a processing instruction; true if there was one.
    pub(super) fn skip_misc(&mut self) -> Scan<bool> {
        if self.skip_if(b"<!--")? {
            self.take_until(b"-->")?;
        } else if self.skip_if(b"<?")? {
            self.take_until(b"?>")?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// The `svg` element; `None` if the root is another element, or if there is no root.
    fn root(&mut self) -> Scan<Option<Svg<'a>>> {
        let mut doctype = None;
        loop {
            self.skip_white_space();
            if self.skip_misc()? {
                continue;
            }
            if !self.skip_if(b"<!DOCTYPE")? {
                break;
            }
            if doctype.is_some() {
                return Err(self.malformed());
            }
            doctype = Some(Doctype::read(self)?);
        }
        let attributes = self.element()?;
        let doctype = doctype.unwrap_or_default();
        Ok(attributes.map(|attributes| Svg { doctype, attributes }))
    }

    /// Reads the start tag of an `svg` element; `None` if there is no start tag, or if it is the
    /// tag of another element.
    fn element(&mut self) -> Scan<Option<Attributes<'a>>> {
        if !self.skip_if(b"<")? {
            return Ok(None);
        }
        let name = match self.take_name() {
            Err(Interrupt::Malformed(_)) => return Ok(None),
            name => name?,
        };
        let colon = name.iter().position(|byte| *byte == b':');
        let prefix = colon.map(|colon| &name[..colon]);
        if &name[colon.map_or(0, |colon| colon + 1)..] != b"svg" {
            return Ok(None);
        }
        self.in_svg = true;
        self.attributes(prefix).map(Some)
    }

    fn attributes(&mut self, prefix: Option<&[u8]>) -> Scan<Attributes<'a>> {
        let mut attributes = Attributes::default();
        loop {
            let is_separated = self.skip_white_space();
            if self.skip_if(b">")? || self.skip_if(b"/>")? {
                return Ok(attributes);
            }
            let start = self.position;
            let malformed = Err(Interrupt::Malformed(start));
            if !is_separated {
                return malformed;
            }
            let name = self.take_name()?;
            let Some(value) = self.take_value()? else { return malformed };
            if let Some(slot) = attributes.slot(name, prefix)
                && slot.replace(value).is_some()
            {
                return malformed;
            }
        }
    }

    /// Takes `=` and a value in quotes; `None` if something else follows.
    fn take_value(&mut self) -> Scan<Option<&'a [u8]>> {
        self.skip_white_space();
        if !self.skip_if(b"=")? {
            return Ok(None);
        }
        self.skip_white_space();
        if matches!(self.peek()?, b'"' | b'\'') { self.take_quoted().map(Some) } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_any_length_gives_the_same_answer_or_none() {
        for text in [
            "<?xml version='1.0'?><!-- it's > --><svg a = '>' width='7'\n/><g>",
            "<!DOCTYPE svg PUBLIC '>' \"[\" [ <!-- ' --> <?p \" ?> <!ENTITY a 'b'> <!ENTITY c SYSTEM \
             '>'> %p; <!ELEMENT s (a)> <!NOTATION n SYSTEM '>'> <!ATTLIST s a CDATA '>'> ] ><svg>",
            "<!doctype html><html>",
            "<svg width='7' width='7'>",
            "<!DOCTYPE svg [<![x[",
        ] {
            let whole = find_root(text.as_bytes());
            assert!(!matches!(whole, Root::Incomplete { .. }), "{text}");
            for end in 0..text.len() {
                let part = find_root(&text.as_bytes()[..end]);
                let is_incomplete = matches!(part, Root::Incomplete { .. });
                assert!(is_incomplete || part == whole, "{}: {part:?}", &text[..end]);
            }
        }
    }
}
