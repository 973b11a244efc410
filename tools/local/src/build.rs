//! Builds the Lambda functions for this machine and packs them.
//!
//! The module `cargo` runs Cargo, `messages` parses Cargo's output, and `archive` packs each binary
//! into the archive that Lambda expects.

mod archive;
mod cargo;
mod messages;

use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use crate::lock::Lock;
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;

/// The Lambda archives could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The functions do not compile.
    #[error("the functions do not compile. Fix these errors:\n{diagnostics}")]
    Compile {
        /// Errors and warnings, as rustc and Cargo print them.
        diagnostics: String,
    },
    /// Cargo built no binary with the function's name.
    #[error(
        "function `{function}` has no binary of that name: its folder in functions/, its package \
         and its binary must have the same name"
    )]
    NoBinary {
        /// The function's name.
        function: String,
    },
    /// The project has no functions.
    #[error("{} contains no package: the checkout is incomplete", .directory.display())]
    NoFunctions {
        /// The directory that should contain the functions' packages.
        directory: PathBuf,
    },
    /// A binary could not be packed.
    #[error("packing {} failed: {source}", .binary.display())]
    Pack {
        /// The binary.
        binary: PathBuf,
        /// The cause.
        source: zip::result::ZipError,
    },
    /// A file or process could not be used.
    #[error("{what} failed: {source}")]
    Io {
        /// The operation that failed.
        what: &'static str,
        /// The operating system's error.
        source: std::io::Error,
    },
}

impl BuildError {
    fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// The Cargo profile to compile the functions with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Compiles quickly, and shares compiled dependencies with `cargo local` and `cargo test`.
    #[default]
    Dev,
    /// The profile of deployments to AWS. Takes minutes to compile.
    Release,
}

/// The archive of a function, or of another package that was built for Lambda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Name of the function or package.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Time at which the binary in the archive was built. If two archives of the same function have
    /// the same time, their content is the same.
    pub built: SystemTime,
}

/// Compiles all functions and the given `packages`. Packs each binary into
/// `target/local/lambda/<name>/bootstrap.zip`. Skips what is up to date. Returns all archives.
///
/// # Errors
/// When the source does not compile or an archive cannot be written.
pub async fn build(
    workspace: &Workspace,
    packages: &[String],
    profile: Profile,
    progress: &Progress,
) -> Result<Vec<Archive>, BuildError> {
    let mut functions = workspace.functions().map_err(BuildError::io("listing functions/"))?;
    if functions.is_empty() {
        return Err(BuildError::NoFunctions { directory: workspace.root().join("functions") });
    }
    functions.extend_from_slice(packages);
    let started = Instant::now();
    // The lock is held while compiling and packing. Other processes that call this function wait,
    // so none of them replaces a binary that is being packed, or an archive that is being written.
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

/// Packs each binary whose archive is out of date, on a thread for blocking work.
async fn pack(
    workspace: &Workspace,
    binaries: Vec<(String, PathBuf)>,
    progress: &Progress,
) -> Result<Vec<Archive>, BuildError> {
    let (artifacts, mut archives) = (workspace.artifacts(), Vec::new());
    let total = binaries.len() as u64;
    for (done, (name, binary)) in (0..).zip(binaries) {
        progress.advanced(Step::Package, done, total, &name);
        let path = artifacts.join(&name).join("bootstrap.zip");
        let packed = path.clone();
        let built = tokio::task::spawn_blocking(move || {
            archive::update(&binary, &packed).map_err(|source| BuildError::Pack { binary, source })
        })
        .await
        .map_err(|error| BuildError::Io { what: "packing", source: error.into() })??;
        archives.push(Archive { name, path, built });
    }
    progress.done(Step::Package, format!("{total} Lambda archives up to date"));
    Ok(archives)
}
