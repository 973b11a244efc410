//! The emulator's Python environment, installed once and kept under `target/local`.
//!
//! `interpreter` finds a Python that is new enough, and `environment` installs the pinned packages
//! for it.

mod environment;
mod interpreter;

use std::path::PathBuf;

pub use self::environment::Environment;
pub use self::interpreter::{Interpreter, Version};

/// The emulator's Python environment could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// No interpreter was found.
    #[error(
        "the AWS emulator needs Python {} or newer, and none was found: install Python 3 (Debian \
         and Ubuntu: apt install python3 python3-venv; macOS: brew install python)",
        Version::OLDEST
    )]
    Missing,
    /// Only interpreters that are too old were found.
    #[error(
        "the AWS emulator needs Python {} or newer, and the newest found is {newest} ({}): install \
         a newer version alongside it",
        Version::OLDEST,
        .path.display()
    )]
    TooOld {
        /// The newest version that was found.
        newest: Version,
        /// The path of the newest interpreter.
        path: PathBuf,
    },
    /// The interpreter cannot install packages.
    #[error(
        "{} cannot install packages: it has no usable venv, virtualenv or pip. Install one \
         (Debian and Ubuntu: apt install python3-venv; Fedora: dnf install python3-pip)",
        .path.display()
    )]
    NoInstaller {
        /// The path of the interpreter.
        path: PathBuf,
    },
    /// An installer exited with an error.
    #[error(
        "installing the AWS emulator failed. The output of {command}:\n{output}\n\
         Check the network connection and pip's configuration, then run the command again"
    )]
    Install {
        /// The name of the installer.
        command: &'static str,
        /// The last lines that the installer printed.
        output: String,
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

impl PythonError {
    fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}
