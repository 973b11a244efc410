//! The file of a definition: its states, the lines they are on, and its placeholders.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::Place;
use crate::yaml::{self, Node, Yaml};

/// A definition as its file has it.
pub(super) struct Source {
    file: String,
    pub(super) definition: Value,
    /// The same with lines: JSON is YAML too.
    lines: Option<Node>,
    /// The placeholders, and the line of the first of each.
    pub(super) placeholders: BTreeMap<String, usize>,
}

impl Source {
    /// Reads the `text` of `file`; or says what is wrong with it, and where.
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

    /// A place inside the definition, as a place in the file.
    pub(super) fn place(&self, inside: &Place) -> Place {
        let line = self.lines.as_ref().and_then(|node| line(node, &inside.path));
        Place { file: self.file.clone(), line, path: inside.path.clone() }
    }

    /// A line of the file.
    pub(super) fn at(&self, line: usize) -> Place {
        Place::file(&self.file).at(line)
    }
}

/// Every `${Name}` in `text`.
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

/// The line of what `path` leads to, or of the last thing on the way that is there. A state's
/// name may hold dots, so a step is the longest key that the path goes on with.
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
    fn places_have_lines_also_where_names_have_dots() {
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
    fn what_is_no_json_is_said_with_its_line() {
        let (place, message) = Source::read("f.json", "{\n").err().unwrap();
        assert_eq!((place.line, message.starts_with("is not JSON")), (Some(2), true));
        let (place, message) = Source::read("f.json", "{\"a\": 1,\n\"a\": 2}").err().unwrap();
        assert_eq!((place.line, message.contains("twice")), (Some(2), true), "{message}");
    }
}
