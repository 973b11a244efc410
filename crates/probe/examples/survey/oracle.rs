//! Oracles: other programs that read images. The survey compares the facts that an oracle states
//! with the facts that the probe states.
//!
//! Each oracle states the facts that it knows, under the names of the facts in the API's JSON.
//! Pinned versions of Pillow, sharp and `ExifTool` are installed below `target/oracles`. Chromium
//! or Chrome has to be on the PATH.

mod chromium;
mod comparison;
mod exiftool;
mod install;
mod lines;

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Map, Value};

/// The facts that an oracle states about a file, or the oracle's error.
type Facts = Result<Map<String, Value>, String>;

/// A program with which the probe is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Oracle {
    /// Pillow, with its plugin for HEIF: dimensions, orientation, color space, frames, pages.
    Pillow,
    /// sharp, which uses libvips: dimensions, orientation, alpha, interlacing, density, frames,
    /// pages.
    Sharp,
    /// `ExifTool`: dimensions, EXIF metadata, color space, ICC profile, density, frames.
    Exiftool,
    /// Chromium or Chrome: dimensions with the orientation applied.
    Chromium,
}

impl Oracle {
    /// The facts that the oracle states about each file.
    fn facts(self, root: &Path, files: &[PathBuf]) -> Result<Vec<Facts>, Box<dyn Error>> {
        let paths: Vec<PathBuf> = files.iter().map(|file| root.join(file)).collect();
        let facts = match self {
            Self::Pillow => lines::answers(install::pillow()?, &paths)?,
            Self::Sharp => lines::answers(install::sharp()?, &paths)?,
            Self::Exiftool => exiftool::facts(install::exiftool()?, &paths)?,
            Self::Chromium => chromium::facts(&paths)?,
        };
        if facts.len() == files.len() {
            return Ok(facts);
        }
        Err(format!("{self:?} answered for {} of {} files", facts.len(), files.len()).into())
    }
}

/// Compares the facts that the oracle states about each file with the facts that the probe states,
/// and prints how many are equal. If `verbose`, lists those that are not equal.
pub(crate) fn compare(
    oracle: Oracle,
    root: &Path,
    files: &[PathBuf],
    verbose: bool,
) -> Result<(), Box<dyn Error>> {
    let root = root.canonicalize()?;
    let facts = oracle.facts(&root, files)?;
    comparison::print(&root, files, &facts, verbose)
}
