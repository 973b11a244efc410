//! Reads, checks and evaluates the project's Pulumi program, without the Pulumi CLI.
//!
//! The Pulumi CLI deploys the program to AWS. This crate reads the same files for two purposes that
//! need neither the CLI nor an AWS account:
//!
//! - **Checks** find mistakes before a deployment does: [`check::check`] compares the program with
//!   the AWS provider's schema and with AWS's own rules, and [`asl::lint`] lints a state machine.
//!   Each [`Finding`] names the file, the line and the property.
//! - **Evaluation** ([`Evaluation`]) computes the inputs of each resource, in an order in which the
//!   resources can be created. The caller creates them; [`offline`] invents the outputs that AWS
//!   would return.
//!
//! # Layout
//!
//! The crate has four parts.
//!
//! The **reader** turns files into a [`Program`] and a [`Stack`]:
//!
//! - [`Checkout`] finds the project.
//! - `yaml` parses text into nodes that know their line.
//! - `project_file` (`Pulumi.yaml`), `main_file` (`Main.yaml`) and `stack_file`
//!   (`Pulumi.<stack>.yaml`) read those nodes.
//! - `config` has the types of configuration values.
//! - `expression` has the values in `Main.yaml`, with their `fn::` calls. `reference` has the
//!   `${…}` in them.
//! - `load` puts everything into a `document`.
//!
//! The reader accepts only the part of [Pulumi YAML] that the program uses: any other field,
//! option, `fn::` function or form of `${…}` is a finding.
//!
//! The **evaluation** works on a `Program` and a `Stack`. `graph` orders the resources by their
//! references, `scope` evaluates expressions on the values known so far, `functions` implements the
//! `fn::` functions, and `evaluation` ties them together.
//!
//! The **checks** are in [`mod@check`], one file for each subject; its documentation lists them.
//! They look at the program before evaluation, so that a finding can name a line. `schema` is the
//! excerpt of the AWS provider's schema that they compare properties with.
//!
//! The **state-machine linter** is [`asl`]. It knows nothing of Pulumi: it takes a definition as
//! JSON, with or without its placeholders replaced.
//!
//! To add a rule, start in [`mod@check`] or [`asl`], and plant a mistake that the rule finds in
//! `tests/program/mistakes`.
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
