//! Building the Lambda functions for this machine and packing them.
//!
//! `cargo` runs the compiler, `messages` reads what it says, `archive`
//! packs each binary as Lambda wants it.

mod archive;
mod cargo;
mod messages;

use std::path::PathBuf;
use std::time::Instant;

use crate::lock::Lock;
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;

/// The Lambda archives are not there.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The compiler refused the source.
    #[error(
        "the functions do not compile:\n{diagnostics}\nCorrect this, then run the command again"
    )]
    Compile {
        /// What rustc and Cargo say, rendered.
        diagnostics: String,
    },
    /// Cargo built no binary of the function's name.
    #[error(
        "the package of function `{function}` has no binary of that name: the folder in functions/, the package and its binary share one name"
    )]
    NoBinary {
        /// The function.
        function: String,
    },
    /// The project has no functions.
    #[error("{} holds no package: this is not a complete checkout", .directory.display())]
    NoFunctions {
        /// Where the functions should be.
        directory: PathBuf,
    },
    /// A binary could not be packed.
    #[error("packing {} failed: {source}", .binary.display())]
    Pack {
        /// The binary.
        binary: PathBuf,
        /// What went wrong.
        source: zip::result::ZipError,
    },
    /// A file or process could not be used.
    #[error("{what} failed: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl BuildError {
    fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// How the functions are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Quick to compile; shares its dependencies with `cargo local` and `cargo test`.
    #[default]
    Dev,
    /// What is deployed to AWS: takes minutes to compile.
    Release,
}

/// Compiles all functions, and `packages` beside them, and packs each into
/// `target/local/lambda/<function>/bootstrap.zip`. What is up to date is left alone.
///
/// # Errors
/// When the source does not compile or an archive cannot be written.
pub async fn build(
    workspace: &Workspace,
    packages: &[String],
    profile: Profile,
    progress: &Progress,
) -> Result<(), BuildError> {
    let mut functions = workspace.functions().map_err(BuildError::io("listing functions/"))?;
    if functions.is_empty() {
        return Err(BuildError::NoFunctions { directory: workspace.root().join("functions") });
    }
    functions.extend_from_slice(packages);
    let started = Instant::now();
    // Packing and the reading of what is packed must not overlap among processes.
    let lock = workspace.local().join("build.lock");
    let _lock = Lock::take(&lock, || progress.doing(Step::Build, "waiting for another build"))
        .await
        .map_err(BuildError::io("locking the build"))?;
    progress.doing(Step::Build, format!("compiling {} functions", functions.len()));
    let binaries = cargo::build(workspace.root(), &functions, profile, progress).await?;
    let seconds = started.elapsed().as_secs_f64();
    progress.done(Step::Build, format!("{} functions compiled in {seconds:.1} s", functions.len()));
    pack(workspace, binaries, progress).await
}

/// Packs the binaries whose archives are older, on a thread of its own.
async fn pack(
    workspace: &Workspace,
    binaries: Vec<(String, PathBuf)>,
    progress: &Progress,
) -> Result<(), BuildError> {
    let artifacts = workspace.artifacts();
    let total = binaries.len() as u64;
    for (done, (function, binary)) in (0..).zip(binaries) {
        progress.advanced(Step::Package, done, total, &function);
        let archive = artifacts.join(&function).join("bootstrap.zip");
        tokio::task::spawn_blocking(move || {
            archive::update(&binary, &archive).map_err(|source| BuildError::Pack { binary, source })
        })
        .await
        .map_err(|error| BuildError::Io { what: "packing", source: error.into() })??;
    }
    progress.done(Step::Package, format!("{total} Lambda archives up to date"));
    Ok(())
}
