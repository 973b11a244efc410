//! `cargo local outputs`: the outputs of a running stack.

use clap::Args;
use serde_json::Value;

use super::{CommandError, ExitStatus, print, print_json};
use crate::stack::state::StateFile;
use crate::workspace::Workspace;

/// Print the outputs of the running stack: all as JSON, or the value of one.
///
/// These are the outputs that `pulumi stack output --json` prints, and `endpoint`, the emulator's
/// URL.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local outputs\n  curl \"$(cargo local outputs apiUrl)/images/info\""
)]
pub(super) struct OutputsCommand {
    /// Name of an output, such as `apiUrl` or `bucketName`.
    name: Option<String>,
    /// Print the value of NAME as JSON. Without NAME, the output is always JSON.
    #[arg(long)]
    json: bool,
}

impl OutputsCommand {
    pub(super) fn run(&self, workspace: &Workspace) -> Result<ExitStatus, CommandError> {
        let outputs = serde_json::to_value(StateFile::of(workspace).outputs()?)?;
        let Some(name) = &self.name else {
            print_json(&outputs)?;
            return Ok(ExitStatus::Success);
        };
        match value(&outputs, name)? {
            Value::String(text) if !self.json => print(&format!("{text}\n"))?,
            value => print_json(value)?,
        }
        Ok(ExitStatus::Success)
    }
}

/// The output with this name.
fn value<'a>(outputs: &'a Value, name: &str) -> Result<&'a Value, CommandError> {
    outputs.get(name).ok_or_else(|| {
        let names = outputs.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        CommandError::NoOutput { name: name.to_owned(), names }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_output_that_is_not_there_lists_those_that_are() {
        let outputs = json!({"apiUrl": "u", "bucketName": "b"});
        assert_eq!(value(&outputs, "apiUrl").unwrap(), "u");
        let error = value(&outputs, "url").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the stack has no output `url`: choose one of apiUrl, bucketName"
        );
    }
}
