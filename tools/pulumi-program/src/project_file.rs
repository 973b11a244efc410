//! `Pulumi.yaml`: the project's name, the program's directory, and the typed configuration.
//!
//! Rules: <https://www.pulumi.com/docs/iac/concepts/projects/project-file/>

use serde_json::Value;

use crate::config::{ConfigType, Declaration};
use crate::fields::{Fields, place};
use crate::finding::{Finding, Place};
use crate::yaml::{Entry, Node};

pub(crate) const PROJECT_FILE: &str = "Pulumi.yaml";

/// Contents of the project file.
#[derive(Default)]
pub(crate) struct ProjectFile {
    pub(crate) name: String,
    /// The program's directory, relative to the root.
    pub(crate) main: Option<String>,
    pub(crate) declarations: Vec<Declaration>,
}

/// Reads `document`, the parsed project file, and adds its mistakes to `findings`.
pub(crate) fn read(document: &Node, findings: &mut Vec<Finding>) -> ProjectFile {
    let mut fields = Fields { findings };
    let top = Place::file(PROJECT_FILE);
    let mut project = ProjectFile::default();
    let mut has_runtime = false;
    for entry in fields.entries(document, &top) {
        let place = place(&top, entry);
        match entry.key.as_str() {
            "name" => project.name = fields.string(entry, &place).unwrap_or_default(),
            "main" => project.main = fields.string(entry, &place),
            "runtime" => {
                has_runtime = true;
                runtime(&mut fields, entry, &place);
            }
            "description" | "author" | "website" | "license" | "requiredPulumiVersion" => {
                fields.string(entry, &place);
            }
            "config" => project.declarations = declarations(&mut fields, entry, &place),
            _ => fields.unknown(entry, &place, "name, runtime, main, description, config"),
        }
    }
    if project.name.is_empty() {
        fields.refuse(&top, "the project has no name");
    }
    if !has_runtime {
        fields.refuse(&top, "the project has no runtime: write `runtime: yaml`");
    }
    project
}

fn runtime(fields: &mut Fields<'_>, entry: &Entry, place: &Place) {
    if entry.value.as_str() != Some("yaml") {
        fields.refuse(place, "only the runtime `yaml` is supported");
    }
}

fn declarations(fields: &mut Fields<'_>, entry: &Entry, parent: &Place) -> Vec<Declaration> {
    let mut read = Vec::new();
    for entry in fields.entries(&entry.value, parent) {
        let place = place(parent, entry);
        read.extend(declaration(fields, entry, place));
    }
    read
}

fn declaration(fields: &mut Fields<'_>, entry: &Entry, at: Place) -> Option<Declaration> {
    let (mut kind, mut items, mut default, mut secret) = (None, None, None, false);
    let mut description = None;
    for field in fields.entries(&entry.value, &at) {
        let place = place(&at, field);
        match field.key.as_str() {
            "type" => kind = fields.string(field, &place),
            "items" => items = item_type(fields, field, &place),
            "default" => default = Some((place, field.value.to_json())),
            "secret" => secret = fields.boolean(field, &place),
            "description" => description = fields.string(field, &place),
            _ => fields.unknown(field, &place, "type, items, default, description, secret"),
        }
    }
    let kind = config_type(fields, kind.as_deref(), items, &at)?;
    let default_place = default.as_ref().map(|(place, _)| place.clone());
    let default = default.and_then(|(place, value)| default_value(fields, &kind, &place, &value));
    let (key, description) = (entry.key.clone(), description.unwrap_or_default());
    Some(Declaration { key, place: at, kind, default, default_place, description, secret })
}

fn item_type(fields: &mut Fields<'_>, entry: &Entry, at: &Place) -> Option<ConfigType> {
    let mut kind = None;
    for field in fields.entries(&entry.value, at) {
        let place = place(at, field);
        match field.key.as_str() {
            "type" => {
                kind = fields.string(field, &place).and_then(|name| ConfigType::named(&name));
            }
            _ => fields.unknown(field, &place, "type"),
        }
    }
    if kind.is_none() {
        fields.refuse(at, "needs a type: string, integer, boolean or object");
    }
    kind
}

fn config_type(
    fields: &mut Fields<'_>,
    name: Option<&str>,
    items: Option<ConfigType>,
    at: &Place,
) -> Option<ConfigType> {
    let kind = match (name, items) {
        (Some("array"), Some(items)) => Some(ConfigType::Array(Box::new(items))),
        (Some(name), None) => ConfigType::named(name),
        _ => None,
    };
    if kind.is_none() {
        let known = "string, integer, boolean, object, or array with `items`";
        fields.refuse(at, format!("needs a type: {known}"));
    }
    kind
}

fn default_value(
    fields: &mut Fields<'_>,
    kind: &ConfigType,
    place: &Place,
    value: &Value,
) -> Option<Value> {
    kind.read_strictly(value).map_err(|message| fields.refuse(place, message)).ok()
}
