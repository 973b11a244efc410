//! Findings: mistakes in the project's files, each with its place and a message.

use std::fmt;

/// A place in one of the project's files.
///
/// Displayed as `pulumi/Main.yaml:12: resources.bucket.properties.tags`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the project's root; empty for a document without a file.
    pub file: String,
    /// The line, counted from 1, if it is known.
    pub line: Option<usize>,
    /// The path of the property within the file: keys joined by `.`, indices in `[]`.
    pub path: String,
}

impl Place {
    /// The place `file`, without a line or a path.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// The place of `key` inside this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{}{dot}{key}", self.path), ..self.clone() }
    }

    /// The place of the element at `index` (from 0) inside this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self { path: format!("{}[{index}]", self.path), ..self.clone() }
    }

    /// This place with its line set to `line`.
    #[must_use]
    pub fn at(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match (self.file.is_empty(), self.path.is_empty()) {
            (_, true) => Ok(()),
            (true, false) => f.write_str(&self.path),
            (false, false) => write!(f, ": {}", self.path),
        }
    }
}

/// Consequence of a [`Finding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program does not deploy, or does not behave as written.
    Error,
    /// The program works, but should be changed: for example, it has a deprecated property or a
    /// name that nothing refers to.
    Warning,
}

/// One mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The place of the mistake.
    pub place: Place,
    /// The consequence: an error has to be corrected before a deployment, a warning does not.
    pub severity: Severity,
    /// The mistake and, if that is not obvious, how to correct it.
    pub message: String,
}

impl Finding {
    /// A finding with [`Severity::Error`].
    #[must_use]
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { place, severity: Severity::Error, message: message.into() }
    }

    /// A finding with [`Severity::Warning`].
    #[must_use]
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { place, severity: Severity::Warning, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}: {}", self.place, self.message)
    }
}

/// The findings as text, one per line.
pub(crate) fn lines(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_like_those_of_a_compiler() {
        let place = Place::file("pulumi/Main.yaml").key("resources").key("bucket").index(2).at(7);
        assert_eq!(place.to_string(), "pulumi/Main.yaml:7: resources.bucket[2]");
        assert_eq!(Place::default().key("States").key("A").to_string(), "States.A");
        assert_eq!(
            Finding::warning(Place::file("a"), "b").to_string(),
            "warning: a: b",
            "a place without a path has no colon of its own"
        );
    }
}
