//! YAML parser whose nodes know their line.
//!
//! It accepts the part of YAML that the project needs: one document, string keys, no anchors,
//! aliases or tags. Plain scalars follow the YAML 1.2 core schema
//! (<https://yaml.org/spec/1.2.2/#103-core-schema>), except that hexadecimal and octal numbers,
//! `.inf` and `.nan` are strings.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Number, Value};

/// Maximum nesting, far more than a program needs; the limit protects the call stack.
const MAX_DEPTH: usize = 64;

/// One YAML node and the line it starts on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The number of the line, counted from 1.
    pub(crate) line: usize,
    pub(crate) value: Yaml,
}

/// The value of a [`Node`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Yaml {
    /// Null, a boolean, a number or a string.
    Scalar(Value),
    Sequence(Vec<Node>),
    /// Entries in the order of the file.
    Mapping(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// The key's line; the value may start on a later one.
    pub(crate) line: usize,
    pub(crate) value: Node,
}

/// A text is not valid YAML, or not in the supported subset.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct YamlError {
    /// The number of the line, counted from 1.
    pub line: usize,
    /// Description of the mistake.
    pub message: String,
}

impl YamlError {
    fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

impl Node {
    /// The text of a string; `None` for any other node.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Yaml::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The node as JSON, without the line numbers of the nodes.
    pub(crate) fn to_json(&self) -> Value {
        match &self.value {
            Yaml::Scalar(value) => value.clone(),
            Yaml::Sequence(items) => items.iter().map(Self::to_json).collect(),
            Yaml::Mapping(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
            ),
        }
    }

    /// The kind of this node, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Yaml::Scalar(value) => kind_of(value),
            Yaml::Sequence(_) => "an array",
            Yaml::Mapping(_) => "an object",
        }
    }
}

/// The kind of a JSON value, for messages.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Parses a file of one document into JSON, which has no line numbers.
///
/// # Errors
/// When the text is not valid YAML, or not in the subset that this crate supports: one document,
/// with string keys, and without anchors, aliases and tags.
pub fn yaml_to_json(text: &str) -> Result<Value, YamlError> {
    parse(text).map(|node| node.to_json())
}

/// Parses a file of one document.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text) };
    loop {
        match reader.next()? {
            (Event::Nothing | Event::StreamStart | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd, _) => return Err(YamlError::new(1, "the file is empty")),
            (event, span) => {
                let node = reader.node(event, span, 0)?;
                reader.end()?;
                return Ok(node);
            }
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(YamlError::new(error.marker().line(), error.info())),
            None => Err(YamlError::new(1, "the file ends too early")),
        }
    }

    /// Reads the node that `event` begins.
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, YamlError> {
        let line = span.start.line();
        if depth > MAX_DEPTH {
            return Err(YamlError::new(line, format!("nested more than {MAX_DEPTH} levels deep")));
        }
        refuse_anchor(&event, line)?;
        let value = match event {
            Event::Scalar(text, style, ..) => Yaml::Scalar(scalar(&text, style)),
            Event::SequenceStart(..) => Yaml::Sequence(self.sequence(depth)?),
            Event::MappingStart(..) => Yaml::Mapping(self.mapping(depth)?),
            other => return Err(YamlError::new(line, format!("unexpected {other:?}"))),
        };
        Ok(Node { line, value })
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Node>, YamlError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<Entry>, YamlError> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let line = span.start.line();
            let key = key(self.node(event, span, depth + 1)?)?;
            if entries.iter().any(|entry| entry.key == key) {
                return Err(YamlError::new(line, format!("the key {key:?} appears twice")));
            }
            let (event, span) = self.next()?;
            entries.push(Entry { key, line, value: self.node(event, span, depth + 1)? });
        }
    }

    /// Reads the end of the file; a second document is an error.
    fn end(&mut self) -> Result<(), YamlError> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentStart(_), span) => {
                    return Err(YamlError::new(
                        span.start.line(),
                        "a second document begins here; a file must have only one",
                    ));
                }
                _ => {}
            }
        }
    }
}

/// Refuses aliases, which Pulumi rejects; anchors, which only aliases use; and tags, which the
/// project does not need.
fn refuse_anchor(event: &Event<'_>, line: usize) -> Result<(), YamlError> {
    let (anchor, tag) = match event {
        Event::Alias(_) => {
            return Err(YamlError::new(line, "Pulumi YAML does not support aliases (`*name`)"));
        }
        Event::Scalar(_, _, anchor, tag)
        | Event::SequenceStart(anchor, tag)
        | Event::MappingStart(anchor, tag) => (*anchor, tag),
        _ => return Ok(()),
    };
    if anchor != 0 {
        return Err(YamlError::new(
            line,
            "an anchor (`&name`) has no use, because Pulumi YAML does not support aliases",
        ));
    }
    match tag {
        Some(tag) => {
            Err(YamlError::new(line, format!("a tag (`{tag}`) is not allowed in this project")))
        }
        None => Ok(()),
    }
}

fn key(node: Node) -> Result<String, YamlError> {
    match node.value {
        Yaml::Scalar(Value::String(text)) => Ok(text),
        _ => Err(YamlError::new(node.line, format!("a key must be a string, not {}", node.kind()))),
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

/// Reads an integer or a finite decimal. Texts such as `0x1f`, `0o17`, `.inf` and `.nan` stay
/// strings. Where a number is expected, `check` reports them.
fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = unsigned.parse::<i64>() {
        return Some(integer.into());
    }
    unsigned.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_follow_the_core_schema() {
        let node = parse("a: 8\nb: \"8\"\nc: true\nd: 1.5\ne: ~\nf: no\ng: 2012-10-17\nh: -3\n");
        assert_eq!(
            node.unwrap().to_json(),
            json!({"a": 8, "b": "8", "c": true, "d": 1.5, "e": null, "f": "no",
                   "g": "2012-10-17", "h": -3})
        );
    }

    #[test]
    fn nodes_know_their_line() {
        let node = parse("# comment\na:\n  - b\n  - c: d\n").unwrap();
        let Yaml::Mapping(entries) = node.value else { panic!("no mapping") };
        assert_eq!(entries[0].line, 2);
        let Yaml::Sequence(items) = &entries[0].value.value else { panic!("no sequence") };
        assert_eq!(items.iter().map(|item| item.line).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn unsupported_yaml_is_refused_with_its_line() {
        for (text, line, message) in [
            ("", 1, "empty"),
            ("a: &x 1\nb: *x", 1, "an anchor"),
            ("a: !!str 1", 1, "a tag"),
            ("a: 1\na: 2", 2, "twice"),
            ("1: a", 1, "key must be a string"),
            ("a: 1\n---\nb: 2", 2, "second document"),
            ("a: [1", 1, ""),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(message), "{text:?} gave {error:?}");
            assert!(error.line >= line, "{text:?} gave {error:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let text = "[".repeat(10_000);
        assert!(parse(&text).is_err());
    }
}
