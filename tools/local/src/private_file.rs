//! Files and directories that no other user can read.

use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes a new file. Replaces an existing file at `path` instead of writing into it, because the
/// existing file may have other permissions or be open in another process.
///
/// # Errors
/// When the file cannot be created or written.
pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)
}

/// Creates a directory that no other user can read. Missing parents get the usual permissions.
///
/// # Errors
/// When the directory cannot be created or exists already.
pub(crate) fn create_directory(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    DirBuilder::new().mode(0o700).create(path)
}
