//! Reads, checks and evaluates the project's Pulumi program, without the Pulumi CLI.
//!
//! The Pulumi CLI deploys the program to AWS. This crate reads the same files for two purposes that
//! need neither the CLI nor an AWS account:
//!
//! - **Checks** find mistakes before a deployment does: [`check::check`] compares the program with
//!   the AWS provider's schema and with AWS's own rules, and [`asl::lint`] lints a state machine.
//!   Each [`Finding`] names the file, the line and the property, as far as they are known.
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
//! - `config` has the configuration keys that the project declares, and their types.
//! - `expression` has the values in `Main.yaml`, with their `fn::` calls. `reference` has the
//!   `${…}` in them.
//! - `load` reads `Pulumi.yaml` and `Main.yaml` into a `Program`, which is in `document`.
//!
//! The reader accepts only a part of [Pulumi YAML], which is enough for the program: any other
//! field, option, `fn::` function or form of `${…}` is a finding.
//!
//! The **evaluation** works on a `Program` and a `Stack`. `graph` orders resources and variables by
//! their references, `scope` evaluates expressions on the values known so far, `functions`
//! implements the `fn::` functions, and `evaluation` ties them together.
//!
//! The **checks** are in [`mod@check`], one file for each subject; its documentation lists them.
//! They look at expressions before evaluation: an expression knows its line, an evaluated value
//! does not. `schema` is the excerpt of the AWS provider's schema that the checks compare
//! properties with.
//!
//! The **state-machine linter** is [`asl`]. It needs no program: it takes a definition as JSON,
//! with or without its placeholders replaced.
//!
//! To add a rule, start in [`mod@check`] or [`asl`], and add a mistake that breaks the rule to
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
pub use yaml::{YamlError, yaml_to_json};
