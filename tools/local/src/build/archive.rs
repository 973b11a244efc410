//! Packs the binary of a function into an archive.

use std::fs::File;
use std::path::Path;
use std::time::SystemTime;

use build_functions::archive::{Compression, pack};
use zip::result::ZipResult;

/// Packs `binary` into `archive` if the archive is out of date. Returns the binary's modification
/// time.
///
/// The archive gets the modification time of its binary. As long as the two times are equal, the
/// archive is up to date. The archive is written under another name and then renamed, so it is
/// never incomplete.
pub(super) fn update(binary: &Path, archive: &Path) -> ZipResult<SystemTime> {
    let modified = binary.metadata()?.modified()?;
    if archive.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|it| it == modified) {
        return Ok(modified);
    }
    if let Some(directory) = archive.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let unfinished = archive.with_extension("unfinished");
    let file = pack(binary, File::create(&unfinished)?, Compression::Fastest)?;
    file.set_modified(modified)?;
    std::fs::rename(&unfinished, archive)?;
    Ok(modified)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;
    use std::time::Duration;

    use super::*;

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
