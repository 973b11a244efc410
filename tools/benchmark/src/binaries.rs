//! The binaries to measure: built with the release profile, or taken from a given directory.

use std::fs::File;
use std::io::{self, Cursor};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use build_functions::archive::{self, Compression};
use zip::ZipArchive;

use crate::error::BenchmarkError;
use crate::workload::EMPTY_FUNCTION;

/// Sizes of a function, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Size of the executable.
    pub(crate) binary: u64,
    /// Size of the archive that is uploaded to Lambda.
    pub(crate) zip: u64,
}

/// Returns, for each package, the directory that has its binary: the build's output directory if
/// the package is built, and otherwise `given`.
///
/// Without `given`, all packages are built. With `given`, at most the empty function is built: no
/// deployment contains it, so `given` may lack it.
pub(crate) fn places<'a>(
    root: &Path,
    given: Option<&Path>,
    packages: &[&'a str],
) -> Result<Vec<(&'a str, PathBuf)>, BenchmarkError> {
    let is_given = |name: &str| {
        given.is_some_and(|directory| name != EMPTY_FUNCTION || find(directory, name).is_some())
    };
    let (found, missing): (Vec<_>, Vec<_>) = packages.iter().partition(|name| is_given(name));
    // The empty function is built separately. In a single build, the empty function's dependencies
    // would get features that only the other functions need.
    let (empty_function, functions): (Vec<_>, Vec<_>) =
        missing.iter().partition(|name| **name == EMPTY_FUNCTION);
    for packages in [functions, empty_function] {
        if !packages.is_empty() {
            build(root, &packages)?;
        }
    }
    let found = found.into_iter().map(|name| (name, given.unwrap_or(root).to_owned()));
    let built = missing.into_iter().map(|name| (name, target(root).join("release")));
    Ok(found.chain(built).collect())
}

fn build(root: &Path, packages: &[&str]) -> Result<(), BenchmarkError> {
    let packages = packages.iter().flat_map(|name| ["--package", name]);
    let mut command = build_functions::cargo::command();
    command.current_dir(root).args(["build", "--release", "--locked", "--target-dir"]);
    command.arg(target(root)).args(packages);
    let status = command.status().map_err(BenchmarkError::io("starting cargo"))?;
    if status.success() { Ok(()) } else { Err(BenchmarkError::Build) }
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Puts a function's executable into `to` under the name `bootstrap`, the name that Lambda runs.
/// Measures the executable and its archive.
pub(crate) fn unpack(directory: &Path, function: &str, to: &Path) -> Result<Sizes, BenchmarkError> {
    let file = find(directory, function).ok_or_else(|| BenchmarkError::NoBinary {
        function: function.to_owned(),
        directory: directory.to_owned(),
    })?;
    let bootstrap = to.join("bootstrap");
    let zip = if file.extension().is_some_and(|extension| extension == "zip") {
        extract(&file, &bootstrap).and_then(|()| Ok(file.metadata()?.len()))
    } else {
        std::fs::copy(&file, &bootstrap).map_err(Into::into).and_then(|_| packed(&bootstrap))
    };
    let zip = zip.map_err(|source| BenchmarkError::Zip { file, source })?;
    let binary = bootstrap.metadata().map_err(BenchmarkError::io("measuring a binary"))?.len();
    Ok(Sizes { binary, zip })
}

fn find(directory: &Path, function: &str) -> Option<PathBuf> {
    let folder = directory.join(function);
    [folder.join("bootstrap.zip"), folder.join("bootstrap"), folder]
        .into_iter()
        .find(|file| file.is_file())
}

fn extract(archive: &Path, to: &Path) -> zip::result::ZipResult<()> {
    let mut archive = ZipArchive::new(File::open(archive)?)?;
    io::copy(&mut archive.by_name("bootstrap")?, &mut File::create(to)?)?;
    Ok(std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o755))?)
}

/// Size in bytes of the archive that `cargo build-functions` would make of the executable.
fn packed(binary: &Path) -> zip::result::ZipResult<u64> {
    let archive = archive::pack(binary, Cursor::new(Vec::new()), Compression::Smallest)?;
    Ok(archive.into_inner().len() as u64)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::CompressionMethod;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn write(directory: &Path, name: &str, bytes: &[u8]) {
        let file = directory.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    #[test]
    fn a_binary_is_found_in_the_layouts_of_cargo_and_of_cargo_lambda() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(from.path(), "plain", &[7; 10_000]);
        write(from.path(), "folder/bootstrap", &[7; 10_000]);
        for function in ["plain", "folder"] {
            let sizes = unpack(from.path(), function, to.path()).unwrap();
            assert_eq!(sizes.binary, 10_000);
            assert!(sizes.zip < 300, "{sizes:?}");
        }
        let missing = unpack(from.path(), "other", to.path()).unwrap_err().to_string();
        assert!(missing.contains("other/bootstrap.zip"), "{missing}");
    }

    #[test]
    fn an_archive_is_measured_without_repacking() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file("bootstrap", stored).unwrap();
        io::copy(&mut io::repeat(7).take(5_000), &mut writer).unwrap();
        write(from.path(), "packed/bootstrap.zip", &writer.finish().unwrap().into_inner());
        let sizes = unpack(from.path(), "packed", to.path()).unwrap();
        assert_eq!(sizes.binary, 5_000);
        assert!(sizes.zip > 5_000, "{sizes:?}");
        let mode = to.path().join("bootstrap").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111);
    }
}
