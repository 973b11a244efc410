//! A page of a listing: one JSON document, or one JSON document per image, each on its own line.

use aws_lambda_events::http::header::{ACCEPT, CONTENT_TYPE, LINK, VARY};
use catalog::ImagePage;
use form_urlencoded::Serializer;
use serde::Serialize;

use crate::accept::prefers;
use crate::cursor::{self, Form};
use crate::{CacheSeconds, Metadata, Request, Response};

/// Media type of a body with one JSON document per line (<https://github.com/ndjson/ndjson-spec>).
pub(crate) const LINES: &str = "application/x-ndjson";

/// Body of `GET /images`: one page of images.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageList {
    /// The images, in the requested order. A page may be short or empty although it has a cursor.
    images: Vec<Metadata>,
    /// Cursor of the next page; null on the last page.
    #[cfg_attr(test, schema(required))]
    cursor: Option<String>,
    #[serde(skip)]
    form: Form,
}

/// The form that the client of the request prefers.
pub(crate) fn form(request: &Request) -> Form {
    let accept = request.header(ACCEPT.as_str()).unwrap_or_default();
    if prefers(accept, LINES, "application/json") { Form::Lines } else { Form::Document }
}

impl ImageList {
    /// A page in the form that the client of the request prefers.
    #[must_use]
    pub fn new(page: ImagePage, request: &Request) -> Self {
        let (images, form) = (page.images.into_iter(), form(request));
        Self {
            images: images.map(|(key, image)| Metadata::new(key, image)).collect(),
            cursor: page.next.map(|position| cursor::encode(&position, form)),
            form,
        }
    }

    /// The response to a request for the page. For a client that prefers lines, the body has one
    /// line for each image, and the header `Link` leads to the next page, if there is one. For any
    /// other client, the body is one JSON document.
    #[must_use]
    pub fn response(&self, request: &Request, cache: CacheSeconds) -> Response {
        let response = match self.form {
            Form::Document => Response::json(200, self),
            Form::Lines => self.lines(request),
        };
        response.conditional(request, cache).header(VARY, "origin, accept")
    }

    fn lines(&self, request: &Request) -> Response {
        // Serialization cannot fail: these documents have string keys and no fallible serializers.
        let lines = self.images.iter().filter_map(|image| serde_json::to_string(image).ok());
        let text: String = lines.map(|line| line + "\n").collect();
        let response = Response::json_text(200, text).header(CONTENT_TYPE, LINES);
        match &self.cursor {
            Some(cursor) => response.header(LINK, &next(&request.raw_query_string, cursor)),
            None => response,
        }
    }
}

/// The link to the next page (RFC 8288): the query of this page with the next page's cursor. The
/// link is relative to the URL of the request, so the domain and the path of the API do not matter.
fn next(query: &str, cursor: &str) -> String {
    let mut next = Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // Leaves out the signature of the current URL (`X-Amz-…`), which is not valid for the URL
        // of the next page.
        if name != "cursor" && !name.starts_with("X-Amz-") {
            next.append_pair(&name, &value);
        }
    }
    format!("<?{}>; rel=\"next\"", next.append_pair("cursor", cursor).finish())
}

#[cfg(test)]
mod tests {
    use catalog::{Position, Sort};
    use serde_json::{Value, json};

    use super::*;
    use crate::request::samples::record;

    fn page(number_of_images: u64, more: bool) -> ImagePage {
        let image = |number: u64| {
            let catalog::RecordState::Image(image) = record("", "image").state else {
                panic!("no image")
            };
            (format!("uploads/{number}\n"), image)
        };
        let next = Position { sort: Sort::Key, shard: 0, size: 1, key: "uploads/1".into() };
        ImagePage {
            images: (0..number_of_images).map(image).collect(),
            next: more.then_some(next),
            cost: catalog::Cost::default(),
        }
    }

    fn response(page: ImagePage, accept: &str, query: &str, tag: &str) -> Value {
        let request = json!({
            "rawQueryString": query, "headers": {"accept": accept, "if-none-match": tag},
            "requestContext": {"http": {"method": "GET"}},
        });
        let request: Request = serde_json::from_value(request).unwrap();
        let page = ImageList::new(page, &request);
        serde_json::to_value(page.response(&request, CacheSeconds::new(9))).unwrap()
    }

    #[test]
    fn lines_are_documents_and_the_next_page_is_a_link() {
        let query = "cursor=old&limit=2&prefix=a%20%3E%2B&X-Amz-Date=1";
        let sent = response(page(2, true), LINES, query, "");
        let lines: Vec<Value> = sent["body"]
            .as_str()
            .unwrap()
            .lines()
            .map(|it| serde_json::from_str(it).unwrap())
            .collect();
        assert_eq!((lines.len(), &lines[1]["s3objectkey"]), (2, &json!("uploads/1\n")));
        assert_eq!(sent["headers"]["content-type"], LINES);
        assert_eq!(
            sent["headers"]["link"],
            "<?limit=2&prefix=a+%3E%2B&cursor=SyAwIDEgdXBsb2Fkcy8x>; rel=\"next\""
        );
        let last = response(page(0, false), LINES, "", "");
        assert_eq!((&last["body"], &last["headers"]["link"]), (&json!(""), &Value::Null));
    }

    #[test]
    fn a_form_has_its_own_tag_which_the_link_changes() {
        let tag = |page: ImagePage, accept: &str| {
            let sent = response(page, accept, "", "");
            assert_eq!(sent["headers"]["vary"], "origin, accept", "{accept}");
            sent["headers"]["etag"].as_str().unwrap().to_owned()
        };
        let tags = [
            tag(page(2, true), LINES),
            tag(page(2, false), LINES),
            tag(page(2, true), "*/*"),
            tag(page(2, false), ""),
            tag(page(0, false), LINES),
            tag(page(0, false), ""),
        ];
        let different: std::collections::BTreeSet<_> = tags.iter().collect();
        assert_eq!(different.len(), tags.len(), "{tags:?}");
        let unchanged = response(page(2, true), LINES, "", &tags[0]);
        assert_eq!((&unchanged["statusCode"], &unchanged["body"]), (&json!(304), &Value::Null));
        assert_eq!(unchanged["headers"]["vary"], "origin, accept");
    }
}
