//! Checks that paths of files and archives are relative, and that the files exist.

use std::path::Path;

use serde_json::Value;

use super::Checker;
use crate::expression::{Call, Expression, Kind};

impl Checker<'_> {
    /// Checks files and archives. Archives are build artifacts that need not exist yet, so only
    /// their paths are checked.
    pub(super) fn files(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| self.file(expression));
        }
    }

    fn file(&mut self, expression: &Expression) {
        let Kind::Call(call) = &expression.kind else { return };
        match call.as_ref() {
            Call::ReadFile(name) => {
                if let Some(name) = self.relative(name)
                    && !self.program.directory().join(&name).is_file()
                {
                    self.error(&expression.place, format!("the file {name} does not exist"));
                }
            }
            Call::FileArchive(name) => {
                self.relative(name);
            }
            _ => {}
        }
    }

    /// Returns `expression` if it is a constant, relative path. An absolute path exists on one
    /// machine only, so it is a finding.
    fn relative(&mut self, expression: &Expression) -> Option<String> {
        let Kind::Constant(Value::String(name)) = &expression.kind else { return None };
        if Path::new(name).is_absolute() {
            let message = format!("{name} must be relative to the program's directory");
            self.error(&expression.place, message);
            return None;
        }
        Some(name.clone())
    }
}
