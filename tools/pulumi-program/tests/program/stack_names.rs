//! Names of stacks: `.ci/check-stack`, which runs before a deployment, refuses those that S3 or
//! Lambda would refuse.

use std::process::Command;

use pulumi_program::{Program, Schema, Stack, check};

use crate::project::{Copy, read, root};

const SCRIPT: &str = ".ci/check-stack";

/// Runs the script for `stack`, with dev's file; returns its output, or its reason to refuse.
fn region(stack: &str) -> Result<String, String> {
    let copy = Copy::new();
    copy.write(SCRIPT, &read(SCRIPT));
    copy.write(&format!("Pulumi.{stack}.yaml"), &read("Pulumi.dev.yaml"));
    let ran = Command::new("bash").arg(copy.root().join(SCRIPT)).arg(stack).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if ran.status.success() { Ok(text(ran.stdout)) } else { Err(text(ran.stderr)) }
}

/// Checks the program as a stack of this name with dev's configuration.
fn findings(stack: &str) -> Vec<String> {
    let program = Program::load(&root()).unwrap();
    let dev = Stack::load(&root(), &program, "dev").unwrap().named(stack);
    let findings = check::check(&program, &dev, &Schema::aws().unwrap());
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn names_that_suit_every_resource_pass_and_the_region_is_printed() {
    for stack in ["dev", "production", "local", "team-7", &"s".repeat(31)] {
        assert_eq!(region(stack), Ok("us-east-1".to_owned()));
        assert_eq!(findings(stack), Vec::<String>::new(), "{stack}");
    }
}

/// AWS would refuse these names too. Upper-case letters, underscores and long names are not allowed
/// in the names of the buckets, and a dot is not allowed in the names of the functions.
#[test]
fn names_that_some_resource_cannot_have_are_refused() {
    for (stack, expected) in [
        ("Dev", "use lower-case letters, digits and hyphens"),
        ("my_stack", "use lower-case letters, digits and hyphens"),
        ("v1.2", "use lower-case letters, digits and hyphens"),
        (&"s".repeat(32), "use at most 31 characters in us-east-1"),
    ] {
        let refused = region(stack).unwrap_err();
        assert!(refused.contains(stack) && refused.contains(expected), "{refused}");
        assert_ne!(findings(stack), Vec::<String>::new(), "{stack}");
    }
}

#[test]
fn a_stack_without_a_file_or_a_region_is_refused() {
    let copy = Copy::new();
    copy.write(SCRIPT, &read(SCRIPT));
    copy.write("Pulumi.nowhere.yaml", "config:\n  pixgauge:shards: 8\n");
    for (stack, expected) in
        [("absent", "there is no Pulumi.absent.yaml"), ("nowhere", "names no region")]
    {
        let ran = Command::new("bash").arg(copy.root().join(SCRIPT)).arg(stack).output().unwrap();
        let refused = String::from_utf8(ran.stderr).unwrap();
        assert!(!ran.status.success() && refused.contains(expected), "{refused}");
    }
}
