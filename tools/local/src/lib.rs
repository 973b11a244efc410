//! The local stack: everything that the project runs on AWS, deployed to an emulator on this
//! machine.
//!
//! The binary, `cargo local`, is a thin `main` around this library; the integration tests call the
//! library directly. To read the code, start at [`stack::Stack::start`]. It checks the Pulumi
//! program and then brings a stack up:
//!
//! 1. [`python`] finds an interpreter and installs the emulator into an environment of its own.
//! 2. [`emulator`] starts the emulator as a process that cannot outlive this one.
//! 3. Meanwhile, [`mod@build`] compiles and packs the Lambda functions.
//! 4. [`mod@deploy`] creates the resources of `pulumi/Main.yaml` on the emulator through the SDK.
//!
//! The other modules use the running stack. Commands in another terminal find the stack through
//! [`stack::state`]. [`executions`] lists and follows executions of a state machine, [`logs`]
//! reads the log lines of functions, and [`api`] is a client of the query API. [`reconciliation`]
//! runs the state machine that repairs the catalog, [`redrive`] starts failed executions again, and
//! [`result_events`] reads what the stack has published. [`load`] measures how long analyses take,
//! with images that [`samples`] generates, and [`page`] shows the stack in a browser. [`commands`]
//! is the command line, one file per command: it calls these modules, shows the events of
//! [`progress`], and prints through `terminal`.
//!
//! The remaining modules serve the ones above. [`aws`] configures the SDK clients for one endpoint,
//! and [`cloudwatch`] is a small client for CloudWatch, in place of the SDK's. [`http`] is a plain
//! HTTP client, and `signed` is an HTTP client that signs its requests. `access_key` creates and
//! reads the key that signs requests, and `random` provides numbers for it. `private_file` writes
//! what other users must not read. [`workspace`] knows the paths of the checkout, and `process`
//! runs child processes. `lock` keeps two processes from doing the same work at once, and
//! `error_text` formats an error with its causes.

mod access_key;
pub mod api;
pub mod aws;
pub mod build;
pub mod cloudwatch;
pub mod commands;
pub mod deploy;
pub mod emulator;
mod error_text;
pub mod executions;
pub mod http;
pub mod load;
mod lock;
pub mod logs;
pub mod page;
mod private_file;
mod process;
pub mod progress;
pub mod python;
mod random;
pub mod reconciliation;
pub mod redrive;
pub mod result_events;
pub mod samples;
mod signed;
pub mod stack;
mod terminal;
pub mod workspace;

pub use access_key::AccessKey;
// Nothing calls `unified_features`: the crate only enables features of shared dependencies.
use unified_features as _;
