//! The unchanged project has no findings, for any of its stacks.

use std::collections::BTreeSet;

use pulumi_program::{Checkout, Program, Schema, Stack, asl, check};
use serde_json::json;

use crate::project::{Copy, RECONCILE, STACKS, STATE_MACHINE, read, root};

#[test]
fn the_program_has_no_findings_for_any_stack() {
    for stack in STACKS {
        assert_eq!(Copy::new().findings(stack), Vec::<String>::new(), "for the stack {stack}");
    }
}

#[test]
fn the_state_machines_have_no_findings() {
    for file in [STATE_MACHINE, RECONCILE] {
        let findings = asl::lint(&serde_json::from_str(&read(file)).unwrap());
        assert_eq!(findings, [], "in {file}");
    }
}

/// An archive is named after a folder in `functions/`. A function without a folder would fail only
/// when it is deployed, and a folder without a function would never be deployed.
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

/// `dev` and `production` are the same program and differ only in configuration.
#[test]
fn the_program_does_not_name_a_stack() {
    let program = read("pulumi/Main.yaml");
    for stack in STACKS {
        assert!(!program.contains(&format!("-{stack}")), "the program names the stack {stack}");
    }
    assert_eq!(Program::load(&root()).unwrap().name(), "pixgauge");
}

/// Resource names contain the stack's name. As the stack's name grows, the bucket's name is the
/// first to become too long.
#[test]
fn a_stacks_name_may_have_31_characters_in_a_region_of_nine() {
    let program = Program::load(&root()).unwrap();
    let stack = Stack::load(&root(), &program, "dev").unwrap();
    let findings = |length| {
        let stack = stack.clone().named("s".repeat(length));
        check::check(&program, &stack, &Schema::aws().unwrap())
    };
    assert_eq!(findings(31), []);
    let refused: Vec<_> = findings(32).iter().map(ToString::to_string).collect();
    // Each of the three buckets would have a name that is too long.
    assert_eq!(refused.len(), 3, "{refused:#?}");
    assert!(refused.iter().all(|one| one.contains("from 3 to 63 characters")), "{refused:#?}");
}

/// A value that the caller sets is not in any file, so findings on it name the configuration key.
#[test]
fn values_that_the_caller_sets_are_checked_too() {
    let program = Program::load(&root()).unwrap();
    let stack = Stack::load(&root(), &program, "local").unwrap();
    let stack =
        stack.with("shards", 0).unwrap().with("corsOrigins", json!(["https://a/"])).unwrap();
    let findings = check::check(&program, &stack, &Schema::aws().unwrap());
    let findings: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        [
            "error: configuration key corsOrigins[0]: \"https://a/\" is not an origin: write `*`, or \
             an address without a path, such as https://example.com",
            "error: configuration key shards: must be from 1 to 100, not 0",
        ]
    );
}
