//! Errors of the benchmark.

use std::io;
use std::path::PathBuf;

use pulumi_program::{EvaluationError, NoCheckout, ProgramError};

/// The reason why a benchmark could not be completed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchmarkError {
    /// A file or process could not be used.
    #[error("{what}: {source}")]
    Io {
        /// The file, or the operation that failed.
        what: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A binary could not be packed or unpacked.
    #[error("{}: {source}", .file.display())]
    Zip {
        /// The binary or archive.
        file: PathBuf,
        /// A defect of the archive, or an error of the operating system.
        source: zip::result::ZipError,
    },
    /// A JSON file is invalid.
    #[error("{}: {source}", .file.display())]
    Json {
        file: PathBuf,
        /// The error, with its place in the file.
        source: serde_json::Error,
    },
    /// The project was not found.
    #[error(transparent)]
    Checkout(#[from] NoCheckout),
    /// The Pulumi program cannot be read.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The Pulumi program cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A name on the command line is not the name of a function.
    #[error("there is no function {0:?}: the functions are the folders in functions/")]
    NoFunction(String),
    /// A function has no workload.
    #[error("no event for the function {0}: add one to tools/benchmark/src/workload.rs")]
    NoWorkload(String),
    /// The Pulumi program does not define the function with this name.
    #[error(
        "pulumi/Main.yaml does not define a function with the code target/lambda/{0}/bootstrap.zip"
    )]
    NotDeployed(String),
    /// There is no binary to measure.
    #[error(
        "no binary of {function} in {}: expected {function}/bootstrap.zip, {function}/bootstrap or \
         {function}",
        .directory.display()
    )]
    NoBinary {
        function: String,
        /// The directory that was searched.
        directory: PathBuf,
    },
    /// Cargo did not build a binary; it has printed why.
    #[error("cargo build failed")]
    Build,
    /// A function failed, hung, or gave a wrong result.
    #[error("{function}: {problem}\n{log}")]
    Function {
        function: String,
        /// A sentence about the problem.
        problem: String,
        /// The end of the function's log.
        log: String,
    },
    /// A function made a call that the stand-in for AWS does not know.
    #[error(
        "{function} made a call that the stand-in does not know: add it to tools/benchmark/src/aws: {call}"
    )]
    UnknownCall { function: String, call: String },
    /// Callgrind's output has no count.
    #[error("Callgrind's output has no line `totals:`")]
    NoCount,
}

impl BenchmarkError {
    /// Turns an error of the operating system into a [`BenchmarkError`] about `what`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}
