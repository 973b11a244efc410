//! The JSON that the state machine of the reconciliation exchanges with the two functions that
//! compare the bucket with the table. One function walks over the keys of the bucket, the other
//! over the keys of the table, each a page at a time.

use serde::{Deserialize, Serialize};

/// Size, in bytes of JSON, at which a page's list of keys to repair is full. The last key may make
/// the list larger.
///
/// Step Functions passes at most 256 KiB between states
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>). The list leaves
/// room for [`WalkPage::next`] and for what the state machine adds.
const MAX_BYTES: usize = 120 * 1024;

/// Input of each of the two functions that compare the bucket with the table: a request for one
/// page of a walk over the keys of one segment.
///
/// Segments divide the keys, so that several walks together visit each key once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WalkRequest {
    /// Name of the bucket.
    pub bucket: String,
    /// Index of the segment, from 0 to `segments` - 1.
    pub segment: i32,
    /// Number of segments.
    pub segments: i32,
    /// Start of the page: `next` of the previous page; `None` for the first page.
    #[serde(default)]
    pub start: Option<String>,
    /// Maximum number of keys to repair on one page. A page with this many keys ends early.
    pub limit: usize,
    /// True if objects that an older version of the measuring code ([`crate::MEASURING`]) measured
    /// are to be measured again. Only the walk over the keys of the bucket uses this field.
    #[serde(default)]
    pub remeasure: bool,
}

/// Output of each of the two functions that compare the bucket with the table: one page of a walk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WalkPage {
    /// Number of keys compared.
    pub examined: usize,
    /// Keys to repair.
    pub keys: Vec<String>,
    /// Start of the next page; `None` on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Collects one page's keys to repair, and tells when the page is full: when it has `limit` keys,
/// or when they take 120 KiB of JSON.
#[derive(Clone, Debug)]
pub struct PageKeys {
    keys: Vec<String>,
    bytes: usize,
    limit: usize,
}

impl PageKeys {
    /// Creates an empty list, which is full when it has `limit` keys. With a `limit` of zero, it is
    /// full when it has one key, so that an empty list is never full.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { keys: Vec::new(), bytes: 0, limit: limit.max(1) }
    }

    /// True if the page has to end.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.keys.len() >= self.limit || self.bytes >= MAX_BYTES
    }

    /// Adds a key. The caller ends the page once it is full ([`PageKeys::is_full`]).
    pub fn push(&mut self, key: String) {
        self.bytes += json_bytes(&key);
        self.keys.push(key);
    }

    /// The keys, in the order in which they were added.
    #[must_use]
    pub fn into_keys(self) -> Vec<String> {
        self.keys
    }
}

/// Upper bound of the size of a string in JSON, with quotes and a comma, in bytes. Every character
/// that is not printable ASCII counts as escaped, with six bytes for each UTF-16 code unit
/// (<https://www.rfc-editor.org/rfc/rfc8259#section-7>).
fn json_bytes(text: &str) -> usize {
    let of = |character: char| match character {
        '"' | '\\' => 2,
        ' '..='~' => 1,
        _ => 6 * character.len_utf16(),
    };
    text.chars().map(of).sum::<usize>() + 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Quota of Step Functions for the input and the output of a state, in bytes.
    const MAX_STATE: usize = 256 * 1024;

    /// A full page of the longest keys that S3 accepts. Each key consists of this character only.
    fn longest_page(character: char) -> WalkPage {
        let key: String = std::iter::repeat_n(character, 1024 / character.len_utf8()).collect();
        let keys = filled(usize::MAX, &key);
        // `next` may be the key of any item in the table. DynamoDB allows 2,048 bytes for a
        // partition key, twice as many as S3 allows for the key of an object:
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        WalkPage { examined: usize::MAX, keys, next: Some(key.repeat(2)) }
    }

    /// Adds `key` to a page again and again, until the page is full, but at most a thousand times.
    fn filled(limit: usize, key: &str) -> Vec<String> {
        let mut keys = PageKeys::new(limit);
        for _ in 0..1000 {
            if keys.is_full() {
                break;
            }
            keys.push(key.to_owned());
        }
        keys.into_keys()
    }

    #[test]
    fn a_page_of_the_longest_keys_takes_less_than_60_percent_of_the_quota() {
        for character in ['a', '"', '\u{1}', '\u{7f}', 'é', '\u{2028}', '🦀'] {
            let page = longest_page(character);
            let bytes = serde_json::to_string(&page).unwrap().len();
            assert!(bytes < MAX_STATE * 6 / 10, "{character:?}: {bytes}");
        }
    }

    #[test]
    fn a_page_ends_at_its_limit_and_never_before_its_first_key() {
        // With its quotes and its comma, a key of 1,021 bytes takes one kibibyte.
        let [longest, shorter] = [1021, 1020].map(|bytes| "k".repeat(bytes));
        for (limit, key, expected) in [
            (0, "uploads/a", 1),
            (1, "uploads/a", 1),
            (3, "uploads/a", 3),
            (usize::MAX, &longest, 120),
            (usize::MAX, &shorter, 121),
        ] {
            assert_eq!(filled(limit, key).len(), expected, "{limit}");
        }
    }

    #[test]
    fn a_character_counts_as_what_the_most_cautious_writer_makes_of_it() {
        for (text, bytes) in
            [("", 3), ("a ~", 6), ("\"\\", 7), ("\u{1f}\u{7f}", 15), ("é", 9), ("🦀", 15)]
        {
            assert_eq!(json_bytes(text), bytes, "{text:?}");
        }
    }

    #[test]
    fn the_first_page_has_no_start_and_the_last_no_next() {
        let text = r#"{"bucket": "b", "segment": 0, "segments": 4, "limit": 9}"#;
        assert_eq!(serde_json::from_str::<WalkRequest>(text).unwrap().start, None);
        let last = WalkPage { examined: 1, keys: vec![], next: None };
        assert_eq!(serde_json::to_string(&last).unwrap(), r#"{"examined":1,"keys":[]}"#);
    }

    proptest! {
        #[test]
        fn the_bound_holds_for_the_writer_of_the_functions(text: String) {
            let written = serde_json::to_string(&text).unwrap().len() + 1;
            prop_assert!(written <= json_bytes(&text));
        }
    }
}
