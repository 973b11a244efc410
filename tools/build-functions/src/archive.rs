//! The archive that Lambda expects for a `provided.al2023` function: one executable named
//! `bootstrap`. See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html>.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// Name of the executable in the archive.
pub const BOOTSTRAP: &str = "bootstrap";

/// The effort that goes into compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// For an archive that stays on this machine.
    Fastest,
    /// For an archive that is uploaded.
    Smallest,
}

impl Compression {
    /// Compression level of deflate, 1 to 9.
    fn level(self) -> i64 {
        match self {
            Self::Fastest => 1,
            Self::Smallest => 9,
        }
    }
}

/// Packs the executable `binary` into an archive that is written to `to`, and returns `to`.
///
/// The archive depends on nothing but the bytes of `binary` and the compression. It does not have
/// the time and mode of the file `binary`. The time in the archive is always 1 January 1980, the
/// earliest that the format can express, and the mode is always 755.
///
/// # Errors
/// When `binary` cannot be read or `to` cannot be written.
pub fn pack<W: Write + Seek>(binary: &Path, to: W, compression: Compression) -> ZipResult<W> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(compression.level()))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(to);
    writer.start_file(BOOTSTRAP, options)?;
    io::copy(&mut File::open(binary)?, &mut writer)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::io::{Cursor, Read as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn holds_one_executable_named_bootstrap() {
        let directory = tempfile::tempdir().unwrap();
        let binary = directory.path().join("f");
        std::fs::write(&binary, b"\x7fELF").unwrap();
        let archive = pack(&binary, Cursor::new(Vec::new()), Compression::Fastest).unwrap();
        let mut read = zip::ZipArchive::new(archive).unwrap();
        assert_eq!(read.len(), 1);
        let mut entry = read.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode().unwrap() & 0o777, 0o755);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"\x7fELF");
    }

    #[test]
    fn neither_time_nor_mode_nor_name_of_the_binary_changes_the_archive() {
        let directory = tempfile::tempdir().unwrap();
        let packed = |name: &str, mode: u32, age: Duration| {
            let binary = directory.path().join(name);
            std::fs::write(&binary, [7; 10_000]).unwrap();
            let file = File::options().write(true).open(&binary).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
            std::fs::set_permissions(&binary, Permissions::from_mode(mode)).unwrap();
            pack(&binary, Cursor::new(Vec::new()), Compression::Smallest).unwrap().into_inner()
        };
        let today = packed("one", 0o755, Duration::ZERO);
        assert_eq!(packed("two", 0o700, Duration::from_hours(100_000)), today);
    }
}
