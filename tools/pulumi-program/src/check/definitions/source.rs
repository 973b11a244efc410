//! The file of a state machine definition, with its lines and placeholders.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::Place;
use crate::yaml::{self, Node, Yaml};

/// A definition file, parsed.
pub(super) struct Source {
    file: String,
    pub(super) definition: Value,
    /// `definition`, parsed into YAML nodes, which have line numbers. JSON is a subset of YAML.
    lines: Option<Node>,
    /// The placeholders, each with the line where it appears first.
    pub(super) placeholders: BTreeMap<String, usize>,
}

impl Source {
    /// Parses the `text` of `file`. The error is a place and a message.
    pub(super) fn read(file: &str, text: &str) -> Result<Self, (Place, String)> {
        let definition = serde_json::from_str(text).map_err(|error| {
            let place = Place::file(file).at(error.line());
            (place, format!("is not JSON: {error}"))
        })?;
        let lines = yaml::parse(text).map_err(|error| {
            let place = Place::file(file).at(error.line);
            (place, error.to_string())
        })?;
        Ok(Self {
            file: file.to_owned(),
            definition,
            lines: Some(lines),
            placeholders: placeholders(text),
        })
    }

    /// Converts a place inside the definition to a place in the file.
    pub(super) fn place(&self, inside: &Place) -> Place {
        let line = self.lines.as_ref().and_then(|node| line(node, &inside.path));
        Place { file: self.file.clone(), line, path: inside.path.clone() }
    }

    /// The place of a line of the file.
    pub(super) fn at(&self, line: usize) -> Place {
        Place::file(&self.file).at(line)
    }
}

/// Finds the placeholders (`${Name}`) in `text`, each with the line where it appears first.
fn placeholders(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        for piece in line.split("${").skip(1) {
            if let Some((name, _)) = piece.split_once('}') {
                found.entry(name.to_owned()).or_insert(at + 1);
            }
        }
    }
    found
}

/// The line of the node at `path`, or of the deepest node on the path that exists. At each step,
/// several keys may match, because a state's name may contain dots: the longest is the right one.
fn line(node: &Node, path: &str) -> Option<usize> {
    let path = path.trim_start_matches('.');
    let deeper = match &node.value {
        Yaml::Mapping(entries) => {
            let step = |key: &str| {
                let rest = path.strip_prefix(key)?;
                (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
            };
            let steps = entries.iter().filter_map(|entry| Some((entry, step(&entry.key)?)));
            steps.max_by_key(|(entry, _)| entry.key.len()).map(|(entry, rest)| {
                if rest.is_empty() { Some(entry.line) } else { line(&entry.value, rest) }
            })
        }
        Yaml::Sequence(items) => path.strip_prefix('[').and_then(|rest| {
            let (index, rest) = rest.split_once(']')?;
            let item = items.get(index.parse::<usize>().ok()?)?;
            Some(if rest.is_empty() { Some(item.line) } else { line(item, rest) })
        }),
        Yaml::Scalar(_) => None,
    };
    deeper.flatten().or(Some(node.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_lines_even_if_names_contain_dots() {
        let text = "{\n \"States\": {\n  \"A.B\": {\"Retry\": [\n   {\n    \"X\": \"${Y}\"}]}}}";
        let source = Source::read("f.json", text).unwrap();
        for (path, line) in [
            ("States.A.B", 3),
            ("States.A.B.Retry[0].X", 5),
            ("States.A.B.Retry[0].Missing", 4),
            ("Missing", 1),
        ] {
            let place = Place { path: path.to_owned(), ..Place::default() };
            assert_eq!(source.place(&place).line, Some(line), "{path}");
        }
        assert_eq!(source.placeholders, BTreeMap::from([("Y".to_owned(), 5)]));
    }

    #[test]
    fn invalid_json_is_reported_with_its_line() {
        let (place, message) = Source::read("f.json", "{\n").err().unwrap();
        assert_eq!((place.line, message.starts_with("is not JSON")), (Some(2), true));
        let (place, message) = Source::read("f.json", "{\"a\": 1,\n\"a\": 2}").err().unwrap();
        assert_eq!((place.line, message.contains("twice")), (Some(2), true), "{message}");
    }
}
