//! The parsed program: `Pulumi.yaml`, and `Main.yaml` in the directory that `Pulumi.yaml` names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::Declaration;
use crate::expression::{Expression, Kind};
use crate::finding::{Finding, Place};
use crate::reference::Reference;

/// A Pulumi YAML project: its configuration, variables, resources and outputs, parsed but not
/// evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    pub(crate) name: String,
    pub(crate) root: PathBuf,
    pub(crate) directory: PathBuf,
    /// Path of the program file, relative to `root`.
    pub(crate) main: String,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) variables: Vec<(String, Expression)>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) outputs: Vec<(String, Expression)>,
}

/// One resource, with its expressions not yet evaluated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) type_token: String,
    /// The place of `type`.
    pub(crate) type_place: Place,
    pub(crate) properties: Vec<(String, Expression)>,
    pub(crate) properties_place: Place,
    pub(crate) options: Options,
}

/// The supported resource options; any other is an error.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) depends_on: Vec<Expression>,
    pub(crate) protect: Option<Expression>,
    pub(crate) retain_on_delete: bool,
    pub(crate) delete_before_replace: bool,
    /// Properties whose changes Pulumi ignores once the resource exists, each with its place.
    pub(crate) ignore_changes: Vec<(Place, String)>,
}

/// A configuration key that the project declares, with its default and description.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting<'a> {
    /// The key, without the project's name.
    pub key: &'a str,
    /// The value if a stack does not set the key; `None` if every stack has to set it.
    pub default: Option<&'a Value>,
    /// The key's purpose; empty if the project does not describe the key.
    pub description: &'a str,
}

impl Resource {
    /// The references to resources in `dependsOn`.
    pub(crate) fn depends_on(&self) -> impl Iterator<Item = &Reference> {
        self.options.depends_on.iter().filter_map(|item| match &item.kind {
            Kind::Reference(reference) => Some(reference),
            _ => None,
        })
    }
}

impl Program {
    /// The project's name, which is also the namespace of its configuration keys.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The directory of `Pulumi.yaml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of `Main.yaml`; paths in the program are relative to it.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Logical names and type tokens (`aws:s3:Bucket`) of all resources, in the order of
    /// `Main.yaml`.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.resources.iter().map(|one| (one.name.as_str(), one.type_token.as_str()))
    }

    /// The configuration keys, in the order of `Pulumi.yaml`.
    pub fn settings(&self) -> impl Iterator<Item = Setting<'_>> {
        self.declarations.iter().map(|one| Setting {
            key: &one.key,
            default: one.default.as_ref(),
            description: &one.description,
        })
    }

    pub(crate) fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Expression> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Every expression that evaluates to a value: variables, properties, `protect` and outputs.
    /// `dependsOn` is left out, because it takes whole resources.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Expression> {
        let properties = self.resources.iter().flat_map(|resource| &resource.properties);
        let named = self.variables.iter().chain(properties).chain(&self.outputs);
        let options = self.resources.iter().filter_map(|one| one.options.protect.as_ref());
        named.map(|(_, value)| value).chain(options)
    }

    /// Reports names that are used twice: configuration, variables and resources share one
    /// namespace, in which `pulumi` is reserved.
    pub(crate) fn refuse_shared_names(&self, findings: &mut Vec<Finding>) {
        let mut taken = BTreeMap::from([("pulumi", "Pulumi itself")]);
        let declarations = self.declarations.iter().map(|one| (&one.key, &one.place, "config"));
        let variables = self.variables.iter().map(|(key, value)| (key, &value.place, "a variable"));
        let resources = self.resources.iter().map(|one| (&one.name, &one.place, "a resource"));
        for (name, place, kind) in declarations.chain(variables).chain(resources) {
            if let Some(other) = taken.insert(name, kind) {
                let message = format!("the name {name:?} is already taken by {other}");
                findings.push(Finding::error(place.clone(), message));
            }
        }
    }
}
