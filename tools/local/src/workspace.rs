//! Where the project and its local files are.

use std::path::{Path, PathBuf};

use pulumi_program::{Checkout, NoCheckout};

/// The checkout of this project that the command works on.
///
/// What the local stack writes is under `target/local`, so that `cargo clean`
/// removes all of it.
#[derive(Debug, Clone)]
pub struct Workspace {
    checkout: Checkout,
}

impl Workspace {
    /// Finds the project as [`Checkout::find`] does.
    ///
    /// # Errors
    /// When no directory on the way up holds both `Pulumi.yaml` and `Cargo.toml`.
    pub fn find() -> Result<Self, NoCheckout> {
        Ok(Self { checkout: Checkout::find()? })
    }

    /// The directory of `Pulumi.yaml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.checkout.root()
    }

    /// The directory of everything that the local stack writes.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root().join("target/local")
    }

    /// The directory of the Lambda archives: `<function>/bootstrap.zip`.
    #[must_use]
    pub fn artifacts(&self) -> PathBuf {
        self.local().join("lambda")
    }

    /// The names of the Lambda functions, sorted: the packages in `functions/`.
    ///
    /// # Errors
    /// When `functions/` cannot be read.
    pub fn functions(&self) -> std::io::Result<Vec<String>> {
        self.checkout.functions()
    }
}
