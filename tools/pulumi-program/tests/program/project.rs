//! The project's files, and copies of them to plant mistakes in.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pulumi_program::{Checkout, Program, Schema, Stack, check};
use serde_json::Value;
use tempfile::TempDir;

use crate::conventions;

/// The stacks that the repository configures.
pub(crate) const STACKS: [&str; 3] = ["dev", "production", "local"];

/// Path of the definition of `analyze-image`, relative to the root.
pub(crate) const STATE_MACHINE: &str = "statemachine/analyze-image.asl.json";

/// Path of the definition of `reconcile`, relative to the root.
pub(crate) const RECONCILE: &str = "statemachine/reconcile.asl.json";

/// Path of the dashboard's body, relative to the root.
pub(crate) const DASHBOARD: &str = "pulumi/dashboard.json";

pub(crate) fn root() -> PathBuf {
    Checkout::find().unwrap().root().to_owned()
}

pub(crate) fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// The definition of a state machine in `file`, with its placeholders not replaced.
pub(crate) fn machine(file: &str) -> Value {
    serde_json::from_str(&read(file)).unwrap()
}

/// The program, and one of its stacks.
pub(crate) fn load(stack: &str) -> (Program, Stack) {
    let program = Program::load(&root()).unwrap();
    let stack = Stack::load(&root(), &program, stack).unwrap();
    (program, stack)
}

/// The findings of the checks, each as one string.
pub(crate) fn checked(program: &Program, stack: &Stack) -> Vec<String> {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::aws().unwrap());
    check::check(program, stack, &SCHEMA).iter().map(ToString::to_string).collect()
}

/// A temporary copy of the project's files, in which a test can plant mistakes. It is deleted when
/// this value is dropped.
pub(crate) struct Copy {
    directory: TempDir,
}

impl Copy {
    pub(crate) fn new() -> Self {
        let copy = Self { directory: TempDir::new().unwrap() };
        let stacks = STACKS.map(|stack| format!("Pulumi.{stack}.yaml"));
        let program = ["README.md", "Pulumi.yaml", "pulumi/Main.yaml", DASHBOARD];
        let files = program.into_iter().chain([STATE_MACHINE, RECONCILE]);
        for file in stacks.iter().map(String::as_str).chain(files) {
            copy.write(file, &read(file));
        }
        copy
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// All findings from loading and checking the copy, each as one string.
    pub(crate) fn findings(&self, stack: &str) -> Vec<String> {
        let check = || -> Result<Vec<String>, pulumi_program::ProgramError> {
            let program = Program::load(self.root())?;
            let stack = Stack::load(self.root(), &program, stack)?;
            let mut findings = checked(&program, &stack);
            findings.extend(conventions::findings(self.root(), &program));
            Ok(findings)
        };
        check().unwrap_or_else(|error| error.to_string().lines().map(str::to_owned).collect())
    }
}
