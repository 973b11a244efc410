//! The archive that Lambda expects for a `provided.al2023` function: one executable named
//! `bootstrap`. See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html>.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use zip::CompressionMethod;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Packs `binary` into `archive`, unless the archive is up to date. Returns the binary's
/// modification time.
///
/// The archive gets its binary's modification time, and is up to date if the two times are equal.
/// The archive is written under another name and then renamed, so it is never incomplete.
pub(super) fn update(binary: &Path, archive: &Path) -> ZipResult<SystemTime> {
    let modified = binary.metadata()?.modified()?;
    if archive.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|it| it == modified) {
        return Ok(modified);
    }
    if let Some(directory) = archive.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let unfinished = archive.with_extension("unfinished");
    let file = write(binary, &unfinished)?;
    file.set_modified(modified)?;
    std::fs::rename(&unfinished, archive)?;
    Ok(modified)
}

fn write(binary: &Path, to: &Path) -> ZipResult<File> {
    // Level 1, the fastest: the archive is only used on this machine.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(File::create(to)?);
    writer.start_file("bootstrap", options)?;
    io::copy(&mut File::open(binary)?, &mut writer)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::unix::fs::MetadataExt as _;
    use std::time::Duration;

    use super::*;

    #[test]
    fn holds_one_executable_named_bootstrap() {
        let directory = tempfile::tempdir().unwrap();
        let (binary, archive) = (directory.path().join("f"), directory.path().join("f/b.zip"));
        let binary = binary.with_extension("bin");
        std::fs::write(&binary, b"\x7fELF").unwrap();
        update(&binary, &archive).unwrap();
        let mut read = zip::ZipArchive::new(File::open(&archive).unwrap()).unwrap();
        assert_eq!(read.len(), 1);
        let mut entry = read.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode().unwrap() & 0o777, 0o755);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"\x7fELF");
    }

    #[test]
    fn is_written_again_only_if_the_binary_has_changed() {
        let directory = tempfile::tempdir().unwrap();
        let (binary, archive) = (directory.path().join("f"), directory.path().join("b.zip"));
        std::fs::write(&binary, "one").unwrap();
        update(&binary, &archive).unwrap();
        let packed = || archive.metadata().unwrap().ino();
        let (first, built) = (packed(), update(&binary, &archive).unwrap());
        assert_eq!(packed(), first);
        let older = built - Duration::from_mins(1);
        File::options().write(true).open(&binary).unwrap().set_modified(older).unwrap();
        assert_eq!(update(&binary, &archive).unwrap(), older, "a rebuilt binary may be the older");
        assert_ne!(packed(), first);
    }

    #[test]
    fn missing_binary_leaves_no_archive() {
        let directory = tempfile::tempdir().unwrap();
        let archive = directory.path().join("b.zip");
        assert!(update(&directory.path().join("f"), &archive).is_err());
        assert!(!archive.exists());
    }
}
