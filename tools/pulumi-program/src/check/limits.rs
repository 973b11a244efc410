//! Is every value one that the service takes? The schema knows a string from a number, but not
//! that a function has at least 128 MiB.
//!
//! `table` has the rules, by resource type and property; this is how they are applied. A value
//! that the configuration gives is found where the configuration says it, once.

mod keys;
mod required;
mod table;

use serde_json::Value;

use super::{Checker, near};
use table::{LIMITS, Limit};

/// What a property may hold.
enum Allowed {
    OneOf(&'static [&'static str]),
    Integers(&'static [i64]),
    /// Both ends included.
    Range(i64, i64),
    /// A number of characters, both ends included.
    Length(usize, usize),
    /// A number of ASCII letters, digits and these others.
    Name(usize, usize, &'static str),
    /// A syntax of its own, and what is wrong with a text that has another.
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
    /// Why `value` is not allowed, if it is not. A value of another type is the schema's concern.
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
                    let stranger = text.chars().find(|c| !fits(c))?;
                    Some(format!("{text:?} has a {stranger:?}: only letters, digits and {others}"))
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

/// The number, also where a number stands as text.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn length(text: &str, least: usize, most: usize) -> Option<String> {
    let length = text.chars().count();
    (!(least..=most).contains(&length))
        .then(|| format!("{text:?} has {length} characters: it must have from {least} to {most}"))
}
