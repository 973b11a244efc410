//! The HTTP side of the query API.
//!
//! The query functions share what they say to API Gateway: [`Request`] is what they are called
//! with, [`requested_keys`] and [`list_request`] read what is wanted, [`Answer`] is what they
//! return, [`ApiError`] turns a failure into a status and a sentence that holds nothing internal,
//! and [`serve`] puts it all around a handler.
//!
//! HTTP's own rules are here too: [`Validators`] for conditional requests, [`select`] for ranges,
//! [`CacheSeconds`] for caches, [`inline`] for file names. So are the contract's JSON documents,
//! [`Metadata`], [`ImageList`] and [`Info`], and with [`OPENAPI`] the description of all of it,
//! which a test derives from them. [`refusal`] tells unknown paths from other methods.

mod answer;
mod cache;
mod cursor;
mod disposition;
mod error;
mod image_list;
mod info;
mod key;
mod list_request;
mod metadata;
#[cfg(test)]
mod openapi;
mod range;
mod request;
mod routes;
mod serve;
mod validators;

pub use answer::Answer;
pub use aws_lambda_events::http::header;
pub use cache::{CacheSeconds, CacheSecondsError};
pub use disposition::inline;
pub use error::ApiError;
pub use image_list::ImageList;
pub use info::Info;
pub use key::requested_keys;
pub use list_request::list_request;
pub use metadata::Metadata;
pub use range::{Selection, select};
pub use request::Request;
pub use routes::{OPENAPI, allowed_methods, refusal};
pub use serve::{find, serve};
pub use validators::{Precondition, Validators};
