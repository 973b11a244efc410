//! Everything that can be found wrong before the first call.

use program::{Evaluation, Finding, Program, ResourceInputs, Severity, Stack};
use serde_json::Value;

use super::error::DeployError;
use super::resource::Outputs;
use super::types;

/// Checks the program itself, then goes through a whole deployment without a call, in which every
/// resource's outputs are made up.
///
/// # Errors
/// [`DeployError::Refused`] with all that was found.
pub(super) fn check(
    program: &Program,
    stack: &Stack,
    evaluation: Evaluation<'_>,
) -> Result<(), DeployError> {
    let _ = (program, stack);
    let mut findings = rehearse(evaluation)?;
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() { Ok(()) } else { Err(DeployError::Refused(findings)) }
}

fn rehearse(mut evaluation: Evaluation<'_>) -> Result<Vec<Finding>, DeployError> {
    let mut findings = Vec::new();
    for name in evaluation.order() {
        let resource = match evaluation.resource(&name) {
            Ok(resource) => resource,
            // It may be the consequence of what was found; that is what to mend first.
            Err(_) if !findings.is_empty() => break,
            Err(error) => return Err(error.into()),
        };
        let outputs = rehearse_one(&resource, &mut findings);
        match evaluation.created(&name, outputs) {
            Ok(()) => {}
            Err(_) if !findings.is_empty() => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(findings)
}

fn rehearse_one(resource: &ResourceInputs, findings: &mut Vec<Finding>) -> Outputs {
    match types::read(resource) {
        Ok(read) => {
            findings.extend(read.check().into_iter().map(|finding| placed(resource, &finding)));
            made_up(&resource.name, read.output_names())
        }
        Err(finding) => {
            findings.push(finding);
            made_up(&resource.name, &["id"])
        }
    }
}

/// A finding inside a resource's properties, with its place in the program.
fn placed(resource: &ResourceInputs, finding: &Finding) -> Finding {
    let message = format!("{}: {}", finding.place, finding.message);
    let place = types::properties(&resource.name);
    Finding { place, severity: finding.severity, message }
}

/// Outputs that say where they come from, should one of them show in a finding.
fn made_up(resource: &str, names: &[&str]) -> Outputs {
    let output = |name: &&str| ((*name).to_owned(), Value::from(format!("{resource}.{name}")));
    names.iter().map(output).collect()
}
