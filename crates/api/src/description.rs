//! The OpenAPI document as a stack serves it.

use std::borrow::Cow;
use std::str::FromStr;

use contract::{KeyPrefix, MAX_KEY_BYTES};

/// The OpenAPI 3.1 document of a stack with the key prefix [`EXAMPLE_PREFIX`] and without
/// authorization. A test keeps the document in step with the code.
const DOCUMENT: &str = include_str!("../openapi.json");

/// Key prefix in the text and the examples of [`DOCUMENT`].
pub(crate) const EXAMPLE_PREFIX: &str = "uploads/";

/// Parts of the document that differ if a stack requires signatures: each as the text in
/// [`DOCUMENT`] and the text that replaces it.
///
/// The security scheme is the one that API Gateway exports for an API with IAM authorization
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html>).
const SIGNED: [(&str, &str); 2] = [
    (
        r#"
  "security": []"#,
        r#"
  "security": [{"awsSignature4": []}]"#,
    ),
    (
        r#"
  "components": {"#,
        r#"
  "components": {
    "securitySchemes": {
      "awsSignature4": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Signature Version 4 of AWS for the service `execute-api`: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html",
        "x-amazon-apigateway-authtype": "awsSigv4"
      }
    },"#,
    ),
];

/// Authorization that the API requires of its callers, as the stack configures it
/// (`AuthorizationType` of the routes,
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// None: anyone may call the API.
    None,
    /// A signature of an AWS identity that is allowed `execute-api:Invoke`.
    AwsIam,
}

/// The error for text that is neither `NONE` nor `AWS_IAM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the authorization must be NONE or AWS_IAM")]
pub struct AuthorizationError;

impl FromStr for Authorization {
    type Err = AuthorizationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "NONE" => Ok(Self::None),
            "AWS_IAM" => Ok(Self::AwsIam),
            _ => Err(AuthorizationError),
        }
    }
}

/// The OpenAPI document of a stack with this authorization and this key prefix.
///
/// The parts that depend on the authorization or on the prefix are replaced in the document's text.
/// Parsing and writing so large a document would take longer than the rest of the Lambda function's
/// start.
#[must_use]
pub fn openapi(authorization: Authorization, prefix: &KeyPrefix) -> Cow<'static, str> {
    let document = with_prefix(prefix);
    match authorization {
        Authorization::None => document,
        Authorization::AwsIam => {
            let replace = |text: String, (open, signed)| text.replacen(open, signed, 1);
            Cow::Owned(SIGNED.into_iter().fold(document.into_owned(), replace))
        }
    }
}

/// The document with this prefix in its text, its examples and the bounds of its parameters. A
/// prefix needs no escapes in JSON: it contains no quote, no backslash and no control character.
fn with_prefix(prefix: &KeyPrefix) -> Cow<'static, str> {
    if prefix.as_str() == EXAMPLE_PREFIX {
        return Cow::Borrowed(DOCUMENT);
    }
    let [example, own] = [EXAMPLE_PREFIX, prefix.as_str()].map(Bounds::of);
    let document = DOCUMENT.replace(&example.pattern, &own.pattern);
    let document = document.replace(&example.longest_name, &own.longest_name);
    Cow::Owned(document.replace(EXAMPLE_PREFIX, prefix.as_str()))
}

/// Texts in the document that need more than a replacement of the prefix: bounds of lengths, and
/// the regular expression that matches the prefix.
struct Bounds {
    /// The properties `minLength` and `pattern` of a key that includes its prefix, as JSON.
    pattern: String,
    /// The property `maxLength` of a name (a key without its prefix), as JSON.
    longest_name: String,
}

impl Bounds {
    fn of(prefix: &str) -> Self {
        let (least, most) = (prefix.len(), MAX_KEY_BYTES - prefix.len());
        let indent = " ".repeat(14);
        Self {
            pattern: format!(
                "\"minLength\": {least},\n{indent}\"pattern\": \"^{}\"",
                literal(prefix)
            ),
            longest_name: format!("\"maxLength\": {most}\n"),
        }
    }
}

/// The regular expression that matches a text literally, escaped for a JSON string. The expression
/// escapes the `SyntaxCharacter`s of ECMA-262, on which JSON Schema relies
/// (<https://json-schema.org/draft/2020-12/json-schema-core#section-6.4>).
fn literal(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        if r"^$\.*+?()[]{}|".contains(character) {
            pattern.push_str(r"\\");
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn text(authorization: &str, prefix: &str) -> Cow<'static, str> {
        openapi(authorization.parse().unwrap(), &prefix.parse().unwrap())
    }

    fn document(authorization: &str) -> Value {
        serde_json::from_str(&text(authorization, EXAMPLE_PREFIX)).unwrap()
    }

    /// The description of a parameter of a GET operation, in the OpenAPI document of a stack with
    /// this prefix. `operation` is the path of the operation.
    fn parameter(prefix: &str, operation: &str, name: &str) -> Value {
        let document: Value = serde_json::from_str(&text("NONE", prefix)).unwrap();
        let parameters = document["paths"][operation]["get"]["parameters"].as_array().unwrap();
        parameters.iter().find(|it| it["name"] == name).unwrap().clone()
    }

    #[test]
    fn the_document_of_a_stack_has_the_prefix_of_the_stack() {
        for (prefix, pattern) in [
            ("photos/2026/", "^photos/2026/"),
            ("a.b (c)+[d]{e}|^&<f>/", r"^a\.b \(c\)\+\[d\]\{e\}\|\^&<f>/"),
        ] {
            let key = parameter(prefix, "/images/metadata", "s3objectkey");
            assert_eq!(key["schema"]["pattern"], pattern);
            assert_eq!(key["schema"]["minLength"], prefix.len());
            assert_eq!(key["schema"]["maxLength"], MAX_KEY_BYTES);
            assert_eq!(key["example"], format!("{prefix}cat.jpg"));
            let name = parameter(prefix, "/images", "prefix");
            assert_eq!(name["schema"]["maxLength"], MAX_KEY_BYTES - prefix.len());
        }
        let own = text("NONE", "photos/2026/");
        assert!(!own.contains(EXAMPLE_PREFIX));
        let [example, photos] = [EXAMPLE_PREFIX, "photos/2026/"].map(Bounds::of);
        assert_eq!(DOCUMENT.matches(&example.pattern).count(), 4);
        assert_eq!(DOCUMENT.matches(&example.longest_name).count(), 2);
        let back = own.replace(&photos.pattern, &example.pattern);
        let back = back.replace(&photos.longest_name, &example.longest_name);
        assert!(back.replace("photos/2026/", EXAMPLE_PREFIX) == DOCUMENT, "nothing else differs");
    }

    #[test]
    fn the_document_says_what_a_stack_requires() {
        let (open, mut signed) = (document("NONE"), document("AWS_IAM"));
        assert_eq!(signed["security"], json!([{"awsSignature4": []}]));
        let components = signed["components"].as_object_mut().unwrap();
        let schemes = components.remove("securitySchemes").unwrap();
        assert_eq!(schemes.as_object().unwrap().keys().collect::<Vec<_>>(), ["awsSignature4"]);
        signed["security"] = json!([]);
        assert!(signed == open, "nothing else differs");
        for (part, _) in SIGNED {
            assert_eq!(DOCUMENT.matches(part).count(), 1, "{part}");
        }
    }

    #[test]
    fn only_what_a_route_can_require_is_an_authorization() {
        for text in ["", "none", "JWT", "AWS_IAM "] {
            assert_eq!(text.parse::<Authorization>(), Err(AuthorizationError), "{text}");
        }
    }
}
