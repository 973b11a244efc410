//! The paths of this machine that rustc would write into a binary, and what it writes instead.
//!
//! Cargo has a profile setting for this, `trim-paths`, which is unstable in the versions of Rust
//! that build this project:
//! <https://doc.rust-lang.org/cargo/reference/unstable.html#profile-trim-paths-option>.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use memchr::memmem;
use serde::Deserialize;

use crate::cargo;

/// The paths could not be found.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    /// A program could not be started.
    #[error("starting `{program}` failed: {source}")]
    Start {
        /// The program with its arguments.
        program: &'static str,
        /// The cause.
        source: std::io::Error,
    },
    /// A program failed.
    #[error("`{program}` failed: {message}")]
    Failed {
        /// The program with its arguments.
        program: &'static str,
        /// The text that the program wrote to standard error.
        message: String,
    },
    /// The output of a program lacks a part that it should contain.
    #[error(
        "the output of `{program}` has no {lacking}: use the Rust version of .github/rust-version"
    )]
    Output {
        /// The program with its arguments.
        program: &'static str,
        /// The missing part of the output.
        lacking: String,
    },
}

/// Directories of this machine, each with the path that replaces it in a binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacements(Vec<Replacement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Replacement {
    from: PathBuf,
    to: String,
    /// Folders in `from`. If rustc did not replace `from`, the binary contains `from` followed by
    /// one of these folders. A search for only `from` would find too much: a checkout in `/src`
    /// would be found in `/crates/bytes-1.0.0/src/lib.rs`. For a directory in `CARGO_HOME`, `from`
    /// suffices, so the list has only the empty text.
    contents: &'static [&'static str],
}

impl Replacements {
    /// Finds the directories that hold sources:
    ///
    /// - the sources of crates in `CARGO_HOME`,
    /// - the checkout,
    /// - the build directory, into which build scripts write,
    /// - the standard library's sources, which only some toolchains have.
    ///
    /// # Errors
    /// When Cargo or rustc cannot be run or fails, or its output is incomplete.
    pub fn find(root: &Path) -> Result<Self, PathsError> {
        let mut cargo = cargo::command();
        cargo.current_dir(root).args(["metadata", "--format-version", "1", "--locked"]);
        let metadata = text(cargo, "cargo metadata")?;
        let version = text(rustc(root, &["--version", "--verbose"]), "rustc -vV")?;
        let sysroot = text(rustc(root, &["--print", "sysroot"]), "rustc --print sysroot")?;
        Self::read(&metadata, &version, &sysroot)
    }

    /// The replacements that follow from the outputs of `cargo metadata`, `rustc -vV` and
    /// `rustc --print sysroot`.
    fn read(metadata: &str, version: &str, sysroot: &str) -> Result<Self, PathsError> {
        let metadata: Metadata = serde_json::from_str(metadata).map_err(|error| {
            PathsError::Output { program: "cargo metadata", lacking: error.to_string() }
        })?;
        let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
        let commit = commit.ok_or_else(|| PathsError::Output {
            program: "rustc -vV",
            lacking: "commit-hash".to_owned(),
        })?;
        let registries: BTreeSet<_> =
            metadata.packages.iter().filter_map(Package::parent).collect();
        let replacement = |from: &Path, to: &str, contents| Replacement {
            from: from.to_owned(),
            to: to.to_owned(),
            contents,
        };
        let (root, target) = (metadata.workspace_root, metadata.target_directory);
        // If a file is in several of these directories, rustc applies the flag that comes last. The
        // build directory may be in the checkout, so the build directory's flag comes later.
        let mut replacements = vec![replacement(&root, "/pixgauge", &["crates/", "functions/"])];
        let targets = &["aarch64-unknown-linux-gnu/", "x86_64-unknown-linux-gnu/"];
        replacements.push(replacement(&target, "/pixgauge/target", targets));
        replacements.extend(registries.into_iter().map(|it| replacement(it, "/crates", &[""])));
        // A toolchain without the standard library's sources writes `/rustc/COMMIT` into binaries.
        // A toolchain with these sources would write their directory instead.
        let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
        replacements.push(replacement(&library, &format!("/rustc/{commit}"), &["library/"]));
        Ok(Self(replacements))
    }

    /// The flags for rustc, one for each replacement.
    #[must_use]
    pub fn flags(&self) -> Vec<String> {
        let flag = |Replacement { from, to, .. }: &Replacement| {
            format!("--remap-path-prefix={}={to}", from.display())
        };
        self.0.iter().map(flag).collect()
    }

    /// A path that `binary` contains although [`Self::flags`] should have replaced it; `None` if
    /// there is none.
    #[must_use]
    pub fn remaining(&self, binary: &[u8]) -> Option<PathBuf> {
        let replaced = self.0.iter().filter(|it| it.from != Path::new(&it.to));
        let paths = replaced.flat_map(|it| it.contents.iter().map(|below| it.from.join(below)));
        let contained =
            |path: &PathBuf| memmem::find(binary, path.as_os_str().as_encoded_bytes()).is_some();
        paths.into_iter().find(contained)
    }
}

/// The output of `cargo metadata`, with only the fields that are read. See
/// <https://doc.rust-lang.org/cargo/commands/cargo-metadata.html>.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
    source: Option<String>,
}

impl Package {
    /// The directory that contains the package's own directory; `None` for a package of this
    /// project.
    fn parent(&self) -> Option<&Path> {
        self.source.as_ref().and_then(|_| self.manifest_path.parent()?.parent())
    }
}

fn rustc(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.current_dir(root).args(arguments);
    command
}

fn text(mut command: Command, program: &'static str) -> Result<String, PathsError> {
    let output = command.output().map_err(|source| PathsError::Start { program, source })?;
    let Output { status, stdout, stderr } = output;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&stderr).trim().to_owned();
    Err(PathsError::Failed { program, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
        "packages": [
            {"manifest_path": "/home/me/pixgauge/crates/api/Cargo.toml", "source": null},
            {"manifest_path": "/home/me/.cargo/registry/src/index/serde-1.0.0/Cargo.toml",
             "source": "registry+https://github.com/rust-lang/crates.io-index"},
            {"manifest_path": "/home/me/.cargo/registry/src/index/bytes-1.0.0/Cargo.toml",
             "source": "registry+https://github.com/rust-lang/crates.io-index"}
        ],
        "workspace_root": "/home/me/pixgauge",
        "target_directory": "/home/me/pixgauge/target"
    }"#;

    fn replacements() -> Replacements {
        Replacements::read(METADATA, "rustc 1.95.0\ncommit-hash: 5980\n", "/home/me/rust\n")
            .unwrap()
    }

    #[test]
    fn the_innermost_directory_comes_last() {
        let expected = [
            "--remap-path-prefix=/home/me/pixgauge=/pixgauge",
            "--remap-path-prefix=/home/me/pixgauge/target=/pixgauge/target",
            "--remap-path-prefix=/home/me/.cargo/registry/src/index=/crates",
            "--remap-path-prefix=/home/me/rust/lib/rustlib/src/rust=/rustc/5980",
        ];
        assert_eq!(replacements().flags(), expected);
    }

    #[test]
    fn a_directory_in_a_binary_is_found() {
        let replacements = replacements();
        let found =
            replacements.remaining(b"\0/home/me/.cargo/registry/src/index/serde-1.0.0/a.rs");
        assert_eq!(found, Some("/home/me/.cargo/registry/src/index/".into()));
        let found =
            replacements.remaining(b"/home/me/pixgauge/target/x86_64-unknown-linux-gnu/a.rs");
        assert_eq!(found, Some("/home/me/pixgauge/target/x86_64-unknown-linux-gnu/".into()));
        assert_eq!(replacements.remaining(b"\0/crates/serde-1.0.0/a.rs"), None);
    }

    #[test]
    fn a_short_directory_is_not_found_in_the_paths_of_crates() {
        for root in ["/src", "/pixgauge"] {
            let metadata = METADATA.replace("/home/me/pixgauge", root);
            let replacements = Replacements::read(&metadata, "commit-hash: 5980", "/rust").unwrap();
            let binary = b"/crates/bytes-1.0.0/src/target/a.rs/pixgauge/crates/b.rs";
            assert_eq!(replacements.remaining(binary), None, "{root}");
        }
    }

    #[test]
    fn what_cargo_or_rustc_does_not_say_is_named() {
        let error = Replacements::read("{}", "", "").unwrap_err().to_string();
        assert!(error.contains("`cargo metadata`") && error.contains("`packages`"), "{error}");
        let error = Replacements::read(METADATA, "rustc 1.95.0", "").unwrap_err().to_string();
        assert!(error.contains("`rustc -vV` has no commit-hash"), "{error}");
    }

    #[test]
    fn this_checkout_has_all_four_kinds() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let flags = Replacements::find(&root).unwrap().flags();
        for to in ["=/pixgauge", "=/pixgauge/target", "=/crates"] {
            assert!(flags.iter().any(|flag| flag.ends_with(to)), "{to}: {flags:?}");
        }
        assert!(flags.iter().any(|flag| flag.contains("=/rustc/")), "{flags:?}");
    }
}
