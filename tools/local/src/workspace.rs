//! Paths of the project and of its local files.

use std::path::{Path, PathBuf};

use pulumi_program::{Checkout, NoCheckout};

/// The checkout of this project that the command works on.
///
/// All files that the local stack writes are under `target/local`, so `cargo clean` removes them.
#[derive(Debug, Clone)]
pub struct Workspace {
    checkout: Checkout,
}

impl Workspace {
    /// Finds the project, so that commands work in any subdirectory. The search starts at the
    /// package that Cargo runs, or at the current directory if Cargo runs none.
    ///
    /// # Errors
    /// When neither the directory where the search starts nor one above it has both `Pulumi.yaml`
    /// and `Cargo.toml`.
    pub fn find() -> Result<Self, NoCheckout> {
        Ok(Self { checkout: Checkout::find()? })
    }

    /// The directory that contains `Pulumi.yaml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.checkout.root()
    }

    /// The directory that the local stack writes to.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root().join("target/local")
    }

    /// The directory of the Lambda archives, each at `<function>/bootstrap.zip`.
    #[must_use]
    pub fn artifacts(&self) -> PathBuf {
        self.local().join("lambda")
    }

    /// Lists the names of the Lambda functions, sorted. They are the packages in `functions/`.
    ///
    /// # Errors
    /// When `functions/` cannot be read.
    pub fn functions(&self) -> std::io::Result<Vec<String>> {
        self.checkout.functions()
    }
}
