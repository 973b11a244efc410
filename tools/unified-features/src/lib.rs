//! Gives every build of this workspace the same features of its dependencies.
//!
//! Cargo compiles a dependency with the union of the features that the packages of one build
//! request. The builds of `cargo local`, of the functions, of `cargo test` and of
//! `cargo test -p catalog` select different packages, so each of them would compile the AWS SDK
//! anew, which takes minutes. To prevent that, `local` and the tests of the libraries depend on
//! this crate, and this crate depends on everything whose features differ. The crate has no code.
//!
//! `tools/local/tests/features.rs` fails, and says which feature is missing here, when a build
//! would compile the SDK again.

use aws_config as _;
use aws_lambda_events as _;
use aws_sdk_dynamodb as _;
use aws_sdk_s3 as _;
use aws_smithy_http_client as _;
use aws_smithy_runtime_api as _;
use getrandom as _;
use hashbrown as _;
use hyper as _;
use hyper_util as _;
use indexmap as _;
use lambda_runtime as _;
use libc as _;
use regex_automata as _;
use regex_syntax as _;
use serde_json as _;
use tokio as _;
use tower as _;
use tracing_subscriber as _;
use uuid as _;
