//! Parts of the OpenAPI document that several operations use.

use contract::MAX_KEY_BYTES;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Required};

use super::examples;
use crate::description::EXAMPLE_PREFIX;
use crate::image_list::LINES;
use crate::key::PARAMETER;

/// Body of the errors that API Gateway returns itself, without calling a function of the API.
#[derive(Serialize, ToSchema)]
pub(super) struct GatewayError {
    /// Description of the error.
    message: String,
}

/// Responses that several operations use: status, name, description, and the schema of the body.
const RESPONSES: [(&str, &str, &str, &str); 5] = [
    (
        "403",
        "Unsigned",
        "The stack requires a signature, and it is missing or wrong",
        "GatewayError",
    ),
    ("412", "PreconditionFailed", "A precondition of the request failed", "Error"),
    (
        "429",
        "TooManyRequests",
        "More requests than the stack allows; try again later",
        "GatewayError",
    ),
    ("500", "InternalError", "Internal error; it has been logged", "Error"),
    (
        "503",
        "Unavailable",
        "S3 or DynamoDB is throttling or failing; try again after `Retry-After` seconds",
        "Error",
    ),
];

/// The shared responses, by their names.
pub(super) fn responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    RESPONSES.iter().map(|(status, name, description, schema)| {
        let mut response = with_body(description, schema, examples::error(status));
        if *status == "503" {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
            let header =
                HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait"));
            response.headers.insert("Retry-After".to_owned(), header.build().into());
        }
        ((*name).to_owned(), response.into())
    })
}

/// Adds the shared responses, the examples, and the schemas of bodies that are not JSON. Removes
/// `null` from the types of parameters.
pub(super) fn complete(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    for (status, name, ..) in RESPONSES {
        // Only POST has a request body. POST has no preconditions, so its status is never 412.
        if status != "412" || operation.request_body.is_none() {
            let shared = RefOr::Ref(Ref::from_response_name(name));
            operation.responses.responses.entry(status.to_owned()).or_insert(shared);
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        for (content_type, content) in &mut response.content {
            let RefOr::T(content) = content else { continue };
            match content_type.as_str() {
                "image/*" => *content = image(),
                _ => content.example = Some(examples::response(&id, status)),
            }
        }
        if (id.as_str(), status.as_str()) == ("listImages", "200") {
            response.content.insert(LINES.to_owned(), lines().into());
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content {
                content.example = Some(examples::request());
            }
        }
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
            && let SchemaType::Array(types) = &schema.schema_type
        {
            // `utoipa` also allows `null` for an optional parameter. But a parameter of a request
            // cannot be null: the request omits it.
            let first = types[0].clone();
            schema.schema_type = SchemaType::Type(first);
        }
    }
}

/// The bytes of an image.
fn image() -> Content {
    let bytes = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    ContentBuilder::new()
        .schema(Some(bytes.build()))
        // The example is a text: JSON cannot contain bytes, and client generators fail on an
        // example that is given by its URL.
        .example(Some("(the bytes of the image)".into()))
        .build()
}

/// One JSON document per line.
fn lines() -> Content {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("One `Metadata` document per line; empty if the page has no image"));
    ContentBuilder::new().schema(Some(text.build())).example(Some(examples::lines())).build()
}

/// A response with a JSON body.
fn with_body(description: &str, schema: &str, example: serde_json::Value) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .example(Some(example))
        .build();
    ResponseBuilder::new().description(description).content("application/json", content).build()
}

/// `operation` with the object's key in a query parameter instead of the path.
pub(super) fn with_key_in_query(operation: &Operation) -> Operation {
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(EXAMPLE_PREFIX.len()))
        .max_length(Some(MAX_KEY_BYTES))
        .pattern(Some(format!("^{EXAMPLE_PREFIX}")))
        .build();
    let key = ParameterBuilder::new()
        .name(PARAMETER)
        .parameter_in(ParameterIn::Query)
        .required(Required::True)
        .description(Some("Full key of the object, as responses contain it"))
        .schema(Some(key))
        .example(Some("uploads/cat.jpg".into()))
        .build();
    let mut operation = operation.clone();
    let parameters = operation.parameters.get_or_insert_default();
    parameters.retain(|it| !matches!(it, RefOr::T(it) if it.name == PARAMETER));
    parameters.insert(0, key.into());
    operation.operation_id = operation.operation_id.map(|id| format!("{id}ByKey"));
    operation.summary = operation.summary.map(|summary| format!("{summary} by its full key"));
    let wrong = "`s3objectkey` is missing, empty, repeated, or not a full key";
    let response = with_body(wrong, "Error", serde_json::Value::Null);
    operation.responses.responses.insert("400".to_owned(), response.into());
    operation
}

/// The HEAD operation of a path: the GET operation without response bodies and without the partial
/// response (206).
pub(super) fn head_of(get: &Operation) -> Operation {
    let mut head = get.clone();
    let id = get.operation_id.clone().unwrap_or_default();
    head.operation_id = Some(format!("{id}Headers"));
    head.summary = get.summary.as_ref().map(|summary| format!("{summary}: headers only"));
    head.description = Some(format!("Returns status and headers of `{id}`, without the body."));
    head.responses.responses.remove("206");
    for (status, response) in &mut head.responses.responses {
        match response {
            RefOr::T(response) => response.content.clear(),
            RefOr::Ref(_) => {
                let shared = RESPONSES.iter().find(|(shared, ..)| shared == status);
                let description = shared.map_or("", |(_, _, description, _)| description);
                *response = ResponseBuilder::new().description(description).build().into();
            }
        }
    }
    head
}
