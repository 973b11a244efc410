//! What can go wrong while a project is read or evaluated.

use std::path::PathBuf;

use crate::finding::{self, Finding, Place};

/// A project or stack file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// A file is missing or unreadable.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds something that this crate does not know, or knows to be wrong. The message
    /// has one line per finding.
    #[error("{}", finding::lines(.0))]
    Invalid(
        /// Everything that was found, in the order of the files.
        Vec<Finding>,
    ),
}

/// A configuration value that cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The project declares no such key.
    #[error("Pulumi.yaml declares no configuration key {key:?}; it declares {known}")]
    Unknown {
        /// The key that was asked for.
        key: String,
        /// The declared keys, separated by commas.
        known: String,
    },
    /// The value is of another type than the project declares.
    #[error("configuration key {key:?} {message}")]
    Type {
        /// The key.
        key: String,
        /// What it must be, and what it was.
        message: String,
    },
}

/// A program that cannot be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A reference to a name that is no resource, variable or configuration key.
    #[error("{place}: {reference}: nothing is named so")]
    Undefined {
        /// Where the reference stands.
        place: Place,
        /// The reference, as `${name.property}`.
        reference: String,
    },
    /// Resources or variables that wait for each other.
    #[error("{place}: depends on itself: {}", path.join(" -> "))]
    Cycle {
        /// Where the first of them stands.
        place: Place,
        /// The logical names along the cycle; the first is also the last.
        path: Vec<String>,
    },
    /// A logical name that the program does not have.
    #[error("the program has no resource {name:?}")]
    NoResource {
        /// The name that was asked for.
        name: String,
    },
    /// A reference to a resource whose outputs were not handed over yet.
    #[error("{place}: {reference}: {resource} has not been created yet")]
    NotCreated {
        /// Where the reference stands.
        place: Place,
        /// The reference, as `${name.property}`.
        reference: String,
        /// The resource's logical name.
        resource: String,
    },
    /// Outputs without an `id`.
    #[error("the outputs of {resource} have no \"id\"")]
    NoId {
        /// The resource's logical name.
        resource: String,
    },
    /// A reference into a value that does not have that property.
    #[error("{place}: {reference}: no such property; there are: {known}")]
    NoProperty {
        /// Where the reference stands.
        place: Place,
        /// The reference, as `${name.property}`.
        reference: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// A provider function that no value was given for.
    #[error("{place}: no value was given for the function {function}")]
    NoInvoke {
        /// Where the call stands.
        place: Place,
        /// The function, such as `aws:getRegion`.
        function: String,
    },
    /// A value of another type than its place needs.
    #[error("{place}: needs {expected}, not {found}")]
    Type {
        /// Where the value stands.
        place: Place,
        /// What is needed there.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A file that the program names and that cannot be read.
    #[error("{place}: cannot read {}: {source}", path.display())]
    File {
        /// Where the program names it.
        place: Place,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
