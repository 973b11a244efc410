//! Installs Pillow, sharp and `ExifTool` below `target/oracles`, and reinstalls them when the
//! pinned versions change.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The directory with the scripts that run the oracles, and with the lists that pin their packages.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/survey/oracles");

/// The directory into which the packages are installed.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/oracles");

pub(super) fn pillow() -> Result<Command, Box<dyn Error>> {
    let directory = Path::new(TARGET).join("pillow");
    let list = Path::new(SOURCES).join("requirements.txt");
    let python = directory.join("bin/python");
    install(&directory, &[&list], |directory| {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(directory))?;
        let mut pip = Command::new(&python);
        run(pip.args(["-m", "pip", "install", "--quiet", "--require-hashes", "-r"]).arg(&list))
    })?;
    let mut command = Command::new(python);
    command.arg(Path::new(SOURCES).join("pillow.py"));
    Ok(command)
}

pub(super) fn sharp() -> Result<Command, Box<dyn Error>> {
    let packages = npm()?;
    let mut command = Command::new("node");
    command.arg(Path::new(SOURCES).join("sharp.mjs")).env("ORACLE_PACKAGES", packages);
    Ok(command)
}

/// The command that runs `ExifTool`, which needs Perl.
pub(super) fn exiftool() -> Result<Command, Box<dyn Error>> {
    let mut command = Command::new("perl");
    command.arg(npm()?.join("node_modules/exiftool-vendored.pl/bin/exiftool"));
    Ok(command)
}

/// The directory with the packages from npm.
fn npm() -> Result<PathBuf, Box<dyn Error>> {
    let directory = Path::new(TARGET).join("npm");
    let lists = ["package.json", "package-lock.json"].map(|list| Path::new(SOURCES).join(list));
    install(&directory, &[&lists[0], &lists[1]], |directory| {
        for list in &lists {
            fs::copy(list, directory.join(list.file_name().unwrap_or_default()))?;
        }
        run(Command::new("npm")
            .args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(directory))
    })?;
    Ok(directory)
}

/// Calls `packages` to install the packages in `lists` into `directory`. Does nothing if the last
/// installation there was from lists with the same content.
fn install(
    directory: &Path,
    lists: &[&Path],
    packages: impl FnOnce(&Path) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut wanted = Vec::new();
    for list in lists {
        wanted.extend(fs::read(list)?);
    }
    let done = directory.join("installed");
    if fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(directory)?;
    packages(directory)?;
    Ok(fs::write(done, wanted)?)
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let name = command.get_program().to_owned();
    let status = command.status().map_err(|error| missing(&name, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", name.display()).into()) }
}

/// The error message if `program` cannot be started.
pub(super) fn missing(program: &OsStr, error: &std::io::Error) -> String {
    format!("cannot start {}, which the oracle needs: {error}", program.display())
}
