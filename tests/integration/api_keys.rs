//! The query API finds an image by its S3 key, in whichever of the common ways a client encodes the
//! key in a URL. The keys of the test are odd or random. A key with a question mark is tested only
//! as a query parameter, because no path reaches it.
//!
//! Unit tests of `crates/api` show that keys are decoded. Only a stack shows that a key does not
//! change on its way from S3 through EventBridge, the state machine and the table to the API.

use futures_util::future::join_all;
use harness::{TestStack, picture, run};
use local::executions::Outcome;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::client::get;

/// Number of random keys.
const KEYS: usize = 8;

/// Names that a mistake in encoding or decoding easily corrupts.
const ODD: [&str; 9] = [
    "two words+a%2Fb%20c%25d&x=y.png",
    "what?#1é🦀.png",
    "\"it's\" \\ {% $x %}.png",
    "a/../b/./c.png",
    "/a///b.png",
    "a\tb\n\tc",
    "\u{3000}",
    "a\n?%/x%?\t\n%20",
    "*%20%2F\nb",
];

/// The characters that Python's `urllib.parse.quote` escapes. Users of `requests` and scripts that
/// run `curl` escape keys with this function.
const QUOTE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b'/');

/// The characters that `urllib.parse.quote(key, safe="")` escapes.
const QUOTE_ALL: &AsciiSet = &QUOTE.add(b'/');

/// The characters that `encodeURIComponent` escapes (ECMA-262, section 19.2.6.4). Scripts in
/// browsers escape keys with this function.
const COMPONENT: &AsciiSet =
    &QUOTE_ALL.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// The characters that are escaped in a key that a script puts into a path for `fetch`. The script
/// escapes only characters with a meaning in a URL, such as `%` and `?`. `fetch` escapes those that
/// the URL standard escapes in a path (<https://url.spec.whatwg.org/#path-percent-encode-set>).
const FETCH: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'%')
    .add(b'\\');

/// Random names for keys. They contain only characters that XML can hold, because S3 lists keys as
/// XML. Many of the characters have a meaning in URLs.
fn names() -> Vec<String> {
    let mut runner = TestRunner::new(Config::default());
    let characters =
        "([%+ ?#&=/\\\\:;@.~!*'()\"<>|^`{}\\[\\]$,-]|[a-z0-9]|%2[05F]|[\t\n]|\\PC){1,30}";
    let strategy = proptest::string::string_regex(characters).unwrap();
    (0..KEYS).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn any_key_is_reached_however_a_client_encodes_it() {
    run(async {
        let stack = TestStack::shared().await;
        let odd = ODD.map(str::to_owned).into_iter().chain(["long".repeat(248)]);
        // The number in front and the `x` at the end keep a name from being `.` or `..`.
        let keys = odd.chain(names()).enumerate();
        let keys = keys.map(|(number, name)| stack.key(&format!("any/{number}{name}x")));
        join_all(keys.map(async |key| round_trip(stack, &key).await)).await;
    });
}

async fn round_trip(stack: &TestStack, key: &str) {
    let width = u32::try_from(key.len()).unwrap();
    let execution = stack.measure(key, picture::png(width, 7, 0), "image/png").await;
    assert_eq!(execution.outcome(), Outcome::Image, "{key:?}: {execution:?}");
    let name = stack.stack.outputs.key_prefix.name_of(key).unwrap();
    for encoded in paths(name).into_iter().chain(parameters(key)) {
        let api = &stack.stack.outputs.api_url;
        let response = get(&format!("{api}/images/metadata{encoded}"), &[]).await;
        assert_eq!(response.status, 200, "{key:?} as {encoded}: {}", response.json());
        assert_eq!(response.json()["s3objectkey"], key, "{encoded}");
        let image = get(&format!("{api}/images/file{encoded}"), &[]).await;
        assert!(image.body == picture::png(width, 7, 0), "{encoded}");
    }
}

/// The paths that clients build from `name`, a key without its prefix: one for each way of
/// encoding. Empty if `name` has a question mark, at which API Gateway would cut the paths.
fn paths(name: &str) -> Vec<String> {
    let sets = [QUOTE, QUOTE_ALL, COMPONENT, FETCH];
    let sets = sets.into_iter().filter(|_| !name.contains('?'));
    sets.map(|set| format!("/{}", utf8_percent_encode(name, set))).collect()
}

/// The query parameters that clients build from a key, one for each way of encoding. The last is
/// the encoding of HTML forms: `URLSearchParams` and Python's `requests` use it.
fn parameters(key: &str) -> Vec<String> {
    let sets = [QUOTE, QUOTE_ALL, COMPONENT].into_iter();
    let encoded = sets.map(|set| utf8_percent_encode(key, set).to_string());
    let form = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    encoded.chain([form]).map(|encoded| format!("?s3objectkey={encoded}")).collect()
}

/// API Gateway cuts a path at a question mark, encoded or not. It never cuts a query parameter.
/// `get-metadata` first takes an unencoded plus sign for a space, and finds no image with that
/// key. Then it takes the sign literally.
#[test]
fn a_path_is_cut_at_a_question_mark_and_a_parameter_is_not() {
    run(async {
        let stack = TestStack::shared().await;
        let (prefix, key) = (stack.key("cut/a"), stack.key("cut/a?b+c d.png"));
        stack.measure(&key, picture::png(3, 4, 0), "image/png").await;
        let metadata = format!("{}/images/metadata", stack.stack.outputs.api_url);
        let cut = get(&format!("{metadata}/cut/a%3Fb%2Bc%20d.png"), &[]).await;
        let expected = json!({"error": format!("{prefix} not found!")});
        assert_eq!((cut.status, cut.json()), (404, expected));
        let whole = get(&format!("{metadata}?s3objectkey={prefix}?b+c%20d.png"), &[]).await;
        assert_eq!(whole.json()["s3objectkey"], key);
    });
}
