//! The form of a response that a client prefers (RFC 9110, section 12.5.1).

use std::cmp::Reverse;

/// True if a client's `Accept` header prefers the media type `wanted` to the media type `other`.
///
/// The header has to name `wanted` itself; a range such as `*/*` is not enough. Of two types with
/// different qualities (`q=`), the type with the higher quality is preferred. With equal
/// qualities, `wanted` is preferred if the header does not name `other` itself.
pub(crate) fn prefers(accept: &str, wanted: &str, other: &str) -> bool {
    let rank = |name| rank(accept, name).map(|it| (it.quality, Reverse(it.wildcards)));
    let is_named = self::rank(accept, wanted).is_some_and(|it| it.wildcards == 0);
    is_named && rank(wanted) > rank(other)
}

/// A header's preference for a media type.
#[derive(Clone, Copy)]
struct Rank {
    /// The quality (`q=`) in thousandths, at most 1,000.
    quality: u16,
    /// Number of wildcards in the range that covers the type.
    wildcards: usize,
}

/// The rank that the most specific range in `accept` gives to the media type `name`. `None` if no
/// range covers `name`, or if the quality of the most specific one is zero.
fn rank(accept: &str, name: &str) -> Option<Rank> {
    let (kind, _) = name.split_once('/')?;
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next()?.to_ascii_lowercase();
        let wildcards = match range.split_once('/')? {
            ("*", "*") => 2,
            (first, "*") if first == kind => 1,
            _ if range == name => 0,
            _ => return None,
        };
        let quality = parts.find_map(|it| it.strip_prefix("q=").or(it.strip_prefix("Q=")));
        Some(Rank { quality: quality.map_or(1000, thousandths), wildcards })
    });
    ranges.min_by_key(|rank| rank.wildcards).filter(|rank| rank.quality > 0)
}

/// A quality, as thousandths; 1,000 if it is malformed.
fn thousandths(quality: &str) -> u16 {
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|it| it.is_ascii_digit());
    match quality.split_once('.').unwrap_or((quality, "")) {
        ("0", fraction) if digits(fraction) => format!("{fraction:0<3}").parse().unwrap_or(1000),
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(accept: &str) -> bool {
        prefers(accept, "application/x-ndjson", "application/json")
    }

    #[test]
    fn a_type_is_preferred_if_it_is_named_and_no_other_is_better() {
        for accept in [
            "application/x-ndjson",
            "Application/X-NDJSON",
            "application/x-ndjson, */*",
            "*/*, application/x-ndjson",
            "application/x-ndjson,application/x-ndjson",
            "application/x-ndjson;q=0.2, text/html",
            "application/x-ndjson;q=0.2, text/*",
            "application/json;q=0.5, application/x-ndjson; q=0.6",
            "application/x-ndjson;q=high",
            "application/json;q=0, application/x-ndjson;q=0.001",
        ] {
            assert!(lines(accept), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "application/json, application/x-ndjson",
            "application/x-ndjson;q=0",
            "application/x-ndjson;q=0.000, */*",
            "application/x-ndjson;q=0.1234, application/json",
            "application/x-ndjson;q=0.5, application/*",
            "application/x-ndjson-seq",
            "text/html, image/*;q=0.8",
        ] {
            assert!(!lines(accept), "{accept}");
        }
    }

    /// A quality value (`q`) in the notation of RFC 9110, section 12.4.2.
    fn written(thousandths: u16) -> String {
        format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
    }

    proptest! {
        #[test]
        fn of_two_named_types_the_one_with_the_higher_quality_is_preferred(
            wanted in 0_u16..=1000, other in 0_u16..=1000, any in 0_u16..=1000, turn in 0_usize..3,
        ) {
            let mut ranges = [
                format!("application/x-ndjson;q={}", written(wanted)),
                format!("application/json; q={}", written(other)),
                format!("*/*;q={}", written(any)),
            ];
            ranges.rotate_left(turn);
            prop_assert_eq!(lines(&ranges.join(", ")), wanted > other);
            let of_two: Vec<_> = ranges.into_iter().filter(|it| !it.contains("/json")).collect();
            prop_assert_eq!(lines(&of_two.join(",")), wanted > 0 && wanted >= any);
        }

        #[test]
        fn nothing_panics(accept in "(application/x-ndjson;q=)?.{0,40}") {
            let _result = lines(&accept);
        }
    }
}
