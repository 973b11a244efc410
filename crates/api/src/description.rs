//! The OpenAPI document as a stack serves it.

use std::borrow::Cow;
use std::str::FromStr;

/// The OpenAPI 3.1 document of a stack that lets anyone call the API. A test keeps it in step with
/// the code.
const DOCUMENT: &str = include_str!("../openapi.json");

/// Parts of the document that differ if a stack requires signatures: the text in the file, and the
/// text that replaces it.
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

/// Condition for calling the API, as the stack configures it (`AuthorizationType` of the routes,
/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// None: anyone may call the API.
    None,
    /// A signature of an AWS identity that is allowed `execute-api:Invoke`.
    AwsIam,
}

/// The error for text that is not a valid condition for calling the API.
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

/// The OpenAPI document of a stack with this authorization.
///
/// Only the parts that depend on the authorization are replaced, in the document's text. Parsing and
/// writing so large a document would take longer than the rest of the Lambda function's start.
#[must_use]
pub fn openapi(authorization: Authorization) -> Cow<'static, str> {
    match authorization {
        Authorization::None => Cow::Borrowed(DOCUMENT),
        Authorization::AwsIam => {
            let replace = |text: String, (open, signed)| text.replacen(open, signed, 1);
            Cow::Owned(SIGNED.into_iter().fold(DOCUMENT.to_owned(), replace))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document(authorization: &str) -> Value {
        serde_json::from_str(&openapi(authorization.parse().unwrap())).unwrap()
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
