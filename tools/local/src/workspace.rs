//! Where the project and its local files are.

use std::path::{Path, PathBuf};

/// The checkout of this project that the command works on.
///
/// What the local stack writes is under `target/local`, so that `cargo clean`
/// removes all of it.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

/// The project was not found.
#[derive(Debug, thiserror::Error)]
#[error("no Pulumi.yaml in {} or above it: run this inside a checkout of the project", .start.display())]
pub struct NoWorkspace {
    start: PathBuf,
}

impl Workspace {
    /// Finds the project from the package that Cargo runs, or else from the
    /// current directory, so that it works in any subdirectory.
    ///
    /// # Errors
    /// When no directory on the way up holds both `Pulumi.yaml` and `Cargo.toml`.
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
    /// When no directory on the way up holds both `Pulumi.yaml` and `Cargo.toml`.
    pub fn above(start: &Path) -> Result<Self, NoWorkspace> {
        start
            .ancestors()
            .find(|directory| {
                directory.join("Pulumi.yaml").is_file() && directory.join("Cargo.toml").is_file()
            })
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| NoWorkspace { start: start.to_owned() })
    }

    /// The directory of `Pulumi.yaml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of everything that the local stack writes.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root.join("target/local")
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
