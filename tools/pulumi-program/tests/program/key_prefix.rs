//! The key prefix: the program refuses every prefix that the functions would refuse, and gives any
//! other prefix to its resources.

use contract::KeyPrefix;
use proptest::prelude::*;
use pulumi_program::{Program, Stack, offline};
use serde_json::Value;

use crate::evaluated::{Deployed, statements, texts};
use crate::project::{checked, load, root};

fn stack(program: &Program, prefix: &str) -> Stack {
    Stack::load(&root(), program, "dev").unwrap().with("keyPrefix", prefix).unwrap()
}

/// The error with which the evaluation refuses a prefix; empty if the prefix is accepted.
fn refusal(program: &Program, prefix: &str) -> String {
    offline::begin(program, &stack(program, prefix))
        .err()
        .map_or(String::new(), |it| it.to_string())
}

/// For an invalid prefix, the evaluation has an error, and the checks have a finding. Both name the
/// variable that refuses the prefix. The finding stops `cargo local` before it deploys.
#[test]
fn the_variable_that_refuses_a_prefix_says_what_must_hold() {
    let (program, _) = load("dev");
    let long = format!("{}/", "k".repeat(992));
    for (prefix, variable) in [
        ("", "keyPrefixIsNotEmpty"),
        ("uploads", "keyPrefixEndsWithASlash"),
        ("/uploads/", "keyPrefixDoesNotBeginWithASlash"),
        ("a/./", "keyPrefixHasNoFolderNamedDot"),
        ("../a/", "keyPrefixHasNoFolderNamedDotDot"),
        ("a*/", "keyPrefixHasNoAsterisk"),
        ("a?/", "keyPrefixHasNoQuestionMark"),
        ("${a}/", "keyPrefixHasNoDollarSign"),
        ("#totals/", "keyPrefixHasNoHash"),
        ("it's/", "keyPrefixHasNoSingleQuote"),
        ("a`b/", "keyPrefixHasNoBackquote"),
        ("\"a\"/", "keyPrefixHasNoDoubleQuoteBackslashOrControlCharacter"),
        ("a\\u003c/", "keyPrefixHasNoDoubleQuoteBackslashOrControlCharacter"),
        ("a\t/", "keyPrefixHasNoDoubleQuoteBackslashOrControlCharacter"),
        ("a\u{7f}/", "keyPrefixHasNoControlCharacterDelete"),
        ("Bücher/", "keyPrefixIsOfAscii"),
        ("\u{85}/", "keyPrefixIsOfAscii"),
        (&long, "keyPrefixHasAtMost992Characters"),
    ] {
        let error = refusal(&program, prefix);
        assert!(error.contains(&format!("variables.{variable}.")), "{prefix:?}: {error}");
        let findings = checked(&program, &stack(&program, prefix));
        let named = findings.iter().any(|it| it.contains(&format!("{variable}:")));
        assert!(named, "{prefix:?}: {findings:?}");
        assert!(prefix.parse::<KeyPrefix>().is_err(), "{prefix:?}");
    }
}

#[test]
fn a_valid_prefix_has_no_finding_and_no_trace_of_the_default() {
    let (program, _) = load("dev");
    let longest = format!("{}/", "k".repeat(991));
    for prefix in ["photos/2026/", "a b/c+d/", "r&d <1>/", "..a/b../", &longest] {
        assert_eq!(checked(&program, &stack(&program, prefix)), Vec::<String>::new(), "{prefix}");
        assert_eq!(refusal(&program, prefix), "");
    }
    let deployed = offline::evaluate(&program, &stack(&program, "photos/2026/")).unwrap();
    for resource in &deployed.resources {
        let inputs = Value::Object(resource.inputs.clone()).to_string();
        assert!(!inputs.contains("uploads/"), "{}: {inputs}", resource.name);
    }
    assert_eq!(deployed.outputs["keyPrefix"], "photos/2026/");
}

#[test]
fn every_permission_for_objects_is_for_those_under_the_prefix() {
    let deployed = Deployed::configured("dev", "keyPrefix", "photos/2026/");
    let mut seen = 0;
    // `publish-results` may use only `setAsideBucket`, not the bucket with the images.
    let policies = deployed.all("aws:iam:RolePolicy").into_iter();
    for policy in policies.filter(|it| it.name != "publishResultsPolicy") {
        for statement in statements(policy) {
            let actions = texts(&statement["Action"]);
            if actions.iter().any(|it| it.starts_with("s3:GetObject")) {
                assert_eq!(texts(&statement["Resource"]), ["arn:bucket/photos/2026/*"]);
                seen += 1;
            }
            if actions.contains(&"s3:ListBucket") {
                let condition = &statement["Condition"];
                assert_eq!(condition["StringLikeIfExists"]["s3:prefix"], "photos/2026/*");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 10);
}

/// Random prefixes, often with characters that can make a prefix invalid, such as slashes and dots.
fn prefixes() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z]{1,3}",
        4 => Just("/".to_owned()),
        1 => Just("..".to_owned()),
        1 => Just(".".to_owned()),
        2 => "[ -~]",
        1 => "\\PC",
        1 => any::<char>().prop_map(String::from),
    ];
    let parts = proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat());
    (parts, prop_oneof![Just(""), Just("/")]).prop_map(|(text, end)| text + end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    /// If the functions refused a prefix that the program accepts, the stack would be deployed, but
    /// its functions could not start.
    #[test]
    fn the_program_and_the_functions_accept_the_same_prefixes(prefix in prefixes()) {
        let program = PROGRAM.with(Clone::clone);
        let refused = refusal(&program, &prefix);
        prop_assert_eq!(refused.is_empty(), prefix.parse::<KeyPrefix>().is_ok(), "{}", refused);
    }
}

thread_local! {
    static PROGRAM: std::rc::Rc<Program> = std::rc::Rc::new(load("dev").0);
}
