//! The project's directory, and the names of its Lambda functions.

use std::io;
use std::path::{Path, PathBuf};

use crate::project_file::PROJECT_FILE;

/// A checkout of this project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    root: PathBuf,
}

/// The project was not found.
#[derive(Debug, thiserror::Error)]
#[error(
    "neither {} nor a directory above it has a Pulumi.yaml and a Cargo.toml: run this inside a \
     checkout of the project",
    .start.display()
)]
pub struct NoCheckout {
    start: PathBuf,
}

impl Checkout {
    /// Searches for the project upwards from the directory of the package that Cargo runs, or,
    /// without Cargo, from the current directory.
    ///
    /// # Errors
    /// When no searched directory has both `Pulumi.yaml` and `Cargo.toml`.
    pub fn find() -> Result<Self, NoCheckout> {
        let start = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_default();
        Self::above(&start)
    }

    /// Finds the project at `start` or above it.
    ///
    /// # Errors
    /// When neither `start` nor a directory above it has both `Pulumi.yaml` and `Cargo.toml`.
    pub fn above(start: &Path) -> Result<Self, NoCheckout> {
        start
            .ancestors()
            .find(|directory| {
                directory.join(PROJECT_FILE).is_file() && directory.join("Cargo.toml").is_file()
            })
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| NoCheckout { start: start.to_owned() })
    }

    /// The directory of `Pulumi.yaml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The names of the Lambda functions, sorted: the packages in `functions/`.
    ///
    /// # Errors
    /// When `functions/` cannot be read.
    pub fn functions(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.root.join("functions"))? {
            let entry = entry?;
            if entry.path().join("Cargo.toml").is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_it_looked() {
        let directory = tempfile::tempdir().unwrap();
        let error = Checkout::above(directory.path()).unwrap_err();
        assert!(error.to_string().contains(&directory.path().display().to_string()));
    }

    #[test]
    fn functions_are_the_packages_in_their_directory() {
        let directory = tempfile::tempdir().unwrap();
        for path in
            ["functions/b/Cargo.toml", "functions/a/Cargo.toml", "functions/notes/README.md"]
        {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let checkout = Checkout { root: directory.path().to_owned() };
        assert_eq!(checkout.functions().unwrap(), ["a", "b"]);
    }
}
