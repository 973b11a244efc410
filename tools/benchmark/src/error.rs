//! Why something could not be measured.

use std::io;
use std::path::PathBuf;

use pulumi_program::{EvaluationError, NoCheckout, ProgramError};

/// A benchmark that could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchmarkError {
    /// A file or process could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A binary could not be packed or unpacked.
    #[error("{}: {source}", .file.display())]
    Zip {
        /// The binary or archive.
        file: PathBuf,
        /// What went wrong.
        source: zip::result::ZipError,
    },
    /// A JSON file is not what it should be.
    #[error("{}: {source}", .file.display())]
    Json {
        /// The file.
        file: PathBuf,
        /// What is wrong in it.
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
    /// A name on the command line is no function.
    #[error("there is no function {0:?}")]
    NoFunction(String),
    /// A function that nobody has said how to invoke.
    #[error("no event for the function {0}: add it to tools/benchmark/src/workload.rs")]
    NoWorkload(String),
    /// A function that the Pulumi program does not define.
    #[error("pulumi/Main.yaml defines no function from target/lambda/{0}/bootstrap.zip")]
    NotDeployed(String),
    /// There is no binary to measure.
    #[error("no binary of {function} in {}, neither {function}/bootstrap.zip nor {function}/bootstrap nor {function}", .directory.display())]
    NoBinary {
        /// The function.
        function: String,
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// Cargo did not build a binary.
    #[error("cargo build failed")]
    Build,
    /// A function did not do what it was started for.
    #[error("{function}: {problem}\n{log}")]
    Function {
        /// The function.
        function: String,
        /// What happened.
        problem: String,
        /// The end of what it wrote.
        log: String,
    },
    /// A function called what the stand-in for AWS does not know.
    #[error("{function} made a call that tools/benchmark/src/aws does not answer: {call}")]
    UnknownCall {
        /// The function.
        function: String,
        /// The call.
        call: String,
    },
    /// Callgrind left no count.
    #[error("callgrind counted nothing: no line `totals:` in its output")]
    NoCount,
}

impl BenchmarkError {
    /// An error of the operating system, with what was tried.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}
