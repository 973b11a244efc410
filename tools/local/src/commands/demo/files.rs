//! What to upload.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::api::PREFIX;

/// An object to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    /// Its key, with `uploads/`.
    pub(super) key: String,
    pub(super) body: Body,
}

/// Where an object's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Bytes(Vec<u8>),
    File(PathBuf),
}

/// The files to upload are not there.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A path cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The directories hold no files.
    #[error("no files found: name files, or directories that hold some")]
    Empty,
    /// Two files would be one object.
    #[error("{} and {} would both be uploaded as {key}: name the directory that holds both instead", .first.display(), .second.display())]
    Twice {
        /// The key.
        key: String,
        /// One file.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
}

/// The files at `paths`, those in directories included. A file in a directory
/// gets its path below that directory as its key, any other one its name.
/// What begins with a dot is hidden and passed over.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Upload>, FilesError> {
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
    Ok(found.into_iter().map(|(key, path)| Upload { key, body: Body::File(path) }).collect())
}

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
        // A link is not followed to a directory: it could lead back up here.
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
    let key = format!("{PREFIX}{}", below.to_string_lossy());
    match found.insert(key.clone(), path.clone()) {
        Some(first) if first != path => Err(FilesError::Twice { key, first, second: path }),
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

    fn keys(paths: &[PathBuf]) -> Vec<String> {
        find(paths).unwrap().into_iter().map(|upload| upload.key).collect()
    }

    #[test]
    fn directories_are_searched_and_hidden_files_left_out() {
        let tree = tree(&["b/c d.jpg", "a.png", ".hidden", ".git/x"]);
        let expected = ["uploads/a.png", "uploads/b/c d.jpg"];
        assert_eq!(keys(&[tree.path().to_owned()]), expected);
    }

    #[test]
    fn file_is_uploaded_under_its_name() {
        let tree = tree(&["b/c.jpg"]);
        assert_eq!(keys(&[tree.path().join("b/c.jpg")]), ["uploads/c.jpg"]);
    }

    #[test]
    fn same_key_twice_is_refused_but_the_same_file_is_not() {
        let tree = tree(&["a/x.jpg", "b/x.jpg"]);
        let (a, b) = (tree.path().join("a"), tree.path().join("b"));
        assert!(matches!(find(&[a.clone(), b]), Err(FilesError::Twice { .. })));
        assert_eq!(keys(&[a.clone(), a.join("x.jpg")]), ["uploads/x.jpg"]);
    }

    #[test]
    fn link_to_a_directory_above_is_no_endless_walk() {
        let tree = tree(&["a/x.jpg"]);
        std::os::unix::fs::symlink(tree.path(), tree.path().join("a/up")).unwrap();
        assert_eq!(keys(&[tree.path().to_owned()]), ["uploads/a/x.jpg"]);
    }

    #[test]
    fn missing_and_empty_are_told_apart() {
        let directory = tree(&[]);
        let missing = directory.path().join("missing");
        assert!(find(&[missing]).unwrap_err().to_string().contains("missing cannot be read"));
        assert!(matches!(find(&[directory.path().to_owned()]), Err(FilesError::Empty)));
    }
}
