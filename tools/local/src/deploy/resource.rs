//! What every resource type implements, and what their properties share.

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

/// One resource type of the Pulumi provider: its input properties, and how they are applied.
///
/// Implementations refuse properties that they do not know (`deny_unknown_fields`, in every nested
/// type too) and send every one that they know, so that no setting can be lost in silence.
pub(super) trait Resource: DeserializeOwned + Send {
    /// The names of the outputs that [`Resource::apply`] returns, all of them strings.
    const OUTPUTS: &'static [&'static str];

    /// What can be found wrong without a call, placed inside this resource's properties.
    fn check(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// Creates the resource, or updates the one of this name, and returns its outputs.
    fn apply(self, to: &Target<'_>) -> impl Future<Output = Result<Outputs, Failure>> + Send;
}

/// The same as a trait object, so that one table can lead from type tokens to types.
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

/// Where resources are created.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) aws: &'a Aws,
    /// The account's twelve digits.
    pub(super) account: &'a str,
    /// The resource's name in the program. It stands in for names that Pulumi makes up at random.
    pub(super) name: &'a str,
}

/// Outputs from their names and values.
pub(super) fn outputs<const N: usize>(pairs: [(&str, &str); N]) -> Outputs {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// Reads a JSON document, which the provider takes as a string or written out as an object.
pub(super) fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        object @ Value::Object(_) => Ok(object.to_string()),
        other => Err(Error::custom(format!("expected a JSON document, found {other}"))),
    }
}

/// Reads a map of strings, in which Pulumi takes numbers and booleans for strings too.
pub(super) fn texts<'de, D, M>(deserializer: D) -> Result<M, D::Error>
where
    D: Deserializer<'de>,
    M: FromIterator<(String, String)>,
{
    let text = |(key, value)| match value {
        Value::String(text) => Ok((key, text)),
        Value::Number(number) => Ok((key, number.to_string())),
        Value::Bool(flag) => Ok((key, flag.to_string())),
        other => Err(Error::custom(format!("expected a string at {key:?}, found {other}"))),
    };
    Outputs::deserialize(deserializer)?.into_iter().map(text).collect()
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
    fn a_document_is_a_string_or_written_out() {
        assert_eq!(policy(&json!("{\"Version\": 1}")).unwrap(), "{\"Version\": 1}");
        assert_eq!(policy(&json!({"Version": 1})).unwrap(), "{\"Version\":1}");
        assert!(policy(&json!(["Version"])).is_err());
    }
}
