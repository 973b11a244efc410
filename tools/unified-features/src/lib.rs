//! Gives every build of this workspace the same features of its dependencies.
//!
//! Cargo compiles a dependency with the union of the features that the packages of one build
//! request. `cargo local`, the build of the functions and `cargo test` select different packages,
//! so each would compile the AWS SDK anew, for minutes. To prevent that, `local` depends on this
//! crate, and this crate on everything that the functions use. The crate has no code.
//!
//! `tools/local/tests/features.rs` fails, and says which feature is missing here, when a build
//! would compile the SDK again.

use api as _;
use aws_lambda_events as _;
use catalog as _;
use contract as _;
use hyper as _;
use indexmap as _;
use lambda_runtime as _;
use probe as _;
use regex_syntax as _;
use runtime as _;
use storage as _;
