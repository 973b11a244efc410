//! The key prefix of the objects that a stack measures.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest key that S3 accepts, in bytes of UTF-8
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
pub const MAX_KEY_BYTES: usize = 1024;

/// Longest prefix, in bytes. At least 32 bytes of a key remain for the name that follows the
/// prefix: enough for a random name, 128 bits in hexadecimal.
const MAX_PREFIX_BYTES: usize = MAX_KEY_BYTES - 32;

/// Prefix of the keys of the objects that a stack measures, such as `uploads/`, from the stack's
/// configuration `keyPrefix`. All other keys of the bucket are ignored.
///
/// The prefix is part of IAM policies, event patterns, log queries and JSON documents. In all of
/// these, each of its characters must stand for itself. [`KeyPrefixError`] has the reason for each
/// character that is refused.
///
/// A test checks that `pulumi/Main.yaml` refuses the same texts in `pulumi preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyPrefix(String);

/// Text that cannot be a stack's key prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyPrefixError {
    /// The text is empty.
    #[error("the key prefix must not be empty: name a folder, such as uploads/")]
    Empty,
    /// The text does not end with a slash. `uploads` would also select `uploads-old/`.
    #[error("the key prefix must end with a slash, so that it selects one folder and no other")]
    NoSlashAtEnd,
    /// The text begins with a slash. S3 keeps the slash, so the keys would be in a folder without a
    /// name.
    #[error("the key prefix must not begin with a slash: S3 keys do not begin with one")]
    SlashAtStart,
    /// One of the folders is named `.` or `..`. HTTP clients resolve these in a presigned URL (RFC
    /// 3986, section 5.2.4).
    #[error("the key prefix must not contain a folder named . or .., which HTTP clients resolve")]
    DotSegment,
    /// A wildcard of IAM
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>).
    #[error("the key prefix must not contain {0:?}, which is a wildcard in IAM policies")]
    Wildcard(
        /// The character.
        char,
    ),
    /// A `$`, with which policy variables of IAM begin
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
    #[error("the key prefix must not contain '$', which begins a variable in IAM policies")]
    Variable,
    /// A `#`. In the table, the keys of items that are not about an object begin with `#`, such as
    /// `#totals/0`.
    #[error("the key prefix must not contain '#', which begins keys of the table's own items")]
    Hash,
    /// A quotation mark, a backquote or a backslash.
    #[error("the key prefix must not contain {0:?}, which ends or escapes text in queries")]
    Quote(
        /// The character.
        char,
    ),
    /// A control character. Most ASCII control characters cannot occur in XML, the format of S3's
    /// listings (<https://www.w3.org/TR/xml/#charsets>).
    #[error("the key prefix must not contain a control character such as {0:?}")]
    Control(
        /// The character.
        char,
    ),
    /// A character beyond ASCII. An IAM policy cannot contain characters beyond U+00FF
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>). AWS does not
    /// document how IAM matches the characters U+0080 to U+00FF.
    #[error("the key prefix must consist of ASCII characters, for IAM policies; {0:?} is not one")]
    NotAscii(
        /// The character.
        char,
    ),
    /// The text is too long.
    #[error(
        "the key prefix must have at most {MAX_PREFIX_BYTES} bytes, not {bytes}, because a key of \
         S3 has at most {MAX_KEY_BYTES}"
    )]
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
    },
}

impl KeyPrefix {
    /// The prefix, which ends with a slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if the stack measures objects with this key.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.name_of(key).is_some()
    }

    /// The part of a key that follows the prefix; `None` for a key outside the prefix.
    #[must_use]
    pub fn name_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        key.strip_prefix(self.as_str())
    }

    /// Returns the key in full: adds the prefix to `key` if `key` lacks it.
    #[must_use]
    pub fn full_key(&self, key: &str) -> String {
        self.key(self.name_of(key).unwrap_or(key))
    }

    /// The key that consists of the prefix and `name`.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        format!("{self}{name}")
    }

    /// Longest name that can follow the prefix in a key, in bytes.
    #[must_use]
    pub fn max_name_bytes(&self) -> usize {
        MAX_KEY_BYTES - self.0.len()
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for KeyPrefix {
    type Err = KeyPrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(KeyPrefixError::Empty);
        }
        if let Some(error) = text.chars().find_map(refusal) {
            return Err(error);
        }
        if text.starts_with('/') {
            return Err(KeyPrefixError::SlashAtStart);
        }
        if !text.ends_with('/') {
            return Err(KeyPrefixError::NoSlashAtEnd);
        }
        if text.split('/').any(|folder| folder == "." || folder == "..") {
            return Err(KeyPrefixError::DotSegment);
        }
        if text.len() > MAX_PREFIX_BYTES {
            return Err(KeyPrefixError::TooLong { bytes: text.len() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for KeyPrefix {
    type Error = KeyPrefixError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KeyPrefix> for String {
    fn from(prefix: KeyPrefix) -> Self {
        prefix.0
    }
}

/// The error for a character that no prefix may contain.
fn refusal(character: char) -> Option<KeyPrefixError> {
    match character {
        '*' | '?' => Some(KeyPrefixError::Wildcard(character)),
        '$' => Some(KeyPrefixError::Variable),
        '#' => Some(KeyPrefixError::Hash),
        '"' | '\'' | '`' | '\\' => Some(KeyPrefixError::Quote(character)),
        _ if character.is_control() => Some(KeyPrefixError::Control(character)),
        _ if !character.is_ascii() => Some(KeyPrefixError::NotAscii(character)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Result<String, KeyPrefixError> {
        text.parse::<KeyPrefix>().map(|prefix| prefix.to_string())
    }

    #[test]
    fn each_refusal_says_why() {
        let long = format!("{}/", "k".repeat(992));
        for (text, part) in [
            ("", "not be empty"),
            ("uploads", "end with a slash"),
            ("/", "not begin with a slash"),
            ("/uploads/", "not begin with a slash"),
            ("../", "folder named . or .."),
            ("a/../b/", "folder named . or .."),
            ("./", "folder named . or .."),
            ("a/./", "folder named . or .."),
            ("photos*/", "'*', which is a wildcard in IAM"),
            ("photos?/", "'?', which is a wildcard in IAM"),
            ("${aws:username}/", "'$', which begins a variable in IAM"),
            ("#totals/", "'#', which begins keys of the table's own items"),
            ("a#/", "'#'"),
            ("\"a\"/", "'\"', which ends or escapes text"),
            ("it's/", "'\\'', which ends"),
            ("a`b/", "'`', which ends"),
            ("a\\b/", "'\\\\', which ends or escapes"),
            ("a\n/", "control character such as '\\n'"),
            ("a\u{7f}/", "control character"),
            ("a\u{85}/", "control character"),
            ("Bücher/", "ASCII characters, for IAM policies; 'ü'"),
            ("фото/", "ASCII characters"),
            (&long, "at most 992 bytes, not 993"),
        ] {
            let message = parsed(text).unwrap_err().to_string();
            assert!(message.contains(part), "{text:?}: {message}");
        }
    }

    /// The tests of `pulumi/adopt.py` also read `prefixes.json`, because that script checks a
    /// prefix before a stack exists.
    #[test]
    fn a_folder_of_any_depth_is_a_prefix_and_for_the_adopting_script_too() {
        let table = include_str!("../../../tests/adopt/prefixes.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        let longest = format!("{}/", "k".repeat(991));
        let usable = table["usable"].as_array().unwrap().iter().map(|it| it.as_str().unwrap());
        for text in usable.chain(["%41/", &longest]) {
            assert_eq!(parsed(text).as_deref(), Ok(text));
        }
        for text in table["refused"].as_object().unwrap().keys() {
            assert!(parsed(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_key_is_the_prefix_and_a_name() {
        let prefix: KeyPrefix = "photos/2026/".parse().unwrap();
        assert!(prefix.contains("photos/2026/a/b.png"));
        assert_eq!(prefix.name_of("photos/2026/a/b.png"), Some("a/b.png"));
        assert_eq!(prefix.name_of("photos/2026/"), Some(""));
        for other in ["photos/2026", "photos/", "Photos/2026/a", "photos/20260/a", ""] {
            assert!(!prefix.contains(other), "{other}");
        }
        assert_eq!(prefix.key("a/b.png"), "photos/2026/a/b.png");
        for key in ["a b.jpg", "photos/2026/a b.jpg"] {
            assert_eq!(prefix.full_key(key), "photos/2026/a b.jpg");
        }
        assert_eq!(prefix.key(&"k".repeat(prefix.max_name_bytes())).len(), MAX_KEY_BYTES);
    }

    #[test]
    fn json_has_the_prefix_as_text_and_an_invalid_one_is_refused() {
        let prefix: KeyPrefix = serde_json::from_str("\"uploads/\"").unwrap();
        assert_eq!(serde_json::to_string(&prefix).unwrap(), "\"uploads/\"");
        let error = serde_json::from_str::<KeyPrefix>("\"uploads\"").unwrap_err();
        assert!(error.to_string().contains("end with a slash"), "{error}");
    }

    proptest! {
        /// The table's internal items, such as the totals, have keys that begin with `#`.
        #[test]
        fn no_key_begins_like_an_item_of_the_table(text in "[#a-z/.]{0,6}/?", name: String) {
            if let Ok(prefix) = text.parse::<KeyPrefix>() {
                prop_assert!(!prefix.key(&name).starts_with('#'));
            }
        }

        #[test]
        fn nothing_panics(text: String) {
            let _parsed = text.parse::<KeyPrefix>();
        }
    }
}
