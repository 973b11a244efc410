//! The order of the events of one key.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// Number of digits to which a stored sequencer is padded. S3 sends 16 to 18 digits today.
const PADDED_DIGITS: usize = 32;

/// Maximum number of digits of a sequencer: far more than S3 sends, far fewer than fit into a
/// DynamoDB item.
const MAX_DIGITS: usize = 128;

/// The position of an event among the events of the same key.
///
/// A sequencer is a string of hexadecimal digits, comparable only within one key. Sequencers differ
/// in length and are compared after padding the shorter one with zeros on the right
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>).
/// They are stored padded to 32 digits and in upper case, so that a comparison of the stored
/// strings, byte by byte, gives the same order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sequencer(String);

/// A malformed sequencer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a sequencer must have 1 to 128 hexadecimal digits")]
pub struct SequencerError;

impl Sequencer {
    /// Parses a sequencer from an event.
    ///
    /// # Errors
    /// [`SequencerError`] if the text is empty, is too long, or contains anything but hexadecimal
    /// digits.
    pub fn parse(text: &str) -> Result<Self, SequencerError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if text.is_empty() || text.len() > MAX_DIGITS || !digits {
            return Err(SequencerError);
        }
        Ok(Self(format!("{:0<PADDED_DIGITS$}", text.to_ascii_uppercase())))
    }

    /// The stored form: padded and in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits that determine the order: trailing zeros count as padding.
    fn significant(&self) -> &str {
        self.0.trim_end_matches('0')
    }
}

impl Ord for Sequencer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.significant().cmp(other.significant())
    }
}

impl PartialOrd for Sequencer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sequencer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Sequencer {}

impl TryFrom<String> for Sequencer {
    type Error = SequencerError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Sequencer> for String {
    fn from(sequencer: Sequencer) -> Self {
        sequencer.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sequencer(text: &str) -> Sequencer {
        Sequencer::parse(text).unwrap()
    }

    #[test]
    fn the_shorter_one_is_padded_on_the_right() {
        assert!(sequencer("0055AED6DCD90281E5") < sequencer("0055AED6DCD90281E501"));
        assert_eq!(sequencer("0055AE"), sequencer("0055AE00"));
        assert_ne!(sequencer("0055AE"), sequencer("0055AE01"));
        assert!(sequencer("9") > sequencer("10"));
        assert_eq!(sequencer("00ff"), sequencer("00FF"));
    }

    #[test]
    fn the_stored_form_is_padded_and_in_upper_case() {
        let stored = serde_json::to_value(sequencer("0055aed6dcd90281e5")).unwrap();
        assert_eq!(stored, "0055AED6DCD90281E500000000000000");
        let read: Sequencer = serde_json::from_value(stored).unwrap();
        assert_eq!(read, sequencer("0055AED6DCD90281E5"));
        assert!(serde_json::from_str::<Sequencer>("\"now\"").is_err());
        assert_eq!(sequencer(&"F".repeat(MAX_DIGITS)).as_str().len(), MAX_DIGITS);
    }

    #[test]
    fn a_malformed_sequencer_is_refused() {
        for text in ["", "xyz", "12 34", &"0".repeat(MAX_DIGITS + 1)] {
            assert_eq!(Sequencer::parse(text), Err(SequencerError));
        }
    }

    proptest! {
        #[test]
        fn order_is_that_of_the_strings_padded_to_one_length(
            a in "[0-9A-F]{1,40}", b in "[0-9A-F]{1,40}",
        ) {
            let expected = format!("{a:0<64}").cmp(&format!("{b:0<64}"));
            prop_assert_eq!(sequencer(&a).cmp(&sequencer(&b)), expected);
        }

        #[test]
        fn the_stored_form_compares_bytewise(a in "[0-9A-F]{1,32}", b in "[0-9A-F]{1,32}") {
            let (a, b) = (sequencer(&a), sequencer(&b));
            prop_assert_eq!(a.as_str().cmp(b.as_str()), a.cmp(&b));
        }
    }
}
