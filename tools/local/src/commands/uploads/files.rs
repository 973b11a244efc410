//! Files to upload, collected from the command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use contract::KeyPrefix;

/// A file to upload. Its name is not a key yet, because it lacks the stack's key prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) struct File {
    /// The last part of the object's key. [`File::under`] puts the stack's key prefix and a folder
    /// before it. The folder may be empty.
    pub(in crate::commands) name: String,
    pub(in crate::commands) body: Body,
}

/// An object to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) struct Upload {
    /// Key, including the stack's key prefix.
    pub(in crate::commands) key: String,
    pub(in crate::commands) body: Body,
}

impl File {
    /// Returns the object to upload to a stack with this key prefix. The object's key is the
    /// prefix, `folder` and the file's name. `folder` may be empty.
    pub(in crate::commands) fn under(self, prefix: &KeyPrefix, folder: &str) -> Upload {
        let Self { name, body } = self;
        let folder = folder.trim_matches('/');
        let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        Upload { key: prefix.key(&name), body }
    }
}

/// Content of an object, in memory or in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) enum Body {
    Bytes(Vec<u8>),
    File(PathBuf),
}

/// Files to upload are missing or unreadable, or two of them would get the same name.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file or directory cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Read {
        /// Path of the file or directory.
        path: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// There are no files to upload.
    #[error("no files to upload: pass files, or directories that contain files")]
    Empty,
    /// Two files would get the same name.
    #[error("{} and {} would both be uploaded as {name}: pass a directory that contains both instead", .first.display(), .second.display())]
    DuplicateName {
        /// The name, without the stack's key prefix.
        name: String,
        /// One file.
        first: PathBuf,
        /// The other file.
        second: PathBuf,
    },
}

/// Finds the files at `paths`. Searches directories recursively. In a directory, skips names that
/// begin with a dot.
///
/// A file that is itself in `paths` is named by its file name. A file in a directory of `paths` is
/// named by its path relative to that directory.
pub(in crate::commands) fn find(paths: &[PathBuf]) -> Result<Vec<File>, FilesError> {
    let mut found = BTreeMap::new();
    for path in paths {
        let metadata = path.metadata().map_err(|source| read_error(path, source))?;
        if metadata.is_dir() {
            walk(path, path, &mut found)?;
        } else {
            let parent = path.parent().unwrap_or(Path::new(""));
            add(parent, path.clone(), &mut found)?;
        }
    }
    if found.is_empty() {
        return Err(FilesError::Empty);
    }
    Ok(found.into_iter().map(|(name, path)| File { name, body: Body::File(path) }).collect())
}

/// Adds the files in `directory`, with names relative to `top`.
fn walk(
    top: &Path,
    directory: &Path,
    found: &mut BTreeMap<String, PathBuf>,
) -> Result<(), FilesError> {
    let failed = |source| read_error(directory, source);
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // A symbolic link to a directory is not followed: it could lead back here, without end.
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            walk(top, &entry.path(), found)?;
        } else if entry.path().is_file() {
            add(top, entry.path(), found)?;
        }
    }
    Ok(())
}

fn add(top: &Path, path: PathBuf, found: &mut BTreeMap<String, PathBuf>) -> Result<(), FilesError> {
    let below = path.strip_prefix(top).unwrap_or(&path);
    let name = below.to_string_lossy().into_owned();
    match found.insert(name.clone(), path.clone()) {
        Some(first) if first != path => {
            Err(FilesError::DuplicateName { name, first, second: path })
        }
        _ => Ok(()),
    }
}

fn read_error(path: &Path, source: std::io::Error) -> FilesError {
    FilesError::Read { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(names: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        directory
    }

    fn names(paths: &[PathBuf]) -> Vec<String> {
        find(paths).unwrap().into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn directories_are_searched_without_hidden_files_and_links_to_directories() {
        let tree = tree(&["b/c d.jpg", "a.png", ".hidden", ".git/x"]);
        std::os::unix::fs::symlink(tree.path(), tree.path().join("b/up")).unwrap();
        assert_eq!(names(&[tree.path().to_owned()]), ["a.png", "b/c d.jpg"]);
        assert_eq!(names(&[tree.path().join("b/c d.jpg")]), ["c d.jpg"]);
    }

    #[test]
    fn prefix_and_folder_come_before_the_name() {
        let key = |folder: &str| {
            let file = File { name: "a.png".to_owned(), body: Body::Bytes(Vec::new()) };
            file.under(&"photos/".parse().unwrap(), folder).key
        };
        assert_eq!(key(""), "photos/a.png");
        assert_eq!(key("/holiday/2026/"), "photos/holiday/2026/a.png");
    }

    #[test]
    fn two_files_of_one_key_are_refused_but_one_file_twice_is_not() {
        let tree = tree(&["a/x.jpg", "b/x.jpg"]);
        let (a, b) = (tree.path().join("a"), tree.path().join("b"));
        assert!(matches!(find(&[a.clone(), b]), Err(FilesError::DuplicateName { .. })));
        assert_eq!(names(&[a.clone(), a.join("x.jpg")]), ["x.jpg"]);
    }

    #[test]
    fn missing_and_empty_are_told_apart() {
        let directory = tree(&[]);
        let missing = directory.path().join("missing");
        assert!(find(&[missing]).unwrap_err().to_string().contains("missing cannot be read"));
        assert!(matches!(find(&[directory.path().to_owned()]), Err(FilesError::Empty)));
    }
}
