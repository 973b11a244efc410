//! Checks that every value is one that AWS accepts. The schema tells a string from a number, but
//! does not know that a function needs at least 128 MiB of memory.
//!
//! This file compares values with the limits that `table` lists by resource type and property.
//! `required` reports mandatory properties that are missing. `keys` checks the attributes, keys and
//! indexes of a DynamoDB table. An invalid configuration value is reported once, at its place in
//! the configuration, even if several resources use it.

mod keys;
mod required;
mod table;

use serde_json::Value;
use table::{LIMITS, Limit};

use super::{Checker, near};

/// The values that a property accepts.
enum Allowed {
    OneOf(&'static [&'static str]),
    Integers(&'static [i64]),
    /// Least and greatest value, both included.
    Range(i64, i64),
    /// Least and greatest number of characters, both included.
    Length(usize, usize),
    /// Least and greatest number of characters, both included. Each character must be an ASCII
    /// letter, a digit, or a character of the given text.
    Name(usize, usize, &'static str),
    /// A syntax that the given function checks. The function's error becomes the message.
    Syntax(fn(&str) -> Result<(), String>),
}

impl Checker<'_> {
    pub(super) fn limits(&mut self) {
        let program = self.program;
        for resource in &program.resources {
            for limit in LIMITS.iter().filter(|limit| limit.token == resource.type_token) {
                for known in self.known_at(&resource.properties, limit.path) {
                    if let Some(message) = limit.refusal(&known.value) {
                        self.error(&known.place, message);
                    }
                }
            }
            self.table_keys(resource);
            self.required_settings(resource);
        }
    }
}

impl Limit {
    fn refusal(&self, value: &Value) -> Option<String> {
        self.allowed.refusal(value)
    }
}

impl Allowed {
    /// Returns a message if `value` is not allowed. Values of the wrong type are reported by
    /// `types`.
    fn refusal(&self, value: &Value) -> Option<String> {
        match self {
            Self::OneOf(values) => {
                let text = value.as_str()?;
                (!values.contains(&text)).then(|| {
                    let near = near(text, values.iter().copied());
                    format!("must be one of {}, not {text:?}{near}", values.join(", "))
                })
            }
            Self::Integers(values) => {
                let number = integer(value)?;
                (!values.contains(&number))
                    .then(|| format!("must be one of {values:?}, not {number}"))
            }
            Self::Range(least, most) => {
                let number = integer(value)?;
                (!(*least..=*most).contains(&number))
                    .then(|| format!("must be from {least} to {most}, not {number}"))
            }
            Self::Length(least, most) => length(value.as_str()?, *least, *most),
            Self::Name(least, most, others) => {
                let text = value.as_str()?;
                length(text, *least, *most).or_else(|| {
                    let fits = |c: &char| c.is_ascii_alphanumeric() || others.contains(*c);
                    let invalid = text.chars().find(|c| !fits(c))?;
                    Some(format!(
                        "{text:?} contains {invalid:?}: use only letters, digits and {others}"
                    ))
                })
            }
            Self::Syntax(read) => match value {
                Value::String(text) => read(text).err(),
                Value::Number(number) => read(&number.to_string()).err(),
                _ => None,
            },
        }
    }
}

/// Reads an integer, or an integer given as text.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn length(text: &str, least: usize, most: usize) -> Option<String> {
    let length = text.chars().count();
    (!(least..=most).contains(&length))
        .then(|| format!("{text:?} has {length} characters: use from {least} to {most}"))
}
