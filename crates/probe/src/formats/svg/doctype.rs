//! The document type declaration and its entities (W3C XML 1.0, sections 2.8 and 4).

use super::markup::{Scan, Scanner};

/// Maximum number of entities that are remembered. References to any further entities cannot be
/// replaced.
const MAX_ENTITIES: usize = 1000;

/// Maximum size in bytes of a value, both before and after the references in the value are
/// replaced. Widths, heights, view boxes and the namespace are far shorter.
const MAX_VALUE: usize = 256;

/// The parts of a document type declaration that have an effect on attributes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Doctype<'a> {
    /// General entities, in the order of their declaration. If several have the same name, the
    /// first is used.
    entities: Vec<Entity<'a>>,
    /// True if the declaration contains an `ATTLIST`, which may give attributes default values.
    pub(super) has_attribute_lists: bool,
    /// True if the declaration declares or references parameter entities, which may contain further
    /// declarations.
    pub(super) has_parameter_entities: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Entity<'a> {
    name: &'a [u8],
    /// The value as written, with its references; `None` if the value is in another file.
    value: Option<&'a [u8]>,
}

impl<'a> Doctype<'a> {
    /// Reads the rest of a declaration, after `<!DOCTYPE`. The external subset, which is another
    /// file, is ignored, as in browsers.
    pub(super) fn read(scanner: &mut Scanner<'a>) -> Scan<Self> {
        let mut doctype = Self::default();
        let mut has_subset = false;
        loop {
            scanner.skip_white_space();
            match scanner.peek()? {
                b'>' => {
                    scanner.skip(1);
                    return Ok(doctype);
                }
                // Only white space may follow the internal subset.
                _ if has_subset => return Err(scanner.malformed()),
                b'[' => {
                    scanner.skip(1);
                    doctype.read_subset(scanner)?;
                    has_subset = true;
                }
                b'"' | b'\'' => _ = scanner.take_quoted()?,
                b'<' => return Err(scanner.malformed()),
                // A character of the name, of `PUBLIC` or of `SYSTEM`.
                _ => scanner.skip(1),
            }
        }
    }

    /// Reads the internal subset up to and including its `]`.
    fn read_subset(&mut self, scanner: &mut Scanner<'a>) -> Scan<()> {
        loop {
            scanner.skip_white_space();
            if scanner.skip_misc()? {
                continue;
            }
            if scanner.skip_if(b"]")? {
                return Ok(());
            }
            if scanner.skip_if(b"%")? {
                self.has_parameter_entities = true;
                scanner.take_until(b";")?;
            } else if scanner.skip_if(b"<!ENTITY")? {
                self.read_entity(scanner)?;
            } else if scanner.skip_if(b"<!ATTLIST")? {
                self.has_attribute_lists = true;
                skip_declaration(scanner)?;
            } else if scanner.skip_if(b"<!NOTATION")? {
                skip_declaration(scanner)?;
            } else if scanner.skip_if(b"<!ELEMENT")? {
                let declaration = scanner.take_until(b">")?;
                if declaration.iter().any(|byte| b"\"'<".contains(byte)) {
                    return Err(scanner.malformed());
                }
            } else {
                return Err(scanner.malformed());
            }
        }
    }

    /// Reads the rest of an entity declaration, after `<!ENTITY`.
    fn read_entity(&mut self, scanner: &mut Scanner<'a>) -> Scan<()> {
        scanner.require_white_space()?;
        if scanner.skip_if(b"%")? {
            self.has_parameter_entities = true;
            return skip_declaration(scanner);
        }
        let name = scanner.take_name()?;
        scanner.require_white_space()?;
        let value = match scanner.peek()? {
            b'"' | b'\'' => Some(scanner.take_quoted()?),
            _ => None,
        };
        // In the value of an entity, a percent sign can only begin a reference to a parameter
        // entity.
        self.has_parameter_entities |= value.is_some_and(|value| value.contains(&b'%'));
        if self.entities.len() < MAX_ENTITIES {
            self.entities.push(Entity { name, value });
        }
        if value.is_none() {
            return skip_declaration(scanner);
        }
        scanner.skip_white_space();
        scanner.require(b">")
    }

    /// Replaces the references in an attribute's value. Returns `None` if a reference cannot be
    /// replaced or if the value is too long.
    ///
    /// The replacement text of an entity must not contain references to entities. Browsers disagree
    /// on such references, and they could make a value grow exponentially.
    pub(super) fn expand(&self, value: &[u8]) -> Option<Vec<u8>> {
        replace_references(value, |name| {
            if let Some(character) = predefined(name) {
                return Some(vec![character]);
            }
            let entity = self.entities.iter().find(|entity| entity.name == name)?;
            let text = replace_references(entity.value?, |_| None)?;
            let is_plain = !text.iter().any(|byte| b"&<".contains(byte));
            is_plain.then_some(text)
        })
    }
}

/// Skips the rest of a declaration, up to and including its `>`. Only quoted text may contain `<`
/// and `>`.
fn skip_declaration(scanner: &mut Scanner<'_>) -> Scan<()> {
    loop {
        match scanner.peek()? {
            b'"' | b'\'' => _ = scanner.take_quoted()?,
            b'<' => return Err(scanner.malformed()),
            b'>' => {
                scanner.skip(1);
                return Ok(());
            }
            _ => scanner.skip(1),
        }
    }
}

/// Replaces `&name;` by the result of `resolve`, and a numeric reference such as `&#51;` or
/// `&#x33;` by the character with that number. Returns `None` if a reference cannot be replaced or
/// if the value is too long.
fn replace_references(value: &[u8], resolve: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let find = |text: &[u8], byte: u8| text.iter().position(|other| *other == byte);
    if value.len() > MAX_VALUE {
        return None;
    }
    let (mut replaced, mut rest) = (Vec::new(), value);
    while let Some(start) = find(rest, b'&') {
        let end = start + find(&rest[start..], b';')?;
        replaced.extend_from_slice(&rest[..start]);
        match &rest[start + 1..end] {
            [b'#', number @ ..] => {
                let mut buffer = [0; 4];
                replaced.extend_from_slice(character(number)?.encode_utf8(&mut buffer).as_bytes());
            }
            name => replaced.extend(resolve(name)?),
        }
        rest = &rest[end + 1..];
    }
    replaced.extend_from_slice(rest);
    (replaced.len() <= MAX_VALUE).then_some(replaced)
}

/// The character of a numeric reference; `None` if the reference is malformed or XML does not allow
/// the character. `number` is the reference without `&#` and `;`.
fn character(number: &[u8]) -> Option<char> {
    let (digits, radix) = number.strip_prefix(b"x").map_or((number, 10), |digits| (digits, 16));
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        // `from_str_radix` would accept a sign.
        return None;
    }
    let number = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    char::from_u32(number).filter(|character| match character {
        ..' ' => "\t\n\r".contains(*character),
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => true,
    })
}

/// The character of an entity that needs no declaration.
fn predefined(name: &[u8]) -> Option<u8> {
    match name {
        b"amp" => Some(b'&'),
        b"lt" => Some(b'<'),
        b"gt" => Some(b'>'),
        b"quot" => Some(b'"'),
        b"apos" => Some(b'\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_references_name_the_characters_of_xml() {
        for (number, expected) in [
            ("65", Some('A')),
            ("x41", Some('A')),
            ("9", Some('\t')),
            ("xFFFD", Some('\u{FFFD}')),
            ("x10FFFF", Some('\u{10FFFF}')),
            ("8", None),
            ("xD800", None),
            ("xFFFE", None),
            ("xFFFF", None),
            ("x110000", None),
            ("+65", None),
            ("", None),
        ] {
            assert_eq!(character(number.as_bytes()), expected, "{number}");
        }
    }
}
