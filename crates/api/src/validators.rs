//! Conditional requests (RFC 9110, section 13).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lambda_events::http::header::{ETAG, LAST_MODIFIED};
use aws_smithy_types::date_time::{DateTime, Format};

use crate::{Request, Response};

/// Validators of a representation: its entity tag and the time of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validators {
    etag: String,
    last_modified: Option<SystemTime>,
}

/// Result of evaluating a request's preconditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// The request is processed as if it had no preconditions.
    Holds,
    /// The client already has the current state: 304.
    NotModified,
    /// The client requires another state: 412.
    Failed,
}

impl Validators {
    /// Validators with the entity tag `etag`, given without quotes.
    #[must_use]
    pub fn new(etag: impl Into<String>) -> Self {
        Self { etag: etag.into(), last_modified: None }
    }

    /// Adds the time of the last change, given as RFC 3339. A malformed time and a time before 1970
    /// are ignored. Fractions of a second are dropped, because HTTP dates have none.
    #[must_use]
    pub fn modified(mut self, at: Option<&str>) -> Self {
        let at = at.and_then(|at| DateTime::from_str(at, Format::DateTimeWithOffset).ok());
        let seconds = at.and_then(|at| u64::try_from(at.secs()).ok());
        self.last_modified = seconds.and_then(|s| UNIX_EPOCH.checked_add(Duration::from_secs(s)));
        self
    }

    /// Adds `ETag` to a response, and `Last-Modified` if the time of the last change is known.
    #[must_use]
    pub fn add_to(&self, response: Response) -> Response {
        let response = response.header(ETAG, &self.quoted());
        match self.last_modified {
            Some(at) => response.header(LAST_MODIFIED, &httpdate::fmt_http_date(at)),
            None => response,
        }
    }

    /// Evaluates `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since` in the
    /// order of section 13.2.2: a header with a date counts only if the corresponding header with
    /// entity tags is absent.
    #[must_use]
    pub fn precondition(&self, request: &Request) -> Precondition {
        let changed_after = |header| {
            let date = request.header(header).and_then(date)?;
            Some(self.last_modified? > date)
        };
        let failed = match request.header("if-match") {
            Some(tags) => !self.is_among(tags, Comparison::Strong),
            None => changed_after("if-unmodified-since") == Some(true),
        };
        let is_known = match request.header("if-none-match") {
            Some(tags) => self.is_among(tags, Comparison::Weak),
            None => changed_after("if-modified-since") == Some(false),
        };
        match (failed, is_known) {
            (true, _) => Precondition::Failed,
            (false, true) => Precondition::NotModified,
            (false, false) => Precondition::Holds,
        }
    }

    /// True if `If-Range` permits a partial response: it names exactly the current state, or is
    /// absent (section 13.1.5).
    #[must_use]
    pub fn allow_range(&self, request: &Request) -> bool {
        let Some(validator) = request.header("if-range") else { return true };
        match date(validator) {
            Some(date) => self.last_modified == Some(date),
            None => validator == self.quoted(),
        }
    }

    /// The entity tag between quotes, as headers contain it.
    fn quoted(&self) -> String {
        format!("\"{}\"", self.etag)
    }

    fn is_among(&self, tags: &str, comparison: Comparison) -> bool {
        tags == "*"
            || entity_tags(tags).any(|(is_weak, tag)| {
                tag == self.etag && (comparison == Comparison::Weak || !is_weak)
            })
    }
}

/// Comparison of entity tags (section 8.8.3.2). The tags of this API are all strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Parses a list of tags such as `"a", W/"b"`, up to the first malformed tag. Yields two things for
/// each tag: true if the tag is weak, and the text between the quotes.
///
/// Accepts a tag without quotes, as S3 does, because S3 evaluates the same header after a redirect.
fn entity_tags(list: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let tag = rest.trim_start_matches([' ', '\t', ',']);
        let (is_weak, tag) = tag.strip_prefix("W/").map_or((false, tag), |tag| (true, tag));
        let (tag, after) = match tag.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None if tag.is_empty() => return None,
            None => tag.split_at(tag.find([' ', '\t', ',']).unwrap_or(tag.len())),
        };
        rest = after;
        Some((is_weak, tag))
    })
}

/// Parses an HTTP date in any of the three formats of RFC 9110, section 5.6.7.
fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::samples::get;

    const MODIFIED: &str = "Wed, 01 May 2024 12:00:00 GMT";
    const EARLIER: &str = "Wed, 01 May 2024 11:59:59 GMT";

    fn validators() -> Validators {
        Validators::new("a1").modified(Some("2024-05-01T12:00:00Z"))
    }

    fn evaluated(headers: &[(&str, &str)]) -> Precondition {
        validators().precondition(&get(headers))
    }

    #[test]
    fn a_tag_that_the_client_has_is_not_sent_again() {
        for tags in ["\"a1\"", "W/\"a1\"", "\"x, y\", \"a1\"", "*", "a1", "b2,a1"] {
            assert_eq!(evaluated(&[("if-none-match", tags)]), Precondition::NotModified, "{tags}");
        }
        for tags in ["\"b2\"", "b2", "a1b", "\"a1", "", ",", "\"", "W/", "é"] {
            assert_eq!(evaluated(&[("if-none-match", tags)]), Precondition::Holds, "{tags}");
        }
    }

    #[test]
    fn a_date_counts_only_without_tags_and_may_have_an_obsolete_format() {
        use Precondition::{Failed, Holds, NotModified};
        for (header, value, expected) in [
            ("if-modified-since", MODIFIED, NotModified),
            ("if-modified-since", "Wednesday, 01-May-24 12:00:00 GMT", NotModified),
            ("if-modified-since", "Wed May  1 12:00:00 2024", NotModified),
            ("if-modified-since", EARLIER, Holds),
            ("if-modified-since", "yesterday", Holds),
            ("if-unmodified-since", EARLIER, Failed),
            ("if-unmodified-since", MODIFIED, Holds),
            ("if-match", "\"a1\"", Holds),
            ("if-match", "*", Holds),
            ("if-match", "\"b2\"", Failed),
            ("if-match", "W/\"a1\"", Failed),
        ] {
            assert_eq!(evaluated(&[(header, value)]), expected, "{header}: {value}");
        }
        let both = [("if-none-match", "\"b2\""), ("if-modified-since", MODIFIED)];
        assert_eq!(evaluated(&both), Holds);
    }

    #[test]
    fn a_range_of_another_state_is_not_sent() {
        let allows = |validator| validators().allow_range(&get(&[("if-range", validator)]));
        assert!(allows("\"a1\"") && allows(MODIFIED) && validators().allow_range(&get(&[])));
        for other in ["\"b2\"", "W/\"a1\"", EARLIER, "*", "a1", "\"b2\", \"a1\""] {
            assert!(!allows(other), "{other}");
        }
    }

    #[test]
    fn a_time_that_is_no_date_is_left_out() {
        let header = |at| {
            let response = Validators::new("a1").modified(at).add_to(Response::status(200));
            serde_json::to_value(response).unwrap()["headers"]["last-modified"].clone()
        };
        assert_eq!(header(Some("2024-05-01T14:00:00.999+02:00")), MODIFIED);
        for none in [None, Some("yesterday"), Some("1969-12-31T23:59:59Z")] {
            assert!(header(none).is_null(), "{none:?}");
        }
    }

    proptest! {
        #[test]
        fn a_list_of_tags_matches_if_one_of_them_does(
            tags in prop::collection::vec((any::<bool>(), "[ab]?1|x, y"), 1..5),
            separator in "[ \t]?,[ \t]?",
        ) {
            let written = tags.iter().map(|(is_weak, tag)| {
                format!("{}\"{tag}\"", if *is_weak { "W/" } else { "" })
            });
            let list = written.collect::<Vec<_>>().join(&separator);
            let is_named = tags.iter().any(|(_, tag)| tag == "a1");
            let is_named_strongly = tags.contains(&(false, "a1".to_owned()));
            let expect = |is_named, otherwise, then| if is_named { then } else { otherwise };
            prop_assert_eq!(
                evaluated(&[("if-none-match", &list)]),
                expect(is_named, Precondition::Holds, Precondition::NotModified)
            );
            prop_assert_eq!(
                evaluated(&[("if-match", &list)]),
                expect(is_named_strongly, Precondition::Failed, Precondition::Holds)
            );
        }

        #[test]
        fn nothing_panics(text in ".{0,40}") {
            for header in ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"] {
                let _result = evaluated(&[(header, &text)]);
            }
            let _allows = validators().allow_range(&get(&[("if-range", &text)]));
        }
    }
}
