//! The functions of this project, and the settings that the stack gives them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::error::BenchmarkError;
use pulumi_program::{Evaluation, FILE_ARCHIVE, Program, Stack};

/// The stack whose configuration the functions get. It has the default settings.
const STACK: &str = "dev";

/// A function's settings at AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Name of the function at AWS.
    pub(crate) name: String,
    /// Environment variables that the program sets.
    pub(crate) environment: BTreeMap<String, String>,
    /// Memory in MiB.
    pub(crate) memory: u64,
}

/// The directory of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let crates = manifest.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    crates.ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

/// The names of the functions, which are the packages in `functions/`, sorted.
pub(crate) fn functions(root: &Path) -> Result<Vec<String>, BenchmarkError> {
    let directory = root.join("functions");
    let failed = || BenchmarkError::io(directory.display().to_string());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&directory).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The settings of all functions in the Pulumi program, by the name of their package.
pub(crate) fn settings(root: &Path) -> Result<BTreeMap<String, Settings>, BenchmarkError> {
    let program = Program::load(root)?;
    let stack = Stack::load(root, &program, STACK)?;
    let invokes = BTreeMap::from([
        ("aws:getRegion".to_owned(), json!({"region": "us-east-1"})),
        ("aws:getCallerIdentity".to_owned(), json!({"accountId": "123456789012"})),
    ]);
    let mut evaluation = Evaluation::new(&program, &stack, &invokes)?;
    let mut settings = BTreeMap::new();
    for name in evaluation.order() {
        let resource = evaluation.resource(&name)?;
        if resource.type_token == "aws:lambda:Function"
            && let Some((package, function)) = function(&resource.inputs)
        {
            settings.insert(package, function);
        }
        evaluation.created(&name, made_up_outputs(&name))?;
    }
    Ok(settings)
}

/// Stand-ins for the outputs that AWS would return for a resource. The functions' behaviour does
/// not depend on them.
fn made_up_outputs(name: &str) -> Map<String, Value> {
    ["id", "arn", "url", "invokeArn", "executionArn", "apiEndpoint"]
        .into_iter()
        .map(|output| (output.to_owned(), Value::from(name)))
        .collect()
}

/// A function's package, by the path of its archive, and its settings.
fn function(inputs: &Map<String, Value>) -> Option<(String, Settings)> {
    let archive = Path::new(inputs.get("code")?.get(FILE_ARCHIVE)?.as_str()?);
    let package = archive.parent()?.file_name()?.to_str()?.to_owned();
    let variables = inputs.get("environment").and_then(|it| it["variables"].as_object());
    let environment =
        variables.into_iter().flatten().map(|(name, value)| (name.clone(), text(value)));
    let settings = Settings {
        name: text(inputs.get("name")?),
        environment: environment.collect(),
        memory: inputs.get("memorySize")?.as_u64()?,
    };
    Some((package, settings))
}

/// The value as text: Pulumi sets every environment variable as a string.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_the_settings_of_the_program() {
        let settings = settings(&root()).unwrap();
        assert_eq!(settings.keys().cloned().collect::<Vec<_>>(), functions(&root()).unwrap());
        let image = &settings["get-image"];
        assert_eq!(image.environment["SHARDS"], "8");
        assert_eq!(image.environment["BUCKET_NAME"], "bucket");
        assert_eq!(image.memory, 256);
    }
}
