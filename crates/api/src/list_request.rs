//! Query parameters of `GET /images`.

use std::borrow::Cow;

use catalog::{ListQuery, Position, Shards, Sort};
use contract::KeyPrefix;

use crate::content_type_filter::{Filter, filter};
use crate::cursor::{self, Form};
use crate::image_list::form;
use crate::{ApiError, Request};

/// Default of `limit`: images per page.
const DEFAULT_LIMIT: usize = 50;

const MAX_LIMIT: usize = 1000;

const PARAMETERS: [&str; 5] = ["limit", "cursor", "contentType", "prefix", "sort"];

/// Reads the query parameters of `GET /images`. The parameter `prefix` is relative to the stack's
/// key prefix, as a key in a path is.
///
/// # Errors
/// [`ApiError::BadRequest`] if a parameter is unknown, is repeated or has an invalid value. The
/// error names the parameter.
pub fn list_request(
    request: &Request,
    shards: Shards,
    key_prefix: &KeyPrefix,
) -> Result<ListQuery, ApiError> {
    let parameters = Parameters::read(&request.raw_query_string)?;
    let sort = parameters.get("sort").map_or(Ok(Sort::default()), sort)?;
    let query = ListQuery {
        sort,
        limit: parameters.get("limit").map_or(Ok(DEFAULT_LIMIT), limit)?,
        content_type: parameters.get("contentType").map_or(Ok(None), content_type)?,
        prefix: prefix(parameters.get("prefix").unwrap_or_default(), key_prefix)?,
        after: None,
    };
    match parameters.get("cursor") {
        None => Ok(query),
        Some(text) => {
            let decoded = cursor::decode(text, shards, key_prefix);
            after(query, decoded, form(request))
        }
    }
}

/// Parameters of a query string, decoded like those of an HTML form.
struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    fn read(query: &'a str) -> Result<Self, ApiError> {
        let mut parameters = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // A parameter whose name begins with `X-Amz-` is part of a signature. If the stack
            // requires signatures, API Gateway has already checked the signature.
            if name.starts_with("X-Amz-") {
                continue;
            }
            if !PARAMETERS.contains(&name.as_ref()) {
                let known = PARAMETERS.join(", ");
                return Err(bad(&name, &format!("unknown parameter; the known ones are {known}")));
            }
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(bad(&name, "must not be repeated"));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_ref())
    }
}

fn sort(text: &str) -> Result<Sort, ApiError> {
    match text {
        "key" => Ok(Sort::Key),
        "size" => Ok(Sort::SmallestFirst),
        "-size" => Ok(Sort::LargestFirst),
        _ => Err(bad("sort", "must be key, size (smallest first) or -size (largest first)")),
    }
}

fn limit(text: &str) -> Result<usize, ApiError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|limit| digits && (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| bad("limit", &format!("must be a whole number from 1 to {MAX_LIMIT}")))
}

fn content_type(text: &str) -> Result<Option<String>, ApiError> {
    match filter(text) {
        Some(Filter::All) => Ok(None),
        Some(Filter::Type(name)) => Ok(Some(name.to_owned())),
        None => Err(bad(
            "contentType",
            "no image can have this type; GET /images/info lists the types that there are",
        )),
    }
}

fn prefix(text: &str, key_prefix: &KeyPrefix) -> Result<String, ApiError> {
    let fits = text.len() <= key_prefix.max_name_bytes();
    fits.then(|| key_prefix.key(text)).ok_or_else(|| bad("prefix", "is longer than any key"))
}

/// Adds the position of a decoded cursor to the query. Refuses a cursor that could not be decoded
/// (`None`), or whose sort or form is not that of the request. In a listing by key, also refuses a
/// cursor whose key does not begin with the query's prefix.
fn after(
    query: ListQuery,
    decoded: Option<(Position, Form)>,
    form: Form,
) -> Result<ListQuery, ApiError> {
    let Some((position, of)) = decoded else {
        return Err(bad("cursor", "is not the cursor of an earlier response"));
    };
    let same_prefix = query.sort != Sort::Key || position.key.starts_with(&query.prefix);
    if position.sort != query.sort || !same_prefix {
        return Err(bad("cursor", "belongs to a listing with another sort or prefix"));
    }
    if of != form {
        return Err(bad(
            "cursor",
            "belongs to a listing in another form; send the same `Accept` with every page",
        ));
    }
    Ok(ListQuery { after: Some(position), ..query })
}

fn bad(parameter: &str, message: &str) -> ApiError {
    ApiError::BadRequest(format!("{parameter}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image_list::LINES;
    use crate::request::samples::{get, get_query, prefix as key_prefix};

    fn read(query: &str) -> Result<ListQuery, ApiError> {
        list_request(&get_query(query), Shards::new(8).unwrap(), &key_prefix())
    }

    #[test]
    fn without_parameters_it_is_the_first_fifty_by_key() {
        // A signature in the query string is ignored, and `image/*` selects every image.
        for text in ["", "contentType=image/*&X-Amz-Signature=abc"] {
            let query = read(text).unwrap();
            let ListQuery { sort, limit, content_type, prefix, after } = query;
            assert_eq!((sort, limit, prefix.as_str()), (Sort::Key, 50, "uploads/"), "{text}");
            assert_eq!((content_type, after), (None, None), "{text}");
        }
    }

    #[test]
    fn values_are_decoded_as_forms_encode_them() {
        let query = read("prefix=a%2Bb+c%2F&contentType=image%2Fsvg%2Bxml&sort=-size&limit=1000");
        let query = query.unwrap();
        assert_eq!(query.prefix, "uploads/a+b c/");
        assert_eq!(query.content_type.as_deref(), Some("image/svg+xml"));
        assert_eq!((query.sort, query.limit), (Sort::LargestFirst, 1000));
    }

    #[test]
    fn each_order_has_a_name() {
        let orders =
            [("key", Sort::Key), ("size", Sort::SmallestFirst), ("-size", Sort::LargestFirst)];
        for (name, sort) in orders {
            assert_eq!(read(&format!("sort={name}")).unwrap().sort, sort, "{name}");
        }
    }

    #[test]
    fn a_bad_parameter_is_named() {
        for (query, name) in [
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=%2B5", "limit"),
            ("limit=", "limit"),
            ("sort=name", "sort"),
            ("contentType=jpeg", "contentType"),
            ("cursor=", "cursor"),
            ("cursor=AAAA", "cursor"),
            ("limit=1&limit=2", "limit"),
            ("content_type=a", "content_type"),
        ] {
            let error = read(query).unwrap_err();
            assert!(matches!(&error, ApiError::BadRequest(_)), "{query}: {error}");
            assert!(error.to_string().starts_with(&format!("{name}: ")), "{query}: {error}");
        }
    }

    #[test]
    fn a_prefix_longer_than_any_key_is_refused() {
        for (prefix, fits) in [
            ("p".repeat(1016), true),
            ("p".repeat(1017), false),
            ("%C3%A9".repeat(508), true),
            ("%C3%A9".repeat(509), false),
        ] {
            assert_eq!(read(&format!("prefix={prefix}")).is_ok(), fits, "{prefix}");
        }
    }

    #[test]
    fn a_cursor_is_valid_only_with_its_order_prefix_and_form() {
        let position = Position { sort: Sort::Key, shard: 3, size: 9, key: "uploads/cat".into() };
        let read = |accept: &str, form, further: &str| {
            let mut request = get(&[("accept", accept)]);
            let cursor = cursor::encode(&position, form);
            request.raw_query_string = format!("cursor={cursor}{further}");
            let query = list_request(&request, Shards::new(8).unwrap(), &key_prefix());
            query.map(|query| query.after).map_err(|error| error.to_string())
        };
        for (accept, form, further) in
            [("", Form::Document, ""), ("", Form::Document, "&prefix=ca"), (LINES, Form::Lines, "")]
        {
            assert_eq!(
                read(accept, form, further),
                Ok(Some(position.clone())),
                "{accept} {further}"
            );
        }
        for (accept, form, further, words) in [
            ("", Form::Document, "&prefix=dog", "cursor: "),
            ("", Form::Document, "&sort=size", "cursor: "),
            ("", Form::Lines, "", "another form"),
            (LINES, Form::Document, "", "another form"),
        ] {
            let error = read(accept, form, further).unwrap_err();
            assert!(error.contains(words), "{accept} {further}: {error}");
        }
    }
}
