//! Errors of reading and evaluating a project.

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
        /// The reason.
        source: std::io::Error,
    },
    /// A file has mistakes, or parts that this crate does not support. The message has one line for
    /// each finding.
    #[error("{}", finding::lines(.0))]
    Invalid(
        /// All findings.
        Vec<Finding>,
    ),
}

/// A configuration value that cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The project does not declare the key.
    #[error("Pulumi.yaml declares no configuration key {key:?}; it declares {known}")]
    Unknown {
        /// The unknown key.
        key: String,
        /// The declared keys, separated by commas.
        known: String,
    },
    /// The value does not have the type that the project declares.
    #[error("configuration key {key:?} {message}")]
    Type {
        /// The configuration key.
        key: String,
        /// The declared type, the value's type, and the value.
        message: String,
    },
}

/// A program that cannot be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A reference to a name that no resource, variable or configuration key has.
    #[error("{place}: {reference}: no resource, variable or configuration key has this name")]
    Undefined {
        /// The place of the reference.
        place: Place,
        /// The reference, as `${name.property}`.
        reference: String,
    },
    /// Resources or variables that depend on each other in a cycle.
    #[error("{place}: depends on itself: {}", path.join(" -> "))]
    Cycle {
        /// The place of the resource or variable that `path` begins with.
        place: Place,
        /// The logical names along the cycle; the first is also the last.
        path: Vec<String>,
    },
    /// A logical name that no resource of the program has.
    #[error("the program has no resource {name:?}")]
    NoResource {
        /// The unknown name.
        name: String,
    },
    /// A reference to a resource that is not created yet.
    #[error("{place}: {reference}: {resource} has not been created yet")]
    NotCreated {
        /// The place of the reference.
        place: Place,
        /// The reference, as `${name.property}`.
        reference: String,
        /// The resource's logical name.
        resource: String,
    },
    /// A created resource whose outputs do not include an `id`.
    #[error("the outputs of {resource} have no \"id\"")]
    NoId {
        /// The resource's logical name.
        resource: String,
    },
    /// A reference, or a `return` of `fn::invoke`, that names a property that does not exist.
    #[error("{place}: {reference}: no such property; the value has {known}")]
    NoProperty {
        /// The place of the reference or the call.
        place: Place,
        /// The text `${name.property}` of a reference, or `return property` for a `return`.
        reference: String,
        /// The properties that the value has, separated by commas.
        known: String,
    },
    /// A call of a provider function for which [`Evaluation::new`] was given no result.
    ///
    /// [`Evaluation::new`]: crate::Evaluation::new
    #[error("{place}: no result was supplied for the function {function}")]
    NoInvoke {
        /// The place of the call.
        place: Place,
        /// The function, such as `aws:getRegion`.
        function: String,
    },
    /// A value of the wrong type for its place.
    #[error("{place}: must be {expected}, not {found}")]
    Type {
        /// The place of the value.
        place: Place,
        /// The type that a value in this place must have.
        expected: &'static str,
        /// The type or a description of the value.
        found: String,
    },
    /// An index of `fn::select` for which the list has no element. The program uses such an index
    /// to refuse a configuration value. The name of the variable at `place` then states the
    /// condition that the value must meet.
    #[error("{place}: index {index} is out of range: the list has {length} elements")]
    Index {
        /// The place of the call.
        place: Place,
        /// The index, counted from 0.
        index: u64,
        /// The number of elements.
        length: usize,
    },
    /// A list of several elements in `fn::singleOrNone`, which takes at most one.
    #[error("{place}: must have at most one element, not {length}")]
    NotSingle {
        /// The place of the call.
        place: Place,
        /// The number of elements.
        length: usize,
    },
    /// A file that `fn::readFile` cannot read, or whose absolute path `fn::fileArchive` cannot
    /// determine.
    #[error("{place}: cannot read {}: {source}", path.display())]
    File {
        /// The place of the call.
        place: Place,
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}
