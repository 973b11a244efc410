//! The `Range` header (RFC 9110, section 14).

use std::ops::Range;

/// The part of a representation that a request selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The whole representation: the request has no `Range` header, or the header is ignored.
    Whole,
    /// A half-open range of bytes, which is not empty.
    Part(Range<u64>),
    /// Nothing: the representation has none of the requested bytes.
    Unsatisfiable,
}

/// Reads a `Range` header for a representation of `size` bytes.
///
/// A header with a unit other than bytes, a malformed range or multiple ranges is ignored, as
/// section 14.2 allows: it selects the whole representation.
#[must_use]
pub fn select(header: Option<&str>, size: u64) -> Selection {
    header.and_then(|header| selection(header, size)).unwrap_or(Selection::Whole)
}

fn selection(header: &str, size: u64) -> Option<Selection> {
    let (unit, range) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let range = match (first.trim(), last.trim()) {
        ("", length) => size.saturating_sub(number(length)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..size.min(last.saturating_add(1))
        }
    };
    let part = (!range.is_empty()).then_some(Selection::Part(range));
    Some(part.unwrap_or(Selection::Unsatisfiable))
}

/// Parses a decimal number; a number that overflows becomes `u64::MAX`.
fn number(digits: &str) -> Option<u64> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_range_of_bytes_is_selected_and_anything_else_ignored() {
        use Selection::{Part, Unsatisfiable, Whole};
        for (header, selection) in [
            ("bytes=2-", Part(2..10)),
            ("bytes=-30", Part(0..10)),
            ("bytes=5-99999999999999999999", Part(5..10)),
            ("Bytes = 1-1", Part(1..2)),
            ("bytes=10-12", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=99999999999999999999-", Unsatisfiable),
            ("", Whole),
            ("bytes", Whole),
            ("bytes=", Whole),
            ("bytes=a-", Whole),
            ("bytes=0-1,3-4", Whole),
            ("items=0-1", Whole),
        ] {
            assert_eq!(select(Some(header), 10), selection, "{header}");
        }
        assert_eq!(select(None, 10), Whole);
    }

    proptest! {
        #[test]
        fn a_range_selects_the_bytes_that_lie_in_it(
            first in prop::option::of(0_u64..30), last in prop::option::of(0_u64..30),
            size in 0_u64..20,
        ) {
            let text = |number: Option<u64>| number.map_or(String::new(), |it| it.to_string());
            let header = format!("bytes={}-{}", text(first), text(last));
            let lies_in = |byte: &u64| match (first, last) {
                (Some(first), last) => first <= *byte && last.is_none_or(|last| *byte <= last),
                (None, last) => size - byte <= last.unwrap_or_default(),
            };
            let bytes: Vec<u64> = (0..size).filter(lies_in).collect();
            let is_valid = match (first, last) {
                (Some(first), Some(last)) => first <= last,
                (first, last) => first.or(last).is_some(),
            };
            let expected = match (is_valid, bytes.first(), bytes.last()) {
                (false, ..) => Selection::Whole,
                (true, Some(first), Some(last)) => Selection::Part(*first..last + 1),
                (true, ..) => Selection::Unsatisfiable,
            };
            prop_assert_eq!(select(Some(&header), size), expected, "{} of {}", header, size);
        }

        #[test]
        fn a_part_lies_inside(header in "(bytes=)?[0-9, -]{0,12}", size in 0_u64..200) {
            if let Selection::Part(part) = select(Some(&header), size) {
                prop_assert!(part.start < part.end && part.end <= size);
            }
        }
    }
}
