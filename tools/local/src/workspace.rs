//! Paths of the project and of its local files.

use std::path::{Path, PathBuf};

/// The checkout of this project that the command works on.
///
/// All files that the local stack writes are under `target/local`, so `cargo clean` removes them.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

/// No directory contains the project.
#[derive(Debug, thiserror::Error)]
#[error(
    "neither {} nor a directory above it has a Pulumi.yaml and a Cargo.toml: run this inside a \
     checkout of the project",
    .start.display()
)]
pub struct NoWorkspace {
    start: PathBuf,
}

impl Workspace {
    /// Finds the project that contains the package that Cargo runs or, without Cargo, the current
    /// directory. So commands work in any subdirectory.
    ///
    /// # Errors
    /// When neither that directory nor any above it contains both `Pulumi.yaml` and `Cargo.toml`.
    pub fn find() -> Result<Self, NoWorkspace> {
        let start = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_default();
        Self::above(&start)
    }

    /// Finds the project at `start` or above it.
    ///
    /// # Errors
    /// When neither `start` nor any directory above it contains both `Pulumi.yaml` and
    /// `Cargo.toml`.
    pub fn above(start: &Path) -> Result<Self, NoWorkspace> {
        start
            .ancestors()
            .find(|directory| {
                directory.join("Pulumi.yaml").is_file() && directory.join("Cargo.toml").is_file()
            })
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| NoWorkspace { start: start.to_owned() })
    }

    /// The directory that contains `Pulumi.yaml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory that the local stack writes to.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root.join("target/local")
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
    fn is_found_from_a_subdirectory() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("crates/inner");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(directory.path().join("Pulumi.yaml"), "").unwrap();
        std::fs::write(directory.path().join("Cargo.toml"), "").unwrap();
        let workspace = Workspace::above(&inner).unwrap();
        assert_eq!(workspace.root(), directory.path());
    }

    #[test]
    fn says_where_it_looked() {
        let directory = tempfile::tempdir().unwrap();
        let error = Workspace::above(directory.path()).unwrap_err();
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
        let workspace = Workspace { root: directory.path().to_owned() };
        assert_eq!(workspace.functions().unwrap(), ["a", "b"]);
    }
}
