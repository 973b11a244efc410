//! Settings of a function, which the stack sets as environment variables.

use std::fmt::Display;
use std::str::FromStr;

use contract::NamedError;

/// Reads the settings of a function and checks them.
///
/// The type of a setting decides what text is valid: its [`FromStr`] rejects all other text, empty
/// text included, with an error that says what the setting must be.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

/// An environment variable that is missing or malformed. The function cannot start until the stack
/// sets it correctly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} is {}: {reason}", found(.value))]
pub struct InvalidSettings {
    /// Name of the variable.
    pub(crate) variable: &'static str,
    /// Value of the variable; empty if it is not set.
    value: String,
    /// The requirement that the value must meet.
    reason: String,
}

impl NamedError for InvalidSettings {
    fn name(&self) -> &'static str {
        "InvalidSettings"
    }
}

impl<'a> Settings<'a> {
    /// Settings whose variables are looked up with the closure `variable`.
    pub(crate) fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable }
    }

    /// Reads a setting without which the function cannot work.
    ///
    /// # Errors
    /// [`InvalidSettings`] if the variable is missing or malformed.
    pub fn required<T>(&self, variable: &'static str) -> Result<T, InvalidSettings>
    where
        T: FromStr,
        T::Err: Display,
    {
        let value = (self.variable)(variable).unwrap_or_default();
        // A missing variable is parsed as empty text, so that the type's own error says what the
        // setting must be.
        value.parse().map_err(|error: T::Err| {
            let reason = error.to_string();
            InvalidSettings { variable, value, reason }
        })
    }

    /// Reads a setting that the function can do without; `None` if the variable is missing or
    /// empty.
    ///
    /// # Errors
    /// [`InvalidSettings`] if the variable is malformed.
    pub fn optional<T>(&self, variable: &'static str) -> Result<Option<T>, InvalidSettings>
    where
        T: FromStr,
        T::Err: Display,
    {
        match (self.variable)(variable) {
            Some(value) if !value.is_empty() => self.required(variable).map(Some),
            _ => Ok(None),
        }
    }
}

fn found(value: &str) -> String {
    if value.is_empty() { "not set".to_owned() } else { format!("{value:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Percent(u8);

    #[derive(Debug, thiserror::Error)]
    #[error("it must be a whole number from 0 to 100")]
    struct PercentError;

    impl FromStr for Percent {
        type Err = PercentError;

        fn from_str(text: &str) -> Result<Self, PercentError> {
            let number = text.parse().map_err(|_| PercentError)?;
            if number <= 100 { Ok(Self(number)) } else { Err(PercentError) }
        }
    }

    /// Each value is read as a required setting and as an optional one.
    #[test]
    fn a_missing_or_malformed_variable_is_named_with_what_it_must_be() {
        let rule = "it must be a whole number from 0 to 100";
        let unset = format!("the environment variable QUALITY is not set: {rule}");
        let malformed = format!("the environment variable QUALITY is \"high\": {rule}");
        for (value, required, optional) in [
            (Some("85"), Ok(Percent(85)), Ok(Some(Percent(85)))),
            (Some("high"), Err(malformed.clone()), Err(malformed)),
            (Some(""), Err(unset.clone()), Ok(None)),
            (None, Err(unset), Ok(None)),
        ] {
            let variable = |_: &str| value.map(str::to_owned);
            let settings = Settings::new(&variable);
            let read = settings.required("QUALITY").map_err(|error| error.to_string());
            assert_eq!(read, required, "{value:?}");
            let read = settings.optional("QUALITY").map_err(|error| error.to_string());
            assert_eq!(read, optional, "{value:?}");
        }
    }
}
