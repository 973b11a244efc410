//! `Pulumi.<stack>.yaml`: one stack's configuration, checked against the types that the project
//! declares.
//!
//! Rules: <https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/>

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::config::{Declaration, is_encrypted};
use crate::document::Program;
use crate::fields::{Fields, place};
use crate::finding::{Finding, Place};
use crate::load::read_yaml;
use crate::yaml::Entry;
use crate::{ConfigError, ProgramError};

/// One deployment of the program: its name and its configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    name: String,
    file: String,
    config: Map<String, Value>,
    /// The place where each configuration value is set, by key.
    origins: BTreeMap<String, Place>,
    provider: Vec<(Place, String, Value)>,
    declarations: Vec<Declaration>,
}

impl Stack {
    /// Reads `Pulumi.<name>.yaml` in `root`. A key that the file does not set has the project's
    /// default.
    ///
    /// # Errors
    /// When the file cannot be read or is not YAML, when a key is unknown, or when a value is
    /// missing or has the wrong type. Also when a value is encrypted, because only the Pulumi CLI
    /// can decrypt it.
    pub fn load(root: &Path, program: &Program, name: &str) -> Result<Self, ProgramError> {
        let file = format!("Pulumi.{name}.yaml");
        let document = read_yaml(root, &file)?;
        let mut findings = Vec::new();
        let mut stack = Self {
            name: name.to_owned(),
            config: defaults(&program.declarations),
            origins: origins(&program.declarations),
            provider: Vec::new(),
            declarations: program.declarations.clone(),
            file,
        };
        let mut reader = Reader { fields: Fields { findings: &mut findings }, stack: &mut stack };
        reader.document(&document, program.name());
        reader.refuse_missing();
        if findings.is_empty() { Ok(stack) } else { Err(ProgramError::Invalid(findings)) }
    }

    /// Sets `key` to a value that only the caller knows, such as the directory of the artifacts
    /// that the caller built. An integer or a boolean may also be given as text.
    ///
    /// # Errors
    /// When the project does not declare `key`, or declares it with another type.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Result<Self, ConfigError> {
        let declaration = self.declaration(key).ok_or_else(|| ConfigError::Unknown {
            key: key.to_owned(),
            known: self.known_keys(),
        })?;
        let value = declaration
            .kind
            .read(&value.into())
            .map_err(|message| ConfigError::Type { key: key.to_owned(), message })?;
        self.config.insert(key.to_owned(), value);
        self.origins
            .insert(key.to_owned(), Place::default().key(&format!("configuration key {key}")));
        Ok(self)
    }

    /// Renames the stack, for a caller that deploys one file's configuration several times.
    /// Resource names contain the stack's name, so the name should consist of lower-case letters,
    /// digits and hyphens.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The stack's name, which is the value of `${pulumi.stack}`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every configuration value, defaults included, by its key without the project's name.
    #[must_use]
    pub fn config(&self) -> &Map<String, Value> {
        &self.config
    }

    /// Settings of the provider, such as `aws:region`: place, name without `aws:`, value.
    pub(crate) fn provider(&self) -> &[(Place, String, Value)] {
        &self.provider
    }

    /// The place where the value of `key` is set: in the stack's file, or in `Pulumi.yaml` if the
    /// value is the default. If [`Self::with`] has set the value, the place has no file.
    pub(crate) fn origin(&self, key: &str) -> Option<&Place> {
        self.origins.get(key)
    }

    fn declaration(&self, key: &str) -> Option<&Declaration> {
        self.declarations.iter().find(|declaration| declaration.key == key)
    }

    fn known_keys(&self) -> String {
        let keys: Vec<_> = self.declarations.iter().map(|one| one.key.as_str()).collect();
        keys.join(", ")
    }
}

fn defaults(declarations: &[Declaration]) -> Map<String, Value> {
    declarations
        .iter()
        .filter_map(|one| one.default.clone().map(|value| (one.key.clone(), value)))
        .collect()
}

fn origins(declarations: &[Declaration]) -> BTreeMap<String, Place> {
    let default = |one: &Declaration| {
        let place = one.default_place.clone().unwrap_or_else(|| one.place.clone());
        (one.key.clone(), place)
    };
    declarations.iter().map(default).collect()
}

struct Reader<'a> {
    fields: Fields<'a>,
    stack: &'a mut Stack,
}

impl Reader<'_> {
    fn document(&mut self, document: &crate::yaml::Node, project: &str) {
        let top = Place::file(self.stack.file.clone());
        for entry in self.fields.entries(document, &top) {
            let at = place(&top, entry);
            match entry.key.as_str() {
                "config" => {
                    for value in self.fields.entries(&entry.value, &at) {
                        self.value(value, &place(&at, value), project);
                    }
                }
                // `pulumi stack init` writes these keys for the stack's secrets.
                "secretsprovider" | "encryptionsalt" | "encryptedkey" => {}
                _ => self.fields.unknown(entry, &at, "config"),
            }
        }
    }

    fn value(&mut self, entry: &Entry, at: &Place, project: &str) {
        if is_encrypted(&entry.value) {
            return self.fields.refuse(at, "is encrypted: only the Pulumi CLI can read it");
        }
        match entry.key.split_once(':') {
            Some((namespace, key)) if namespace == project => self.own(key, entry, at),
            Some(("aws", key)) => {
                self.stack.provider.push((at.clone(), key.to_owned(), entry.value.to_json()));
            }
            _ => {
                let message = format!("unknown key: keys begin with `{project}:` or `aws:`");
                self.fields.refuse(at, message);
            }
        }
    }

    /// Reads a key in the project's own namespace.
    fn own(&mut self, key: &str, entry: &Entry, at: &Place) {
        let Some(declaration) = self.stack.declaration(key) else {
            let known = self.stack.known_keys();
            return self
                .fields
                .refuse(at, format!("Pulumi.yaml declares no key {key:?}; it declares {known}"));
        };
        match declaration.kind.read(&entry.value.to_json()) {
            Ok(value) => {
                self.stack.config.insert(key.to_owned(), value);
                self.stack.origins.insert(key.to_owned(), at.clone());
            }
            Err(message) => self.fields.refuse(at, message),
        }
    }

    fn refuse_missing(&mut self) {
        for declaration in &self.stack.declarations {
            if !self.stack.config.contains_key(&declaration.key) {
                let message = format!("has no default, and {} does not set it", self.stack.file);
                self.fields.findings.push(Finding::error(declaration.place.clone(), message));
            }
        }
    }
}
