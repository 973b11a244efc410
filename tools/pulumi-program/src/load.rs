//! Reads a project's files into a [`Program`].

use std::path::Path;

use crate::document::Program;
use crate::finding::{Finding, Place};
use crate::project_file::PROJECT_FILE;
use crate::{ProgramError, main_file, project_file, yaml};

/// The program's file in the directory that `main:` names.
const MAIN_FILE: &str = "Main.yaml";

impl Program {
    /// Reads the project in `root`: `Pulumi.yaml` and the program it names.
    ///
    /// # Errors
    /// When a file cannot be read, is not YAML, or contains anything that this crate does not
    /// support. In the last case, the error has all findings of both files.
    pub fn load(root: &Path) -> Result<Self, ProgramError> {
        let mut findings = Vec::new();
        let document = read_yaml(root, PROJECT_FILE)?;
        let project = project_file::read(&document, &mut findings);
        let main = match project.main.as_deref() {
            None | Some("" | ".") => MAIN_FILE.to_owned(),
            Some(directory) => format!("{}/{MAIN_FILE}", directory.trim_end_matches('/')),
        };
        let document = read_yaml(root, &main)?;
        let body = main_file::read(&document, &main, &mut findings);
        let program = Self {
            name: project.name,
            directory: root.join(project.main.unwrap_or_default()),
            root: root.to_owned(),
            main,
            declarations: project.declarations,
            variables: body.variables,
            resources: body.resources,
            outputs: body.outputs,
        };
        program.refuse_shared_names(&mut findings);
        if findings.is_empty() { Ok(program) } else { Err(ProgramError::Invalid(findings)) }
    }
}

/// Reads and parses `file` of the project in `root`.
pub(crate) fn read_yaml(root: &Path, file: &str) -> Result<yaml::Node, ProgramError> {
    let path = root.join(file);
    let text = std::fs::read_to_string(&path)
        .map_err(|source| ProgramError::Read { path: path.clone(), source })?;
    yaml::parse(&text).map_err(|error| {
        let place = Place::file(file).at(error.line);
        ProgramError::Invalid(vec![Finding::error(place, error.message)])
    })
}
