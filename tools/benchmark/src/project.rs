//! The settings that the stack gives the functions.

use std::collections::BTreeMap;
use std::path::Path;

use pulumi_program::{FILE_ARCHIVE, Program, Stack, offline};
use serde_json::{Map, Value};

use crate::error::BenchmarkError;

/// The stack whose configuration the functions get. This stack leaves the functions' memory and
/// environment at the defaults.
const STACK: &str = "dev";

/// A function's settings on AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Name of the function on AWS.
    pub(crate) name: String,
    /// Environment variables that the Pulumi program sets.
    pub(crate) environment: BTreeMap<String, String>,
    /// Memory in MiB.
    pub(crate) memory: u64,
}

/// Returns the settings of all functions in the Pulumi program, by the names of their packages.
pub(crate) fn settings(root: &Path) -> Result<BTreeMap<String, Settings>, BenchmarkError> {
    let program = Program::load(root)?;
    let stack = Stack::load(root, &program, STACK)?;
    let deployment = offline::evaluate(&program, &stack)?;
    let functions = deployment.of_type("aws:lambda:Function");
    Ok(functions.filter_map(|resource| function(&resource.inputs)).collect())
}

/// Returns the name of a function's package and the function's settings. The name is read from the
/// path of the function's archive.
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

/// Returns a value as text, because Pulumi sets every environment variable as a string.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use pulumi_program::Checkout;

    use super::*;

    #[test]
    fn every_function_has_the_settings_of_the_program() {
        let checkout = Checkout::find().unwrap();
        let settings = settings(checkout.root()).unwrap();
        assert_eq!(settings.keys().cloned().collect::<Vec<_>>(), checkout.functions().unwrap());
        let image = &settings["get-image"];
        assert_eq!(image.environment["SHARDS"], "8");
        assert_eq!(image.environment["BUCKET_NAME"], "bucket-id");
        assert_eq!(image.memory, 256);
    }
}
