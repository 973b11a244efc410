//! The unchanged project has no findings, for any of its stacks.

use std::collections::BTreeSet;

use pulumi_program::Checkout;
use serde_json::json;

use crate::project::{Copy, STACKS, checked, load, read};

#[test]
fn the_program_has_no_findings_for_any_stack() {
    for stack in STACKS {
        assert_eq!(Copy::new().findings(stack), Vec::<String>::new(), "for the stack {stack}");
    }
}

/// The path of a function's archive contains the name of a folder in `functions/`. A function
/// without such a folder would fail only when it is deployed, and a folder without a function would
/// never be deployed.
#[test]
fn every_function_folder_is_deployed_and_the_other_way_round() {
    let program = read("pulumi/Main.yaml");
    let deployed: BTreeSet<_> = program
        .lines()
        .filter_map(|line| line.trim().strip_prefix("fn::fileArchive: ${artifacts}/"))
        .filter_map(|path| path.strip_suffix("/bootstrap.zip"))
        .map(str::to_owned)
        .collect();
    let folders = Checkout::find().unwrap().functions().unwrap();
    assert_eq!(deployed, folders.into_iter().collect());
}

/// All stacks are the same program and differ only in configuration.
#[test]
fn the_program_does_not_name_a_stack() {
    let program = read("pulumi/Main.yaml");
    for stack in STACKS {
        assert!(!program.contains(&format!("-{stack}")), "the program names the stack {stack}");
    }
    assert_eq!(load("dev").0.name(), "pixgauge");
}

/// A value that the caller sets is not in any file, so findings on it name the configuration key.
#[test]
fn values_that_the_caller_sets_are_checked_too() {
    let (program, stack) = load("local");
    let stack =
        stack.with("shards", 0).unwrap().with("corsOrigins", json!(["https://a/"])).unwrap();
    assert_eq!(
        checked(&program, &stack),
        [
            "error: configuration key corsOrigins[0]: \"https://a/\" is not an origin: write `*`, or \
             an address without a path, such as https://example.com",
            "error: configuration key shards: must be from 1 to 100, not 0",
        ]
    );
}
