//! Builds functions with cargo-lambda, and packs them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::archive::{self, BOOTSTRAP, Compression};
use crate::cargo;
use crate::paths::{PathsError, Replacements};

/// The functions could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The paths that rustc has to replace could not be found.
    #[error(transparent)]
    Paths(#[from] PathsError),
    /// cargo-lambda failed, and has printed why.
    #[error("cargo-lambda failed: see its messages. docs/DEPLOYING.md says how to install it")]
    CargoLambda,
    /// A binary contains a path of this machine, so the same sources would give another binary on
    /// another machine.
    #[error(
        "{function} contains the path {}: a `rustflags` of a target in a Cargo configuration of \
         this machine keeps rustc from replacing it. Remove it, or build with another CARGO_HOME",
        .path.display()
    )]
    ContainsPath {
        /// The function's name.
        function: String,
        /// The path.
        path: PathBuf,
    },
    /// A binary could not be packed.
    #[error("packing {function} failed: {source}")]
    Pack {
        /// The function's name.
        function: String,
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
    /// An error of the operating system during the operation `what`.
    pub fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// A processor architecture that Lambda offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// Intel and AMD.
    X86_64,
}

impl Architecture {
    /// The option of cargo-lambda that selects this architecture.
    fn option(self) -> &'static str {
        match self {
            Self::Arm64 => "--arm64",
            Self::X86_64 => "--x86-64",
        }
    }
}

/// A compiler that cargo-lambda can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Compiler {
    /// Links with Zig, for the C library of `provided.al2023`.
    CargoZigbuild,
    /// Links with this machine's linker, for this machine's C library and architecture.
    Cargo,
}

impl Compiler {
    /// The name that cargo-lambda has for this compiler. It must be exact: a name that cargo-lambda
    /// does not know is no error, but selects `cargo-zigbuild`.
    fn name(self) -> &'static str {
        match self {
            Self::CargoZigbuild => "cargo-zigbuild",
            Self::Cargo => "cargo",
        }
    }
}

/// A build of functions with the release profile.
#[derive(Clone, Debug)]
pub struct Build {
    /// The directory of the workspace.
    pub root: PathBuf,
    /// The architecture to build for.
    pub architecture: Architecture,
    /// The compiler, which decides how the binaries are linked.
    pub compiler: Compiler,
    /// Absolute path of the directory that the archives are written to.
    pub output: PathBuf,
    /// Names of the packages; each has a binary of the same name.
    ///
    /// The bytes of each function depend on the whole list. Cargo compiles a dependency once for
    /// all packages, with every feature that any package enables. Cargo also links `crc-fast` as a
    /// shared library: if any package uses `crc-fast`, the dependencies of `crc-fast` are compiled
    /// in another way.
    pub functions: Vec<String>,
}

impl Build {
    /// Builds the functions, and writes each to `<output>/<function>/bootstrap.zip`.
    ///
    /// # Errors
    /// When this machine's paths cannot be found, cargo-lambda cannot be started or fails, a binary
    /// contains such a path, or an archive cannot be written.
    pub fn run(&self) -> Result<(), BuildError> {
        let replacements = Replacements::find(&self.root)?;
        let status = self.command(&replacements).status();
        if !status.map_err(BuildError::io("starting cargo-lambda"))?.success() {
            return Err(BuildError::CargoLambda);
        }
        self.functions.iter().try_for_each(|function| self.pack(function, &replacements))
    }

    /// The command for cargo-lambda, which writes each binary to `<output>/<function>/bootstrap`.
    ///
    /// Only the functions are selected, because the other packages of the workspace enable features
    /// of dependencies that the functions do not need.
    ///
    /// `--config` contains the flags of `replacements` for rustc; cargo-lambda adds a flag for the
    /// processor. Environment variables with flags are removed: they would replace these flags or
    /// add to them.
    fn command(&self, replacements: &Replacements) -> Command {
        let mut command = cargo::command();
        command.current_dir(&self.root).args(["lambda", "build", "--release", "--locked"]);
        command.args(["--output-format", "binary", self.architecture.option(), "--lambda-dir"]);
        command.arg(&self.output).args(["--compiler", self.compiler.name()]);
        for function in &self.functions {
            command.args(["--package", function, "--bin", function]);
        }
        // `--config` takes TOML, in which a list of strings is written as in JSON.
        let flags = serde_json::Value::from(replacements.flags());
        command.args(["--config", &format!("build.rustflags={flags}")]);
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        command.env_remove("CARGO_BUILD_RUSTFLAGS");
        command
    }

    /// Replaces a function's binary by its archive, unless the binary contains a path of this
    /// machine. The archive is written under another name and then renamed, so it is never
    /// incomplete.
    fn pack(&self, function: &str, replacements: &Replacements) -> Result<(), BuildError> {
        let binary = self.output.join(function).join(BOOTSTRAP);
        let bytes = std::fs::read(&binary).map_err(BuildError::io("reading a binary"))?;
        if let Some(path) = replacements.remaining(&bytes) {
            return Err(BuildError::ContainsPath { function: function.to_owned(), path });
        }
        let archive = binary.with_extension("zip");
        pack(&binary, &archive)
            .map_err(|source| BuildError::Pack { function: function.to_owned(), source })?;
        std::fs::remove_file(&binary).map_err(BuildError::io("removing a packed binary"))
    }
}

fn pack(binary: &Path, archive: &Path) -> zip::result::ZipResult<()> {
    let unfinished = archive.with_extension("unfinished");
    archive::pack(binary, File::create(&unfinished)?, Compression::Smallest)?;
    Ok(std::fs::rename(&unfinished, archive)?)
}
