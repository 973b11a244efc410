//! The access key of an emulator's administrator.
//!
//! The emulator that this program starts gets a new key for each run. The key is kept in a file
//! that only the user can read, in the format of the AWS CLI.

use std::io;
use std::path::Path;

use aws_sdk_s3::config::Credentials;

use crate::{private_file, random};

/// An access key, and the secret to sign requests with.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// The key's id.
    pub id: String,
    /// The secret.
    pub secret: String,
    /// The session token, if the key is a temporary one.
    pub token: Option<String>,
}

impl AccessKey {
    /// Creates a key that nobody can guess.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub(crate) fn generate() -> io::Result<Self> {
        let id = format!("AKIA{}", random::hex::<8>()?.to_uppercase());
        let secret = random::hex::<24>()?;
        Ok(Self { id, secret, token: None })
    }

    /// Reads the key from the environment variables of the AWS CLI. If the id or the secret is not
    /// set, returns a key whose id and secret are `test`. Emulators accept that key by default.
    #[must_use]
    pub fn from_environment() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            (Some(id), Some(secret)) => Self { id, secret, token: variable("AWS_SESSION_TOKEN") },
            _ => Self { id: "test".to_owned(), secret: "test".to_owned(), token: None },
        }
    }

    /// Writes the key to a new file that only the user can read.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let Self { id, secret, .. } = self;
        let text =
            format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
        private_file::write(path, text.as_bytes())
    }

    /// Reads a key that [`AccessKey::write`] has written.
    ///
    /// # Errors
    /// When the file cannot be read or has no key.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.split_once('='));
            line.map(|(_, value)| value.trim().to_owned())
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no {name}")))
        };
        let (id, secret) = (value("aws_access_key_id")?, value("aws_secret_access_key")?);
        Ok(Self { id, secret, token: None })
    }

    /// The key for the AWS SDK.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        Credentials::new(&self.id, &self.secret, self.token.clone(), None, "local")
    }
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Omits the secret and the session token, so that they never reach a log.
        formatter.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn each_key_is_another_one() {
        let (one, other) = (AccessKey::generate().unwrap(), AccessKey::generate().unwrap());
        assert_ne!((&one.id, &one.secret), (&other.id, &other.secret));
        assert_eq!((one.id.len(), one.secret.len()), (20, 48));
        assert!(!format!("{one:?}").contains(&one.secret));
    }

    #[test]
    fn file_is_for_the_user_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        // Everyone can read the existing file. The new file must not inherit its permissions.
        std::fs::write(&path, "old").unwrap();
        let key = AccessKey::generate().unwrap();
        key.write(&path).unwrap();
        assert_eq!(AccessKey::read(&path).unwrap(), key);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
