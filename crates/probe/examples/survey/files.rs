//! The files to measure.

use std::io;
use std::path::{Path, PathBuf};

/// Lists every file under a directory. The paths are relative to the directory, and sorted.
pub(crate) fn under(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in directory.read_dir()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                directories.push(entry.path());
            } else if kind.is_file() {
                files.extend(entry.path().strip_prefix(root).map(Path::to_path_buf));
            }
        }
    }
    files.sort();
    Ok(files)
}
