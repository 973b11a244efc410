//! The `fn::` functions, applied to evaluated arguments.
//!
//! Rules:
//! <https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/#built-in-functions>

use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};

use crate::EvaluationError;
use crate::finding::Place;
use crate::yaml::kind_of;

/// The only key of an evaluated `fn::fileArchive`. Its value is the absolute path of the file:
/// `{"fn::fileArchive": "/project/target/lambda/get-image/bootstrap.zip"}`.
pub const FILE_ARCHIVE: &str = "fn::fileArchive";

pub(crate) fn join(
    delimiter: &Value,
    values: &Value,
    place: &Place,
) -> Result<Value, EvaluationError> {
    let delimiter = string(delimiter, &place.index(0))?;
    let Value::Array(items) = values else {
        return Err(mismatch(place.index(1), "a list of strings", values));
    };
    let parts = items.iter().map(|item| string(item, place)).collect::<Result<Vec<_>, _>>()?;
    Ok(Value::String(parts.join(delimiter)))
}

pub(crate) fn split(
    delimiter: &Value,
    text: &Value,
    place: &Place,
) -> Result<Value, EvaluationError> {
    let delimiter = string(delimiter, &place.index(0))?;
    if delimiter.is_empty() {
        return Err(mismatch(place.index(0), "a delimiter of at least one character", &json!("")));
    }
    Ok(string(text, &place.index(1))?.split(delimiter).map(Value::from).collect())
}

pub(crate) fn read_file(
    directory: &Path,
    name: &Value,
    place: &Place,
) -> Result<Value, EvaluationError> {
    let path = directory.join(string(name, place)?);
    std::fs::read_to_string(&path).map(Value::String).map_err(|source| EvaluationError::File {
        place: place.clone(),
        path,
        source,
    })
}

/// Resolves the archive's path. The file is a build artifact that need not exist yet, so it is not
/// opened.
pub(crate) fn file_archive(
    directory: &Path,
    name: &Value,
    place: &Place,
) -> Result<Value, EvaluationError> {
    let path = directory.join(string(name, place)?);
    let path = std::path::absolute(&path).map_err(|source| EvaluationError::File {
        place: place.clone(),
        path,
        source,
    })?;
    Ok(json!({ FILE_ARCHIVE: normalized(&path).to_string_lossy() }))
}

/// Resolves every `..` in `path`, for readable messages. Symbolic links are not resolved, because
/// the program's paths contain none.
fn normalized(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

pub(crate) fn string<'v>(value: &'v Value, place: &Place) -> Result<&'v str, EvaluationError> {
    value.as_str().ok_or_else(|| mismatch(place.clone(), "a string", value))
}

pub(crate) fn mismatch(place: Place, expected: &'static str, found: &Value) -> EvaluationError {
    EvaluationError::Type { place, expected, found: kind_of(found).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn join_over_split_replaces() {
        let place = Place::default();
        let parts = split(&json!("${A}"), &json!("x${A}y${A}"), &place).unwrap();
        assert_eq!(join(&json!("arn"), &parts, &place).unwrap(), json!("xarnyarn"));
    }

    #[test]
    fn wrong_types_are_named() {
        let place = Place::file("f");
        let error = join(&json!(1), &json!([]), &place).unwrap_err().to_string();
        assert_eq!(error, "f: [0]: must be a string, not an integer");
        assert!(join(&json!(""), &json!("a"), &place).is_err());
        assert!(join(&json!(""), &json!([1]), &place).is_err());
        assert!(split(&json!(""), &json!("a"), &place).is_err());
    }

    #[test]
    fn archives_are_absolute_paths_without_parents() {
        let archive =
            file_archive(Path::new("/p/pulumi"), &json!("../target/a.zip"), &Place::default());
        assert_eq!(archive.unwrap(), json!({"fn::fileArchive": "/p/target/a.zip"}));
    }

    #[test]
    fn missing_files_are_named() {
        let error = read_file(Path::new("/nowhere"), &json!("a.json"), &Place::file("f"));
        assert!(error.unwrap_err().to_string().contains("/nowhere/a.json"));
    }
}
