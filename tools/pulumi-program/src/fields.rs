//! Readers for mappings with a fixed set of keys. Each unknown key, and each value of a wrong type,
//! becomes a finding.

use serde_json::Value;

use crate::finding::{Finding, Place};
use crate::yaml::{Entry, Node, Yaml};

/// Reads fields and collects findings.
pub(crate) struct Fields<'a> {
    pub(crate) findings: &'a mut Vec<Finding>,
}

impl Fields<'_> {
    pub(crate) fn refuse(&mut self, place: &Place, message: impl Into<String>) {
        self.findings.push(Finding::error(place.clone(), message));
    }

    /// The entries of `node`, which must be a mapping; null is an empty mapping.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, place: &Place) -> &'n [Entry] {
        match &node.value {
            Yaml::Mapping(entries) => entries,
            Yaml::Scalar(Value::Null) => &[],
            _ => {
                let message = format!("must be an object, not {}", node.kind());
                self.refuse(&place.clone().at(node.line), message);
                &[]
            }
        }
    }

    pub(crate) fn string(&mut self, entry: &Entry, place: &Place) -> Option<String> {
        let text = entry.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.refuse(place, format!("must be a string, not {}", entry.value.kind()));
        }
        text
    }

    pub(crate) fn boolean(&mut self, entry: &Entry, place: &Place) -> bool {
        if let Yaml::Scalar(Value::Bool(value)) = entry.value.value {
            return value;
        }
        self.refuse(place, format!("must be true or false, not {}", entry.value.kind()));
        false
    }

    /// Reports the unknown field `entry`; `known` lists the fields that are allowed here.
    pub(crate) fn unknown(&mut self, entry: &Entry, place: &Place, known: &str) {
        self.refuse(place, format!("unknown field {:?}; known fields are {known}", entry.key));
    }
}

/// The place of `entry` inside `parent`.
pub(crate) fn place(parent: &Place, entry: &Entry) -> Place {
    parent.key(&entry.key).at(entry.line)
}
