//! The HTTP side of the query API, shared by its five functions.
//!
//! Each function's `main` hands a handler to [`serve`]. The handler receives a [`Request`] and
//! returns a [`Response`] or an [`ApiError`], which becomes an error response without internal
//! details. [`find`] looks up the image that a request names; [`look_up_request`] reads the keys
//! from a request for many keys, and [`list_request`] reads the parameters of a listing.
//!
//! - HTTP semantics: [`Validators`] for conditional requests, [`select`] for ranges,
//!   [`CacheSeconds`] for caching, [`Disposition`] for file names.
//! - JSON documents of the API contract: [`Metadata`], [`LookUp`], [`ImageList`], [`Info`].
//! - Description of the API: [`openapi`] returns the committed document, adapted to the stack. A
//!   test derives the document from the types of this crate and compares it with the committed one.
//! - Routing: [`refusal`] returns the error for an unknown path, or for a method that the path does
//!   not allow.
//!
//! To follow one query through the code, start with `serve.rs`, then `key.rs` and `metadata.rs`.

mod accept;
mod cache;
mod content_type_filter;
mod cursor;
mod description;
mod disposition;
mod error;
mod image_list;
mod info;
mod key;
mod key_parameter;
mod list_request;
mod look_up;
mod metadata;
#[cfg(test)]
mod openapi;
mod range;
mod request;
mod response;
mod routes;
mod serve;
mod validators;

pub use aws_lambda_events::http::header;
pub use cache::{CacheSeconds, CacheSecondsError};
pub use description::{Authorization, AuthorizationError, openapi};
pub use disposition::Disposition;
pub use error::ApiError;
pub use image_list::ImageList;
pub use info::Info;
pub use key::requested_keys;
pub use list_request::list_request;
pub use look_up::{LookUp, look_up_request};
pub use metadata::{Location, Metadata};
pub use range::{Selection, select};
pub use request::Request;
pub use response::Response;
pub use routes::{allowed_methods, refusal};
pub use serve::{Found, find, serve};
pub use validators::{Precondition, Validators};
// Gives the AWS SDK the same features as in every other build of the workspace, so that Cargo does
// not compile the SDK again.
#[cfg(test)]
use unified_features as _;
