//! `Main.yaml`: variables, resources and outputs.
//!
//! Rules: <https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/>

use crate::document::{Options, Resource};
use crate::expression::{Expression, ExpressionReader, Kind};
use crate::fields::{Fields, place};
use crate::finding::{Finding, Place};
use crate::yaml::{Entry, Node, Yaml};

/// Contents of the program file.
#[derive(Default)]
pub(crate) struct MainFile {
    pub(crate) variables: Vec<(String, Expression)>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) outputs: Vec<(String, Expression)>,
}

/// Reads `document`, the parsed program file, and adds its mistakes to `findings`.
pub(crate) fn read(document: &Node, file: &str, findings: &mut Vec<Finding>) -> MainFile {
    let mut fields = Fields { findings };
    let top = Place::file(file);
    let mut main = MainFile::default();
    for entry in fields.entries(document, &top) {
        let place = place(&top, entry);
        match entry.key.as_str() {
            "variables" => main.variables = expressions(&mut fields, entry, &place),
            "resources" => main.resources = resources(&mut fields, entry, &place),
            "outputs" => main.outputs = expressions(&mut fields, entry, &place),
            _ => fields.unknown(entry, &place, "variables, resources, outputs"),
        }
    }
    main
}

/// Reads a mapping of names to expressions.
fn expressions(fields: &mut Fields<'_>, entry: &Entry, at: &Place) -> Vec<(String, Expression)> {
    let entries = fields.entries(&entry.value, at);
    ExpressionReader { findings: fields.findings }.entries(entries, at)
}

fn resources(fields: &mut Fields<'_>, entry: &Entry, parent: &Place) -> Vec<Resource> {
    let entries = fields.entries(&entry.value, parent);
    entries.iter().map(|entry| resource(fields, entry, place(parent, entry))).collect()
}

fn resource(fields: &mut Fields<'_>, entry: &Entry, at: Place) -> Resource {
    let mut resource = Resource {
        name: entry.key.clone(),
        type_token: String::new(),
        type_place: at.clone(),
        properties: Vec::new(),
        properties_place: at.key("properties"),
        options: Options::default(),
        place: at,
    };
    for field in fields.entries(&entry.value, &resource.place) {
        let place = place(&resource.place, field);
        match field.key.as_str() {
            "type" => {
                resource.type_token = fields.string(field, &place).unwrap_or_default();
                resource.type_place = place;
            }
            "properties" => {
                resource.properties = expressions(fields, field, &place);
                resource.properties_place = place;
            }
            "options" => resource.options = options(fields, field, &place),
            _ => fields.unknown(field, &place, "type, properties, options"),
        }
    }
    if resource.type_token.is_empty() {
        fields.refuse(&resource.place, "has no type");
    }
    resource
}

fn options(fields: &mut Fields<'_>, entry: &Entry, at: &Place) -> Options {
    let mut options = Options::default();
    for field in fields.entries(&entry.value, at) {
        let place = place(at, field);
        match field.key.as_str() {
            "dependsOn" => options.depends_on = depends_on(fields, field, &place),
            "protect" => {
                let mut reader = ExpressionReader { findings: fields.findings };
                options.protect = Some(reader.read(&field.value, &place));
            }
            "retainOnDelete" => options.retain_on_delete = fields.boolean(field, &place),
            "deleteBeforeReplace" => options.delete_before_replace = fields.boolean(field, &place),
            "ignoreChanges" => options.ignore_changes = ignore_changes(fields, field, &place),
            _ => {
                let known =
                    "dependsOn, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges";
                fields.unknown(field, &place, known);
            }
        }
    }
    options
}

/// Reads a list of property names. Pulumi also accepts paths of nested properties, which the
/// program does not need.
fn ignore_changes(fields: &mut Fields<'_>, entry: &Entry, at: &Place) -> Vec<(Place, String)> {
    let Yaml::Sequence(items) = &entry.value.value else {
        fields.refuse(at, "must be a list of property names");
        return Vec::new();
    };
    let mut names = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let place = at.index(index).at(item.line);
        match item.as_str() {
            Some(name) => names.push((place, name.to_owned())),
            None => fields.refuse(&place, "must be the name of a property"),
        }
    }
    names
}

/// Reads the value of `dependsOn`: a list of resources, each as `${name}`.
fn depends_on(fields: &mut Fields<'_>, entry: &Entry, at: &Place) -> Vec<Expression> {
    let read = ExpressionReader { findings: fields.findings }.read(&entry.value, at);
    let Kind::List(items) = read.kind else {
        fields.refuse(at, "must be a list of resources, as `${name}`");
        return Vec::new();
    };
    for item in &items {
        if !matches!(&item.kind, Kind::Reference(reference) if reference.path.is_empty()) {
            fields.refuse(&item.place, "must be a whole resource, as `${name}`");
        }
    }
    items
}
