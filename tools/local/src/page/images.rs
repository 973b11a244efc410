//! The images in the catalog: overview, thumbnails, search and upload.

mod overview;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use contract::MAX_KEY_BYTES;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::error::Failure;
use super::layout::{self, View};
use super::{Shared, Site, text};
use crate::http;
use crate::terminal::format;

/// Largest upload through the page, in bytes. The page's server holds the whole upload in memory.
pub(super) const LARGEST_UPLOAD: usize = 256 * 1024 * 1024;

/// Number of images on a page of the list.
const TILES: usize = 24;

/// Maximum size in bytes of an object that is shown as its own thumbnail.
const LARGEST_THUMBNAIL: u64 = 20_000_000;

/// Content security policy of an image that a browser opens as a document. An SVG may contain
/// scripts, which must not run with the rights of the page.
const IMAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'";

/// Parameters of the view.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    prefix: String,
    #[serde(rename = "contentType")]
    content_type: String,
    sort: String,
    cursor: String,
}

impl Parameters {
    /// The query string for this view and for `GET /images` of the API, which take the same
    /// parameters.
    fn query(&self, cursor: &str) -> String {
        text::query(&[
            ("prefix", &self.prefix),
            ("contentType", &self.content_type),
            ("sort", &self.sort),
            ("cursor", cursor),
        ])
    }
}

/// Shows a page of the list of images.
pub(super) async fn view(
    State(site): Shared,
    Query(parameters): Query<Parameters>,
) -> Result<Markup, Failure> {
    let query = format!("limit={TILES}&{}", parameters.query(&parameters.cursor));
    let (info, images) = tokio::try_join!(site.api.info(), site.api.list(&query))?;
    let content = html! {
        h1 { "Images" }
        div #overview data-live { (overview::view(&site, &info.body)) }
        (drop_zone(&site))
        (filters(&site, &parameters, &info.body))
        div #images data-live {
            @if images.status == 200 { (tiles(&site, &parameters, &images.body)) }
            @else {
                p.error { (text::visible(images.body["error"].as_str().unwrap_or("no answer"))) }
            }
        }
    };
    Ok(layout::page(&site, View::Images, "Images", &content))
}

fn drop_zone(site: &Site) -> Markup {
    html! {
        form.drop #drop data-upload=(site.href("upload")) data-prefix=(site.outputs.key_prefix)
            data-executions=(site.href("executions")) {
            label {
                input type="file" #files multiple;
                span { "Drop files here, or " span.link { "choose them" } }
            }
            label.prefix {
                span { "under " code { (site.outputs.key_prefix) } }
                input type="text" #folder placeholder="folder/ (optional)" autocomplete="off";
            }
            ul #uploads aria-live="polite" {}
        }
    }
}

fn filters(site: &Site, parameters: &Parameters, info: &Value) -> Markup {
    let types = info["contentTypes"].as_object().into_iter().flatten().map(|(name, _)| name);
    let sorts = [("", "key"), ("-size", "largest first"), ("size", "smallest first")];
    html! {
        form.filters action=(site.href("images")) role="search" {
            label {
                span { "Prefix" }
                input type="search" name="prefix" value=(parameters.prefix) data-search
                    placeholder="beginning of a key";
            }
            label {
                span { "Type" }
                select name="contentType" {
                    option value="" { "all" }
                    @for name in types {
                        option value=(name) selected[*name == parameters.content_type] {
                            (text::visible(name))
                        }
                    }
                }
            }
            label {
                span { "Order" }
                select name="sort" {
                    @for (value, name) in sorts {
                        option value=(value) selected[value == parameters.sort] { (name) }
                    }
                }
            }
            button { "Search" }
        }
    }
}

fn tiles(site: &Site, parameters: &Parameters, list: &Value) -> Markup {
    let images = list["images"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        @if images.is_empty() {
            p.empty { "No images" @if !parameters.query("").is_empty() { " match" } "." }
        }
        ul.tiles { @for image in images { (tile(site, image)) } }
        nav.pages aria-label="Pages" {
            @if !parameters.cursor.is_empty() {
                a href=(site.href(&format!("images?{}", parameters.query("")))) { "First" }
            }
            @if let Some(cursor) = list["cursor"].as_str() {
                a href=(site.href(&format!("images?{}", parameters.query(cursor)))) rel="next" {
                    "More"
                }
            }
        }
    }
}

fn tile(site: &Site, image: &Value) -> Markup {
    let member = |name: &str| image[name].as_str().unwrap_or_default();
    let key = member("s3objectkey");
    let bytes = member("size").parse::<u64>().ok();
    let url = address(site, key);
    html! {
        li {
            a.row href=(url) title="Open the image" {
                @if bytes.is_some_and(|bytes| bytes <= LARGEST_THUMBNAIL) {
                    img src=(url) alt="" loading="lazy" decoding="async";
                } @else {
                    span.no-thumbnail { "too large for a thumbnail" }
                }
            }
            div.caption {
                a href=(site.href(&format!("executions?key={}", text::encode(key))))
                    title="Its executions" { (site.key(key)) }
                p {
                    (text::visible(member("displayWidth"))) "×"
                    (text::visible(member("displayHeight"))) " · "
                    (text::visible(member("contentType")))
                    @if let Some(bytes) = bytes { " · " (format::bytes(bytes)) }
                    @if image["animated"].as_bool() == Some(true) { " · animated" }
                }
                details id=(format!("metadata-{}", text::encode(key))) {
                    summary { "Metadata" }
                    (fields(image))
                }
            }
        }
    }
}

/// Renders the metadata of an image.
pub(super) fn fields(record: &Value) -> Markup {
    html! {
        dl.fields {
            @for (name, value) in record.as_object().into_iter().flatten() {
                dt { (text::visible(name)) }
                dd {
                    @match value {
                        Value::String(text) => (text::visible(text))
                        other => (text::visible(&other.to_string()))
                    }
                }
            }
        }
    }
}

/// The path at which the page serves an image.
pub(super) fn address(site: &Site, key: &str) -> String {
    site.href(&format!("image?key={}", text::encode(key)))
}

/// Query parameters of the paths `/image` and `/upload`.
#[derive(Debug, Deserialize)]
pub(super) struct Key {
    key: String,
}

/// Responds with an image of the catalog, from the query API. The page's server follows the API's
/// redirect to S3, because the page's security policy keeps the browser from following it.
pub(super) async fn file(
    State(site): Shared,
    Query(Key { key }): Query<Key>,
) -> Result<Response, Failure> {
    let mut response = site.api.file(&key).await?;
    if let (307, Some(location)) = (response.status, &response.location) {
        response = http::get(location).await?;
    }
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let is_image =
        response.content_type.as_deref().filter(|content_type| content_type.starts_with("image/"));
    let headers = [(CONTENT_SECURITY_POLICY, IMAGE_POLICY)];
    Ok(match is_image.filter(|_| status == StatusCode::OK) {
        Some(content_type) => {
            let content_type = [(CONTENT_TYPE, content_type.to_owned())];
            (headers, content_type, response.body).into_response()
        }
        None => (StatusCode::NOT_FOUND, headers).into_response(),
    })
}

/// Puts the body into the bucket under a key, with the content type that the browser claims.
pub(super) async fn upload(
    State(site): Shared,
    Query(Key { key }): Query<Key>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let prefix = &site.outputs.key_prefix;
    if !prefix.contains(&key) || key.len() > MAX_KEY_BYTES {
        let problem =
            format!("a key begins with {prefix} and has at most {MAX_KEY_BYTES} bytes in UTF-8");
        return Err(Failure::Request(problem));
    }
    let claimed = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let request = site.aws.s3.put_object().bucket(&site.outputs.bucket_name).key(&key);
    let request = request.set_content_type(claimed.map(str::to_owned)).body(body.into());
    // Over plain HTTP, the SDK would hash the whole body for the signature. The emulator does not
    // need the hash.
    let put = request.customize().disable_payload_signing().send().await;
    put.map_err(|error| Failure::call("PutObject")(&error))?;
    Ok(StatusCode::NO_CONTENT)
}
