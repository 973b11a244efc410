//! The project's Pulumi program, read without Pulumi.
//!
//! The real thing is deployed by the Pulumi CLI. This crate reads the same files to do two
//! things that need neither the CLI nor an account:
//!
//! - **Check** ([`check::check`], [`asl::lint`]): is every property one that the AWS provider has,
//!   does every `${…}` point at something, is the state machine sound.
//! - **Evaluate** ([`Evaluation`]): what are the inputs of each resource, in an order in which
//!   they can be created. Creating them is up to the caller; [`offline`] invents what AWS would
//!   answer.
//!
//! It reads the part of [Pulumi YAML] that the program uses, and refuses the rest: an unknown
//! field, option, `fn::` or `${…}` is an error that names it and its place.
//!
//! [`Checkout`] finds the project and its functions.
//!
//! The modules follow a value's way through the crate: `yaml` gives nodes with lines;
//! `project_file`, `main_file` and `stack_file` read them into `expression`s, of which `load`
//! makes a `document`; `graph` orders the resources; `evaluation` and `scope` compute their inputs. `schema` holds
//! what the provider takes, against which [`mod@check`] compares the document.
//!
//! [Pulumi YAML]: https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/

pub mod asl;
pub mod check;
mod checkout;
mod config;
mod document;
mod error;
mod evaluation;
mod expression;
mod fields;
mod finding;
mod functions;
mod graph;
mod load;
mod main_file;
pub mod offline;
mod project_file;
mod reference;
mod schema;
mod scope;
mod stack_file;
mod suggestion;
mod yaml;

pub use checkout::{Checkout, NoCheckout};
pub use document::{Program, Setting};
pub use error::{ConfigError, EvaluationError, ProgramError};
pub use evaluation::{Evaluation, ResourceInputs, ResourceOptions};
pub use finding::{Finding, Place, Severity};
pub use functions::FILE_ARCHIVE;
pub use schema::{Schema, SchemaError};
pub use stack_file::Stack;
