//! Checks that state machine definitions are sound, and fit the program.
//!
//! A definition is a file with placeholders, which the program replaces one by one. The checks lint
//! the file and require that
//!
//! - the program replaces exactly the placeholders in the file,
//! - the target of each call comes from a placeholder, unless a `JSONata` expression computes it,
//! - the state machine's role allows the calls whose target comes from a placeholder,
//! - a Task's timeout is not shorter than the timeout of the function that it calls.

mod source;

use std::collections::BTreeMap;
use std::path::{Component, Path};

use source::Source;

use super::Checker;
use super::read::{field, output, output_and_rest, text};
use crate::asl::{self, Call as TaskCall};
use crate::document::Resource;
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;

/// Maximum number of replaced placeholders in a definition. A definition with more is not checked.
const MAX_STEPS: usize = 64;

/// The origin of a definition: its file, and each placeholder with the expression that replaces it.
struct Chain<'a> {
    file: &'a str,
    replaced: Vec<(&'a str, &'a Expression)>,
}

impl<'a> Checker<'a> {
    pub(super) fn definitions(&mut self) {
        let program = self.program;
        // State machines may share a file. Each file is linted once.
        let mut sources = BTreeMap::new();
        for machine in
            program.resources.iter().filter(|one| one.type_token == "aws:sfn:StateMachine")
        {
            let definition = field(&machine.properties, "definition");
            let Some(chain) = definition.and_then(|it| self.chain(it)) else { continue };
            let source = sources.entry(chain.file).or_insert_with(|| self.source(&chain));
            let Some(source) = source else { continue };
            self.placeholders(&chain, source);
            for call in asl::calls(&source.definition) {
                self.call(machine, &chain, source, &call);
            }
        }
    }

    /// Follows variables and replacements (`fn::join` of `fn::split`) back to the file that
    /// contains the definition.
    fn chain(&self, definition: &'a Expression) -> Option<Chain<'a>> {
        let (mut expression, mut replaced) = (self.followed(definition), Vec::new());
        for _ in 0..=MAX_STEPS {
            let Kind::Call(call) = &expression.kind else { return None };
            match call.as_ref() {
                Call::ReadFile(name) => {
                    return Some(Chain { file: text(name)?, replaced });
                }
                Call::Join { delimiter, values } => {
                    let Kind::Call(split) = &values.kind else { return None };
                    let Call::Split { delimiter: placeholder, text: inner } = split.as_ref() else {
                        return None;
                    };
                    let name = text(placeholder)?.strip_prefix("${")?.strip_suffix('}')?;
                    replaced.push((name, delimiter));
                    expression = self.followed(inner);
                }
                _ => return None,
            }
        }
        None
    }

    /// Reads and lints `chain.file`.
    fn source(&mut self, chain: &Chain<'_>) -> Option<Source> {
        let path = self.program.directory().join(chain.file);
        // `Checker::files` reports a missing file.
        let text = std::fs::read_to_string(path).ok()?;
        let main = Path::new(&self.program.main).parent().unwrap_or(Path::new(""));
        match Source::read(&from_root(&main.join(chain.file)), &text) {
            Ok(source) => {
                for finding in asl::lint(&source.definition) {
                    let place = source.place(&finding.place);
                    self.findings.push(crate::Finding { place, ..finding });
                }
                Some(source)
            }
            Err((place, message)) => {
                self.error(&place, message);
                None
            }
        }
    }

    fn placeholders(&mut self, chain: &Chain<'_>, source: &Source) {
        let replaced = |name: &str| chain.replaced.iter().any(|(one, _)| *one == name);
        for (name, line) in source.placeholders.iter().filter(|(name, _)| !replaced(name)) {
            self.error(&source.at(*line), format!("the program does not replace ${{{name}}}"));
        }
        for (name, with) in &chain.replaced {
            if !source.placeholders.contains_key(*name) {
                let message =
                    format!("replaces ${{{name}}}, which {} does not contain", chain.file);
                self.error(&with.place, message);
            }
        }
    }

    /// Checks that the target of a service call comes from a placeholder, and that the state
    /// machine's role allows the call. A target that a `JSONata` expression computes is not
    /// checked.
    fn call(
        &mut self,
        machine: &Resource,
        chain: &Chain<'a>,
        source: &Source,
        call: &TaskCall<'_>,
    ) {
        let place = source.place(&call.place);
        if call.target.starts_with("{%") {
            return;
        }
        let name = call.target.strip_prefix("${").and_then(|name| name.strip_suffix('}'));
        if name.is_none() {
            let message =
                format!("{:?} belongs to no stack: write a placeholder, ${{…}}", call.target);
            return self.error(&place, message);
        }
        let with = name.and_then(|name| chain.replaced.iter().find(|(one, _)| *one == name));
        let Some((root, used)) = with.and_then(|(_, with)| output(with)) else { return };
        if used != call.output {
            let message =
                format!("must be the output {} of a resource, not ${{{root}.{used}}}", call.output);
            return self.error(&place, message);
        }
        let Some((role, _)) = field(&machine.properties, "roleArn").and_then(output) else {
            return;
        };
        let is_target = |resource: &Expression| {
            output_and_rest(resource).is_some_and(|it| it == (root, "arn", String::new()))
        };
        if !self.allows(role, call.action, &is_target) {
            let message = format!("{role} does not allow {} on ${{{root}.arn}}", call.action);
            self.error(&place, message);
        }
        self.task_timeout(root, &place, call);
    }

    /// Requires that a Task's timeout is at least the function's. With a shorter timeout, the Task
    /// could retry while the function is still running.
    fn task_timeout(&mut self, function: &str, place: &Place, call: &TaskCall<'_>) {
        let Some(resource) = self.program.resource(function) else { return };
        let known = self.known_at(&resource.properties, &["timeout"]).pop();
        let timeout = known.and_then(|known| known.value.as_u64());
        if let (Some(timeout), Some(waits)) = (timeout, call.timeout)
            && call.action == "lambda:InvokeFunction"
            && waits < timeout
        {
            let message =
                format!("times out after {waits} s, before {function} does after {timeout} s");
            self.error(place, message);
        }
    }
}

/// Returns `path` as text, with every `..` resolved.
pub(super) fn from_root(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts.join("/")
}
