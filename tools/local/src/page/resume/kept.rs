//! The file that keeps the port and the resume key of a checkout's page for the next run.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{private_file, random};

/// Name of the file with the port and the key. The file is in the directory of the local stack.
pub(in crate::page) const FILE: &str = "page-resume.json";

/// The content of the file.
#[derive(Serialize, Deserialize)]
pub(in crate::page) struct Kept {
    /// The port of the page in the last run.
    pub(in crate::page) port: u16,
    /// The resume key: 32 random bytes as hexadecimal digits.
    pub(in crate::page) key: String,
}

impl Kept {
    /// Creates the content for a new file, with a new key.
    pub(in crate::page) fn new(port: u16) -> io::Result<Self> {
        Ok(Self { port, key: random::hex::<32>()? })
    }

    /// Reads the file. Returns `None` if there is no file, if it is not valid, or if other users
    /// may have read it.
    pub(in crate::page) fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let is_private = file.metadata()?.mode() & 0o777 == 0o600;
        let kept = serde_json::from_slice(&text).ok();
        Ok(kept.filter(|kept: &Self| is_private && kept.key.len() == 64))
    }

    /// Writes the file.
    pub(in crate::page) fn write(&self, path: &Path) -> io::Result<()> {
        private_file::write(path, serde_json::to_string(self)?.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_kept_unless_others_may_know_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        assert!(Kept::read(&path).unwrap().is_none());
        let kept = Kept::new(4567).unwrap();
        assert_ne!(kept.key, Kept::new(4567).unwrap().key);
        kept.write(&path).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        let read = Kept::read(&path).unwrap().unwrap();
        assert_eq!((read.port, read.key), (4567, kept.key));

        set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(Kept::read(&path).unwrap().is_none());
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        for invalid in ["", "{}", r#"{"port":4567,"key":""}"#] {
            write(&path, invalid).unwrap();
            assert!(Kept::read(&path).unwrap().is_none(), "{invalid}");
        }
        assert!(Kept::read(directory.path()).is_err());
    }
}
