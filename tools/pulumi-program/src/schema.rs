//! Excerpt of the AWS provider's schema, with the types that the program uses.
//!
//! The script `schema/generate.py` writes the excerpt, `schema/aws.json`, from the provider's
//! Python SDK. The docstring of the script says how to run it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// Advice for messages about types and functions that the excerpt does not have.
pub(crate) const REGENERATE: &str =
    "if it exists, add it to the excerpt with tools/pulumi-program/schema/generate.py";

/// Properties by name.
pub(crate) type Properties = BTreeMap<String, Property>;

/// Excerpt of the schema of one version of the AWS provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    version: String,
    pub(crate) provider: Properties,
    pub(crate) resources: BTreeMap<String, ResourceType>,
    pub(crate) types: BTreeMap<String, NestedType>,
    pub(crate) functions: BTreeMap<String, FunctionType>,
}

/// A schema excerpt that cannot be parsed.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot read the provider's schema; regenerate it with tools/pulumi-program/schema/generate.py: {0}"
)]
pub struct SchemaError(#[from] serde_json::Error);

/// Inputs and outputs of a resource type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourceType {
    pub(crate) inputs: Properties,
    pub(crate) required: Vec<String>,
    /// Outputs other than the inputs, `id` and `urn`.
    pub(crate) outputs: Properties,
}

impl ResourceType {
    /// The property called `name` that a reference can read: `id`, `urn`, an output or an input.
    pub(crate) fn output(&self, name: &str) -> Option<Property> {
        if matches!(name, "id" | "urn") {
            return Some(Property { kind: Type::String, deprecated: None });
        }
        self.outputs.get(name).or_else(|| self.inputs.get(name)).cloned()
    }

    /// The names that [`Self::output`] accepts.
    pub(crate) fn output_names(&self) -> impl Iterator<Item = &str> {
        ["id", "urn"]
            .into_iter()
            .chain(self.outputs.keys().chain(self.inputs.keys()).map(String::as_str))
    }
}

/// A named type: an object with its properties, or a string with its documented values.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum NestedType {
    Object { properties: Properties, required: Vec<String> },
    Enumeration { values: Vec<String> },
}

/// Result of a provider function.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FunctionType {
    pub(crate) outputs: Properties,
}

/// A property's type and, if the property is deprecated, the provider's notice.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(from = "WrittenProperty")]
pub(crate) struct Property {
    pub(crate) kind: Type,
    pub(crate) deprecated: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum WrittenProperty {
    Plain(Type),
    Deprecated { r#type: Type, deprecated: String },
}

impl From<WrittenProperty> for Property {
    fn from(written: WrittenProperty) -> Self {
        match written {
            WrittenProperty::Plain(kind) => Self { kind, deprecated: None },
            WrittenProperty::Deprecated { r#type: kind, deprecated } => {
                Self { kind, deprecated: Some(deprecated) }
            }
        }
    }
}

/// The type of a value, parsed from its notation in the excerpt.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) enum Type {
    String,
    Integer,
    Number,
    Boolean,
    Archive,
    Asset,
    Any,
    /// `[string]`
    Array(Box<Type>),
    /// `{string}`
    Map(Box<Type>),
    /// `#name`, an entry of [`Schema::types`].
    Nested(String),
    /// `a | b`
    Either(Vec<Type>),
}

impl TryFrom<String> for Type {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl Type {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return Ok(Self::Array(Box::new(Self::parse(inner)?)));
        }
        if let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            return Ok(Self::Map(Box::new(Self::parse(inner)?)));
        }
        if text.contains(" | ") {
            return text.split(" | ").map(Self::parse).collect::<Result<_, _>>().map(Self::Either);
        }
        Ok(match text {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "archive" => Self::Archive,
            "asset" => Self::Asset,
            "any" => Self::Any,
            _ => match text.strip_prefix('#') {
                Some(name) => Self::Nested(name.to_owned()),
                None => return Err(format!("unknown type {text:?}")),
            },
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("a string"),
            Self::Integer => f.write_str("an integer"),
            Self::Number => f.write_str("a number"),
            Self::Boolean => f.write_str("a boolean"),
            Self::Archive => f.write_str("an archive (fn::fileArchive)"),
            Self::Asset => f.write_str("an asset"),
            Self::Any => f.write_str("any value"),
            Self::Array(_) => f.write_str("an array"),
            Self::Map(_) | Self::Nested(_) => f.write_str("an object"),
            Self::Either(types) => match types.first() {
                Some(first) => first.fmt(f),
                None => f.write_str("nothing"),
            },
        }
    }
}

impl Schema {
    /// The excerpt in this crate.
    ///
    /// # Errors
    /// When the excerpt cannot be parsed, for example after an edit by hand.
    pub fn aws() -> Result<Self, SchemaError> {
        Ok(serde_json::from_str(include_str!("../schema/aws.json"))?)
    }

    /// The version of the provider that the excerpt describes.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_written() {
        let parse = |text: &str| Type::parse(text).unwrap();
        assert_eq!(parse("[string]"), Type::Array(Box::new(Type::String)));
        assert_eq!(parse("{[integer]}"), Type::Map(Box::new(parse("[integer]"))));
        assert_eq!(
            parse("string | #aws:lambda:Runtime"),
            Type::Either(vec![Type::String, Type::Nested("aws:lambda:Runtime".to_owned())])
        );
        assert_eq!(
            parse("[a:b | #c]".replace("a:b", "any").as_str()),
            Type::Array(Box::new(parse("any | #c")))
        );
        assert!(Type::parse("strin").is_err());
    }

    #[test]
    fn the_excerpt_names_the_version_that_the_program_pins() {
        let pin = include_str!("../../../pulumi/sdks/aws.yaml");
        let schema = Schema::aws().unwrap();
        assert!(
            pin.contains(&format!("version: {}\n", schema.version())),
            "regenerate the excerpt"
        );
    }
}
