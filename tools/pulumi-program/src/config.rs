//! Typed configuration: the keys that `Pulumi.yaml` declares, and the values that fit their types.
//!
//! Rules: <https://www.pulumi.com/docs/iac/concepts/projects/project-file/#config-options>

use std::fmt;

use serde_json::{Number, Value};

use crate::finding::Place;
use crate::yaml::{self, kind_of};

/// A configuration key that the project declares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Declaration {
    /// The key without the project's name, as the program refers to it.
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) kind: ConfigType,
    pub(crate) default: Option<Value>,
    /// The place of `default`.
    pub(crate) default_place: Option<Place>,
    /// The key's purpose; empty if the project does not describe the key.
    pub(crate) description: String,
    pub(crate) secret: bool,
}

/// The type of a configuration value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConfigType {
    String,
    Integer,
    Boolean,
    /// An object with any members. The members are checked where a property uses the object.
    Object,
    Array(Box<ConfigType>),
}

impl fmt::Display for ConfigType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Integer => f.write_str("integer"),
            Self::Boolean => f.write_str("boolean"),
            Self::Object => f.write_str("object"),
            Self::Array(items) => write!(f, "array of {items}"),
        }
    }
}

impl ConfigType {
    /// The type called `name`; `None` for an unknown name, and for `array`, which does not tell the
    /// type of the items.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "string" => Some(Self::String),
            "integer" => Some(Self::Integer),
            "boolean" => Some(Self::Boolean),
            "object" => Some(Self::Object),
            _ => None,
        }
    }

    /// Reads `value` as this type. Integers and booleans may also be text, which is how
    /// `pulumi config set` writes them.
    pub(crate) fn read(&self, value: &Value) -> Result<Value, String> {
        match (self, value) {
            (Self::Integer, Value::String(text)) => {
                text.parse().map(|integer: i64| Value::Number(Number::from(integer))).ok()
            }
            (Self::Boolean, Value::String(text)) => text.parse().map(Value::Bool).ok(),
            _ => self.fits(value).then(|| value.clone()),
        }
        .ok_or_else(|| self.refusal(value))
    }

    /// Reads `value` as this type, without conversion from text: a default must have the declared
    /// type.
    pub(crate) fn read_strictly(&self, value: &Value) -> Result<Value, String> {
        if self.fits(value) { Ok(value.clone()) } else { Err(self.refusal(value)) }
    }

    fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::String, Value::String(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Object, Value::Object(_)) => true,
            (Self::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
            (Self::Array(kind), Value::Array(items)) => items.iter().all(|item| kind.fits(item)),
            _ => false,
        }
    }

    fn refusal(&self, value: &Value) -> String {
        format!("must be of type {self}, not {} ({value})", kind_of(value))
    }
}

/// True for a secret that `pulumi config set --secret` has encrypted. Only the CLI can decrypt it.
pub(crate) fn is_encrypted(node: &yaml::Node) -> bool {
    matches!(&node.value, yaml::Yaml::Mapping(entries) if entries.iter().any(|e| e.key == "secure"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_stands_for_integers_and_booleans_as_the_cli_writes_them() {
        assert_eq!(ConfigType::Integer.read(&json!("8")), Ok(json!(8)));
        assert_eq!(ConfigType::Boolean.read(&json!("false")), Ok(json!(false)));
        assert!(ConfigType::Integer.read_strictly(&json!("8")).is_err());
    }

    #[test]
    fn other_types_are_refused_with_the_value() {
        for (kind, value) in [
            (ConfigType::Integer, json!("eight")),
            (ConfigType::Integer, json!(1.5)),
            (ConfigType::Boolean, json!("yes")),
            (ConfigType::String, json!(8)),
            (ConfigType::Object, json!([])),
            (ConfigType::Array(Box::new(ConfigType::String)), json!(["a", 1])),
            (ConfigType::Array(Box::new(ConfigType::Object)), json!([{}, "a"])),
        ] {
            let message = kind.read(&value).unwrap_err();
            assert!(message.contains(&kind.to_string()) && message.contains(&value.to_string()));
        }
    }
}
