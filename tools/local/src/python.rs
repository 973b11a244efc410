//! The emulator's Python environment, made once and kept under `target/local`.
//!
//! `interpreter` finds a Python that is new enough, `environment` installs
//! the pinned packages for it.

mod environment;
mod interpreter;

pub use environment::Environment;
pub use interpreter::{Interpreter, Version};

use std::path::PathBuf;

/// No Python environment for the emulator.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// No interpreter was found.
    #[error(
        "Python {} or newer is needed for the AWS emulator and none was found: install Python 3 (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python)",
        Version::OLDEST
    )]
    Missing,
    /// Only interpreters that are too old were found.
    #[error("Python {} or newer is needed for the AWS emulator; the newest found is {newest} ({}): install a newer one beside it", Version::OLDEST, .path.display())]
    TooOld {
        /// The newest version that was found.
        newest: Version,
        /// Where it was found.
        path: PathBuf,
    },
    /// The interpreter cannot install packages.
    #[error("{} can install no packages: it has neither venv nor pip nor virtualenv. Install them (Debian and Ubuntu: apt install python3-venv; Fedora: dnf install python3-pip)", .path.display())]
    NoInstaller {
        /// The interpreter.
        path: PathBuf,
    },
    /// An installer ended with an error.
    #[error(
        "installing the AWS emulator failed: {command} says:\n{output}\nCheck the network and pip's configuration, then run the command again"
    )]
    Install {
        /// The command, without its arguments that are paths.
        command: &'static str,
        /// The last lines of what it printed.
        output: String,
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

impl PythonError {
    /// For `map_err`: says what was tried.
    fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}
