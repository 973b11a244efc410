//! The HTTP side of the query API.
//!
//! The three query functions share what they say to API Gateway: [`requested_keys`] reads the key
//! out of a path, [`Answer`] is what they return, [`ApiError`] turns a failure into a status and a
//! sentence that holds nothing internal, and [`serve`] puts it all around a handler. The
//! contract's JSON documents are here too: [`Metadata`] and [`Info`].

mod answer;
mod error;
mod info;
mod key;
mod metadata;
mod serve;

pub use answer::Answer;
pub use aws_lambda_events::apigw::ApiGatewayV2httpRequest as Request;
pub use error::ApiError;
pub use info::Info;
pub use key::requested_keys;
pub use metadata::Metadata;
pub use serve::{find, serve};
