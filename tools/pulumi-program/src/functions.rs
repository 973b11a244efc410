//! The `fn::` functions, applied to evaluated arguments.
//!
//! Rules:
//! <https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/#built-in-functions>

use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::EvaluationError;
use crate::finding::Place;
use crate::yaml::kind_of;

/// The only key of the object that `fn::fileArchive` evaluates to. The key's value is the absolute
/// path of the archive:
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
    let text = string(text, &place.index(1))?;
    // As in Pulumi, which uses Go's `strings.Split`, an empty delimiter splits a text into its
    // characters.
    if delimiter.is_empty() {
        return Ok(text.chars().map(|one| Value::from(one.to_string())).collect());
    }
    Ok(text.split(delimiter).map(Value::from).collect())
}

/// The number of elements of a list, or of members of an object. Pulumi also accepts a text, and
/// counts its characters by a rule of Unicode that this crate does not implement. To count the
/// characters, a program can split the text with an empty delimiter first.
pub(crate) fn length(list: &Value, place: &Place) -> Result<Value, EvaluationError> {
    match list {
        Value::Array(items) => Ok(items.len().into()),
        Value::Object(entries) => Ok(entries.len().into()),
        other => Err(mismatch(place.clone(), "a list or an object", other)),
    }
}

/// The element at `index`, counted from 0. As in Pulumi, an index out of range is an error. The
/// program provokes this error to refuse configuration values, because Pulumi YAML has no
/// assertions.
pub(crate) fn select(
    index: &Value,
    values: &Value,
    place: &Place,
) -> Result<Value, EvaluationError> {
    let Some(number) = index.as_u64() else {
        return Err(mismatch(place.index(0), "an index from 0", index));
    };
    let Value::Array(items) = values else {
        return Err(mismatch(place.index(1), "a list", values));
    };
    let element = usize::try_from(number).ok().and_then(|number| items.get(number));
    element.cloned().ok_or_else(|| EvaluationError::Index {
        place: place.clone(),
        index: number,
        length: items.len(),
    })
}

/// The only element of a list, or null if the list is empty. More elements are an error.
pub(crate) fn single_or_none(list: &Value, place: &Place) -> Result<Value, EvaluationError> {
    match list.as_array().map(Vec::as_slice) {
        Some([]) => Ok(Value::Null),
        Some([one]) => Ok(one.clone()),
        Some(more) => Err(EvaluationError::NotSingle { place: place.clone(), length: more.len() }),
        None => Err(mismatch(place.clone(), "a list", list)),
    }
}

pub(crate) fn to_base64(text: &Value, place: &Place) -> Result<Value, EvaluationError> {
    Ok(Value::String(BASE64_STANDARD.encode(string(text, place)?)))
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

/// Removes each `..` from `path`, together with the folder before it, so that messages show a short
/// path. If that folder were a symbolic link, the result could be another file; the program's paths
/// contain no symbolic links.
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
        assert!(split(&json!(""), &json!(1), &place).is_err());
        assert!(length(&json!("a"), &place).is_err());
        assert!(select(&json!("0"), &json!(["a"]), &place).is_err());
        assert!(select(&json!(-1), &json!(["a"]), &place).is_err());
        assert!(select(&json!(0), &json!("a"), &place).is_err());
        assert!(to_base64(&json!(1), &place).is_err());
    }

    #[test]
    fn an_empty_delimiter_splits_a_text_into_its_characters() {
        let place = Place::default();
        assert_eq!(split(&json!(""), &json!("aé/"), &place).unwrap(), json!(["a", "é", "/"]));
        assert_eq!(split(&json!(""), &json!(""), &place).unwrap(), json!([]));
    }

    #[test]
    fn an_element_is_selected_by_a_length_or_the_index_is_out_of_range() {
        let place = Place::file("f");
        let values = json!(["a", "b"]);
        let count = |list: &Value| length(list, &place).unwrap();
        assert_eq!(select(&count(&json!(["x"])), &values, &place).unwrap(), json!("b"));
        assert_eq!(select(&count(&json!({})), &values, &place).unwrap(), json!("a"));
        let error = select(&count(&json!([1, 2])), &values, &place).unwrap_err().to_string();
        assert_eq!(error, "f: index 2 is out of range: the list has 2 elements");
    }

    #[test]
    fn the_only_element_of_a_list_is_returned_and_more_are_refused() {
        let place = Place::file("f");
        assert_eq!(single_or_none(&json!([]), &place).unwrap(), Value::Null);
        assert_eq!(single_or_none(&json!(["a"]), &place).unwrap(), json!("a"));
        let error = single_or_none(&json!(["a", "b"]), &place).unwrap_err().to_string();
        assert_eq!(error, "f: must have at most one element, not 2");
        assert!(single_or_none(&json!("a"), &place).is_err());
    }

    #[test]
    fn base64_has_its_padding() {
        assert_eq!(to_base64(&json!("é?"), &Place::default()).unwrap(), json!("w6k/"));
        assert_eq!(to_base64(&json!("a"), &Place::default()).unwrap(), json!("YQ=="));
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
