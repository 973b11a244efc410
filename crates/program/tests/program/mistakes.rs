//! Mistakes planted in the program: each is caught, with a message that names its place.

mod configuration;
mod language;
mod provider;

use crate::project::{Copy, read};

/// What to change in a file, and what is said about it.
struct Mistake {
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    /// Parts of one line among the findings: the place, and the message.
    expect: [&'static str; 2],
}

const MAIN: &str = "pulumi/Main.yaml";
const PROJECT: &str = "Pulumi.yaml";
const DEV: &str = "Pulumi.dev.yaml";

const fn mistake(
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    expect: [&'static str; 2],
) -> Mistake {
    Mistake { file, find, replace, expect }
}

#[test]
fn mistakes_in_the_language_are_caught() {
    language::LANGUAGE.iter().for_each(caught);
}

#[test]
fn mistakes_in_what_the_provider_takes_are_caught() {
    provider::PROVIDER.iter().for_each(caught);
}

#[test]
fn mistakes_in_policies_are_caught() {
    provider::POLICIES.iter().for_each(caught);
}

#[test]
fn mistakes_in_the_configuration_are_caught() {
    configuration::CONFIGURATION.iter().for_each(caught);
}

fn caught(mistake: &Mistake) {
    let text = read(mistake.file);
    assert!(text.contains(mistake.find), "{} no longer has {:?}", mistake.file, mistake.find);
    let copy = Copy::new();
    copy.write(mistake.file, &text.replacen(mistake.find, mistake.replace, 1));
    let findings = copy.findings("dev");
    let found = findings.iter().any(|line| mistake.expect.iter().all(|part| line.contains(part)));
    assert!(found, "{:?} gave {findings:#?}, not {:?}", mistake.replace, mistake.expect);
}

#[test]
fn a_finding_names_file_and_line() {
    let copy = Copy::new();
    let text = read(MAIN).replacen("      timeout: 10\n", "      timeout: ten\n", 1);
    let line = text.lines().position(|line| line == "      timeout: ten").unwrap() + 1;
    copy.write(MAIN, &text);
    let expected = format!(
        "error: pulumi/Main.yaml:{line}: resources.headObject.properties.timeout: must be an \
         integer, not a string (\"ten\")"
    );
    assert_eq!(copy.findings("dev"), [expected]);
}

/// `pulumi stack init` and `pulumi config set` write these into a stack's file.
#[test]
fn what_the_cli_writes_is_accepted() {
    let copy = Copy::new();
    let text = read(DEV).replace("forceDestroy: true", "forceDestroy: \"true\"");
    copy.write(DEV, &format!("encryptionsalt: v1:abc=\n{text}  pixgauge:shards: \"16\"\n"));
    assert_eq!(copy.findings("dev"), Vec::<String>::new());
}
