//! Tests of the script `.ci/check-stack`, which runs before a deployment. The script refuses a
//! stack if S3 would refuse the names of its buckets, or Lambda the names of its functions.

use std::process::Command;

use crate::project::{Copy, checked, load, read};

const SCRIPT: &str = ".ci/check-stack";

/// Runs the script for `stack` in a copy of the project. Returns the script's output, which is the
/// stack's region, or its reason to refuse the stack.
fn region(copy: &Copy, stack: &str) -> Result<String, String> {
    copy.write(SCRIPT, &read(SCRIPT));
    let ran = Command::new("bash").arg(copy.root().join(SCRIPT)).arg(stack).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if ran.status.success() { Ok(text(ran.stdout)) } else { Err(text(ran.stderr)) }
}

/// Runs the script for a stack with the name `stack` and the configuration of `dev`.
fn region_as_dev(stack: &str) -> Result<String, String> {
    let copy = Copy::new();
    copy.write(&format!("Pulumi.{stack}.yaml"), &read("Pulumi.dev.yaml"));
    region(&copy, stack)
}

/// The findings in the program for a stack with the name `stack` and the configuration of `dev`.
fn findings(stack: &str) -> Vec<String> {
    let (program, dev) = load("dev");
    checked(&program, &dev.named(stack))
}

#[test]
fn names_that_suit_every_resource_pass_and_the_region_is_printed() {
    for stack in ["dev", "production", "local", "team-7", &"s".repeat(31)] {
        assert_eq!(region_as_dev(stack), Ok("us-east-1".to_owned()));
        assert_eq!(findings(stack), Vec::<String>::new(), "{stack}");
    }
}

/// The names of a stack's resources contain the stack's name. A bucket's name must be short, and
/// must not have upper-case letters or underscores. A function's name must not have dots.
#[test]
fn names_that_some_resource_cannot_have_are_refused() {
    for (stack, expected) in [
        ("Dev", "use lower-case letters, digits and hyphens"),
        ("my_stack", "use lower-case letters, digits and hyphens"),
        ("v1.2", "use lower-case letters, digits and hyphens"),
        // As the stack's name grows, the names of its buckets are the first to become too long.
        (&"s".repeat(32), "use at most 31 characters in us-east-1"),
    ] {
        let refused = region_as_dev(stack).unwrap_err();
        assert!(refused.contains(stack) && refused.contains(expected), "{refused}");
        assert_ne!(findings(stack), Vec::<String>::new(), "{stack}");
    }
}

#[test]
fn a_stack_without_a_file_or_a_region_is_refused() {
    let copy = Copy::new();
    copy.write("Pulumi.nowhere.yaml", "config:\n  pixgauge:shards: 8\n");
    for (stack, expected) in
        [("absent", "there is no Pulumi.absent.yaml"), ("nowhere", "names no region")]
    {
        let refused = region(&copy, stack).unwrap_err();
        assert!(refused.contains(expected), "{refused}");
    }
}
