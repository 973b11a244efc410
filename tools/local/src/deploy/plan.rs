//! Finds every error that can be found before a resource is created.

use pulumi_program::{
    Evaluation, Finding, Program, ResourceInputs, Schema, Severity, Stack, offline,
};

use super::error::DeployError;
use super::resource::Outputs;
use super::types;

/// Checks the program as [`check_program`] does, then rehearses the deployment as [`rehearsal`]
/// does.
///
/// # Errors
/// [`DeployError::Refused`] with all errors that were found.
pub(super) fn check(
    program: &Program,
    stack: &Stack,
    evaluation: Evaluation<'_>,
) -> Result<(), DeployError> {
    check_program(program, stack)?;
    rehearsal(evaluation)
}

/// Rehearses a whole deployment without calling AWS: evaluates and checks every resource, with
/// made-up outputs in place of those that AWS would return.
///
/// # Errors
/// [`DeployError::Refused`] with everything that cannot be applied.
pub(super) fn rehearsal(evaluation: Evaluation<'_>) -> Result<(), DeployError> {
    refuse(rehearse(evaluation)?)
}

/// Checks the program against the rules of AWS. The functions need not be built.
///
/// # Errors
/// [`DeployError::Refused`] with all errors that were found.
pub(super) fn check_program(program: &Program, stack: &Stack) -> Result<(), DeployError> {
    refuse(pulumi_program::check::check(program, stack, &Schema::aws()?))
}

/// Fails if any finding is an error. Warnings fail the tests of the program, but not a local
/// deployment.
fn refuse(mut findings: Vec<Finding>) -> Result<(), DeployError> {
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() { Ok(()) } else { Err(DeployError::Refused(findings)) }
}

fn rehearse(mut evaluation: Evaluation<'_>) -> Result<Vec<Finding>, DeployError> {
    let mut findings = Vec::new();
    let walked = offline::walk(&mut evaluation, |resource| rehearse_one(&resource, &mut findings));
    match walked {
        Err(error) if findings.is_empty() => Err(error.into()),
        // A finding may have caused the error of the walk, so only the findings are reported.
        _ => Ok(findings),
    }
}

fn rehearse_one(resource: &ResourceInputs, findings: &mut Vec<Finding>) -> Outputs {
    match types::read(resource) {
        Ok(read) => {
            findings.extend(read.check().into_iter().map(|finding| placed(resource, finding)));
            // An output that is also an input has the input's value. Only the other outputs need a
            // made-up value.
            let names = read.output_names().iter().copied();
            let made_up: Vec<_> = names.filter(|it| !resource.inputs.contains_key(*it)).collect();
            offline::outputs(&resource.name, &made_up)
        }
        Err(finding) => {
            findings.push(finding);
            offline::outputs(&resource.name, &["id"])
        }
    }
}

/// Returns the finding with its place in the program instead of its place in the resource's
/// properties.
fn placed(resource: &ResourceInputs, finding: Finding) -> Finding {
    let place = types::properties(&resource.name).key(&finding.place.path);
    Finding { place, ..finding }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use pulumi_program::Checkout;
    use serde_json::{Value, json};

    use super::*;

    fn root() -> PathBuf {
        Checkout::find().unwrap().root().to_owned()
    }

    /// Checks a stack of the project in `root`, with the archives in `artifacts`.
    fn findings(root: &Path, stack: &str, artifacts: &Path) -> Result<(), DeployError> {
        let program = Program::load(root).unwrap();
        let stack = Stack::load(root, &program, stack).unwrap();
        let stack = stack.with("artifacts", artifacts.to_str().unwrap()).unwrap();
        check(&program, &stack, offline::begin(&program, &stack).unwrap())
    }

    /// A directory with an empty file in place of each function's archive.
    fn artifacts() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for function in Checkout::find().unwrap().functions().unwrap() {
            let archive = directory.path().join(function);
            std::fs::create_dir(&archive).unwrap();
            std::fs::write(archive.join("bootstrap.zip"), "").unwrap();
        }
        directory
    }

    #[test]
    fn every_stack_can_be_deployed_here() {
        let artifacts = artifacts();
        for stack in ["dev", "production", "local"] {
            findings(&root(), stack, artifacts.path()).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// A project with a state machine of this definition, and then a bucket with these properties.
    fn project(definition: &Value, bucket: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            std::fs::write(directory.path().join(file), text).unwrap();
        };
        write(
            "Pulumi.yaml",
            "name: it\nruntime: yaml\nconfig: {artifacts: {type: string, default: none}}\n",
        );
        write("Pulumi.local.yaml", "config: {}\n");
        write(
            "Main.yaml",
            &format!(
                "resources:
  machine:
    type: aws:sfn:StateMachine
    properties:
      name: ${{artifacts}}
      roleArn: arn:any:iam::000000000000:role/it
      definition: {{fn::toJSON: {definition}}}
  bucket:
    type: aws:s3:Bucket
    properties: {{{bucket}}}
"
            ),
        );
        directory
    }

    /// The rehearsal finds the broken definition, which the emulator would accept. It also finds
    /// `objectLockEnabled`, which AWS supports but the local deploy does not. [`check_program`]
    /// finds `banana`, which is no property of a bucket.
    #[test]
    fn everything_that_cannot_be_applied_is_reported_at_once() {
        let sound = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}});
        let broken = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}});
        let (state, bucket) =
            ("resources.machine.properties.definition.States.A", "resources.bucket.properties");
        for (definition, properties, expected) in [
            (&sound, "bucket: abc", &[][..]),
            (&broken, "bucket: abc", &[state]),
            (&broken, "bucket: abc, objectLockEnabled: true", &[state, bucket]),
            (
                &sound,
                "bucket: abc, banana: 1",
                &["Main.yaml:10: resources.bucket.properties.banana"],
            ),
        ] {
            let project = project(definition, properties);
            let found = findings(project.path(), "local", Path::new("none"));
            let refused = found.err().map_or(String::new(), |error| error.to_string());
            assert_eq!(refused.is_empty(), expected.is_empty(), "{refused}");
            assert!(expected.iter().all(|part| refused.contains(part)), "{refused}");
        }
    }

    #[test]
    fn functions_that_were_not_built_are_named_before_anything_is_created() {
        let empty = tempfile::tempdir().unwrap();
        let message = findings(&root(), "local", empty.path()).unwrap_err().to_string();
        assert!(message.contains("resources.headObject.properties"), "{message}");
        assert!(message.contains("resources.infoImages.properties"), "{message}");
        assert!(message.contains("build the functions first"), "{message}");
    }
}
