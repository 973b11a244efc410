//! The trait that every resource type implements, and helpers to read properties.

use std::collections::BTreeMap;
use std::pin::Pin;

use pulumi_program::Finding;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::failure::Failure;
use crate::aws::Aws;

/// A resource's outputs by name, `id` among them.
pub(super) type Outputs = serde_json::Map<String, Value>;

/// Tags by key.
pub(super) type Tags = BTreeMap<String, String>;

/// One resource type of the Pulumi provider: its input properties, and the calls that apply them.
///
/// An implementation refuses properties that it does not know. For that, it and every type nested
/// in it have `deny_unknown_fields`. It sends every property that a call can set, so no setting is
/// silently lost.
pub(super) trait Resource: DeserializeOwned + Send {
    /// The names of the outputs that [`Resource::apply`] returns. All outputs are strings.
    const OUTPUTS: &'static [&'static str];

    /// Finds errors that can be detected without calling AWS. The place of each finding is relative
    /// to this resource's properties.
    fn check(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// Creates the resource, or updates it if it exists, and returns its outputs.
    fn apply(self, to: &Target<'_>) -> impl Future<Output = Result<Outputs, Failure>> + Send;
}

/// [`Resource`] for trait objects: `types::read` returns one of many types of resources.
pub(super) trait AnyResource: Send {
    fn check(&self) -> Vec<Finding>;
    fn output_names(&self) -> &'static [&'static str];
    fn apply<'a>(self: Box<Self>, to: &'a Target<'a>) -> Applying<'a>;
}

/// The future of [`AnyResource::apply`].
type Applying<'a> = Pin<Box<dyn Future<Output = Result<Outputs, Failure>> + Send + 'a>>;

impl<R: Resource + 'static> AnyResource for R {
    fn check(&self) -> Vec<Finding> {
        Resource::check(self)
    }

    fn output_names(&self) -> &'static [&'static str] {
        R::OUTPUTS
    }

    fn apply<'a>(self: Box<Self>, to: &'a Target<'a>) -> Applying<'a> {
        Box::pin(Resource::apply(*self, to))
    }
}

/// The endpoint and account that a resource is created in, and the resource's name.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) aws: &'a Aws,
    /// The account's id, twelve digits.
    pub(super) account: &'a str,
    /// The resource's name in the program. It is used where Pulumi would generate a random name.
    pub(super) name: &'a str,
}

/// Builds outputs from names and values.
pub(super) fn outputs<const N: usize>(pairs: [(&str, &str); N]) -> Outputs {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// Reads a JSON document as text. The provider accepts a document as a string or as an object.
pub(super) fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        object @ Value::Object(_) => Ok(object.to_string()),
        other => Err(Error::custom(format!("expected a JSON document, found {other}"))),
    }
}

/// Reads a map of strings. Like Pulumi, converts numbers and booleans to strings.
pub(super) fn string_map<'de, D, M>(deserializer: D) -> Result<M, D::Error>
where
    D: Deserializer<'de>,
    M: FromIterator<(String, String)>,
{
    let entry = |(key, value)| match value {
        Value::String(text) => Ok((key, text)),
        Value::Number(number) => Ok((key, number.to_string())),
        Value::Bool(flag) => Ok((key, flag.to_string())),
        other => Err(Error::custom(format!("expected a string at {key:?}, found {other}"))),
    };
    Outputs::deserialize(deserializer)?.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Properties {
        #[serde(deserialize_with = "document")]
        policy: String,
    }

    fn policy(policy: &Value) -> Result<String, serde_json::Error> {
        serde_json::from_value(json!({"policy": policy})).map(|it: Properties| it.policy)
    }

    #[test]
    fn a_document_is_a_string_or_an_object() {
        assert_eq!(policy(&json!("{\"Version\": 1}")).unwrap(), "{\"Version\": 1}");
        assert_eq!(policy(&json!({"Version": 1})).unwrap(), "{\"Version\":1}");
        assert!(policy(&json!(["Version"])).is_err());
    }
}
