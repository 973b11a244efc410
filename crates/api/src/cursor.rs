//! Cursors: positions in a listing, encoded for clients.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use catalog::{Position, Shards, Sort};
use contract::{KeyPrefix, MAX_KEY_BYTES};

/// Form of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// One JSON document.
    #[default]
    Document,
    /// One JSON document per image, each on its own line.
    Lines,
}

/// Encodes a position as text that is safe in URLs and opaque to clients.
///
/// The text consists of the order and the form of the listing, then the shard, the size and the key
/// of the row after which the next page starts.
#[must_use]
pub(crate) fn encode(position: &Position, form: Form) -> String {
    let Position { sort, shard, size, key } = position;
    BASE64_URL_SAFE_NO_PAD.encode(format!("{} {shard} {size} {key}", letter(*sort, form)))
}

/// Decodes a cursor; `None` if it is malformed, if its shard does not exist, or if its key is too
/// long or lacks the stack's prefix.
pub(crate) fn decode(cursor: &str, shards: Shards, prefix: &KeyPrefix) -> Option<(Position, Form)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut fields = text.splitn(4, ' ');
    let listing = fields.next()?;
    let (sort, form) = [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst]
        .into_iter()
        .flat_map(|sort| [(sort, Form::Document), (sort, Form::Lines)])
        .find(|&(sort, form)| letter(sort, form) == listing)?;
    let shard = fields.next()?.parse().ok().filter(|shard| *shard < shards.number())?;
    let size = fields.next()?.parse().ok()?;
    let key = fields.next().filter(|key| prefix.contains(key))?.to_owned();
    (key.len() <= MAX_KEY_BYTES).then_some((Position { sort, shard, size, key }, form))
}

/// The letter that stands for the order and the form of a listing in a cursor.
fn letter(sort: Sort, form: Form) -> &'static str {
    match (sort, form) {
        (Sort::Key, Form::Document) => "k",
        (Sort::SmallestFirst, Form::Document) => "s",
        (Sort::LargestFirst, Form::Document) => "l",
        (Sort::Key, Form::Lines) => "K",
        (Sort::SmallestFirst, Form::Lines) => "S",
        (Sort::LargestFirst, Form::Lines) => "L",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::samples::prefix;

    fn shards() -> Shards {
        Shards::new(8).unwrap()
    }

    #[test]
    fn malformed_cursors_are_refused() {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        for text in ["", "k", "x 0 0 uploads/a", "k 8 0 uploads/a", "k 0 -1 uploads/a", "k 0 0 a"] {
            assert_eq!(decode(&encode(text), shards(), &prefix()), None, "{text}");
        }
        assert_eq!(decode("not base64!", shards(), &prefix()), None);
        for (length, is_key) in [(1, true), (1016, true), (1017, false)] {
            let cursor = encode(&format!("k 0 0 uploads/{}", "k".repeat(length)));
            assert_eq!(decode(&cursor, shards(), &prefix()).is_some(), is_key, "{length}");
        }
    }

    proptest! {
        #[test]
        fn a_position_survives_encoding(shard in 0_u32..8, size: u64, name in "\\PC{0,30}") {
            for sort in [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst] {
                for form in [Form::Document, Form::Lines] {
                    let position = Position { sort, shard, size, key: format!("uploads/{name}") };
                    let cursor = encode(&position, form);
                    prop_assert_eq!(decode(&cursor, shards(), &prefix()), Some((position, form)));
                }
            }
        }

        #[test]
        fn nothing_panics(text in ".{0,60}") {
            let _position = decode(&text, shards(), &prefix());
        }
    }
}
