//! Tests of the checks: mistakes planted in the project's own files, one at a time, each of which
//! must be found at its place.
//!
//! A mistake is a small edit of a real file. An edit that no longer applies fails the test, so the
//! lists of mistakes stay in step with the files.

mod configuration;
mod connections;
mod documents;
mod language;
mod machines;
mod provider;
mod stacks;
mod states;
mod values;
mod wiring;

use std::iter::successors;

use pulumi_program::yaml_to_json;
use serde_json::Value;

use crate::project::{Copy, RECONCILE, STATE_MACHINE as ANALYZE, read};

/// Mistakes in one part of a file, each of them planted alone.
struct Planted {
    file: &'static str,
    /// The path of the part, to which the paths of its mistakes are relative. Empty for the whole
    /// file.
    part: &'static str,
    mistakes: &'static [Mistake],
    /// True if the program is checked as the stack `production`.
    in_production: bool,
}

/// An edit of a file, and the finding that it must cause.
struct Mistake {
    edit: Edit,
    /// A part of the expected finding's message.
    message: &'static str,
    /// A part of the expected finding's place. With `None`, the place may be the edited value, any
    /// value inside it, or any object or list around it.
    place: Option<&'static str>,
}

/// An edit of a file.
enum Edit {
    /// Sets a value: its path, as findings show it, and the new value as YAML, or [`REMOVED`].
    Value(&'static str, &'static str),
    /// Replaces the first occurrence of a text: the text and its replacement.
    Text(&'static str, &'static str),
}

const MAIN: &str = "pulumi/Main.yaml";
const PROJECT: &str = "Pulumi.yaml";
const DEV: &str = "Pulumi.dev.yaml";
const PRODUCTION: &str = "Pulumi.production.yaml";
const LOCAL: &str = "Pulumi.local.yaml";
const README: &str = "README.md";

/// Stands for the new value in an edit that removes the old one.
const REMOVED: &str = "";

const fn planted(file: &'static str, part: &'static str) -> Planted {
    Planted { file, part, mistakes: &[], in_production: false }
}

const fn set(path: &'static str, value: &'static str, message: &'static str) -> Mistake {
    Mistake { edit: Edit::Value(path, value), message, place: None }
}

const fn text(
    find: &'static str,
    replace: &'static str,
    place: &'static str,
    message: &'static str,
) -> Mistake {
    Mistake { edit: Edit::Text(find, replace), message, place: Some(place) }
}

const MISTAKES: &[&[Planted]] = &[
    language::MISTAKES,
    provider::MISTAKES,
    values::MISTAKES,
    documents::MISTAKES,
    wiring::MISTAKES,
    connections::MISTAKES,
    configuration::MISTAKES,
    stacks::MISTAKES,
    states::MISTAKES,
    machines::MISTAKES,
];

/// Number of threads that plant the mistakes. Each mistake needs a copy of the project and a check
/// of the whole copy.
const THREADS: usize = 4;

#[test]
fn every_planted_mistake_is_caught() {
    let parts = MISTAKES.iter().copied().flatten();
    let all: Vec<_> =
        parts.flat_map(|part| part.mistakes.iter().map(move |mistake| (part, mistake))).collect();
    let missed = |first: usize| {
        let share = all.iter().skip(first).step_by(THREADS);
        share.filter_map(|(part, mistake)| part.missed(mistake)).collect::<Vec<_>>()
    };
    let missed: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|it| scope.spawn(move || missed(it))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} of {} planted mistakes caught", all.len() - missed.len(), all.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

impl Planted {
    const fn with(mut self, mistakes: &'static [Mistake]) -> Self {
        self.mistakes = mistakes;
        self
    }

    /// Plants a mistake. Returns `None` if it is caught, or else a description with the findings.
    fn missed(&self, mistake: &Mistake) -> Option<String> {
        let text = read(self.file);
        let (edit, edited, places) = match mistake.edit {
            Edit::Text(find, replace) => {
                if !text.contains(find) {
                    return Some(format!("{} no longer has {find:?}", self.file));
                }
                (format!("{find:?} to {replace:?}"), text.replacen(find, replace, 1), Vec::new())
            }
            Edit::Value(path, value) => {
                let dot = if self.part.is_empty() || path.starts_with('[') { "" } else { "." };
                let path = format!("{}{dot}{path}", self.part);
                let mut document = yaml_to_json(&text).unwrap();
                let new = (value != REMOVED).then(|| yaml_to_json(value).unwrap());
                plant(&mut document, &path, new);
                let around = successors(Some(path.as_str()), |place| {
                    place.rfind(['.', '[']).map(|end| &place[..end])
                });
                let around = around.map(|place| format!(": {place}: "));
                let inside = ['.', '['].map(|next| format!(": {path}{next}"));
                (format!("{path} to {value}"), document.to_string(), around.chain(inside).collect())
            }
        };
        let copy = Copy::new();
        copy.write(self.file, &edited);
        let findings = copy.findings(self.stack());
        let expected = |line: &String| {
            let here = match mistake.place {
                Some(place) => line.contains(place),
                None => places.iter().any(|place| line.contains(place)),
            };
            here && line.contains(mistake.message)
        };
        (!findings.iter().any(expected)).then(|| {
            let (file, place, message) = (self.file, mistake.place, mistake.message);
            format!("{file}: {edit}\n  gave {findings:#?},\n  not {place:?} {message:?}")
        })
    }

    /// The stack to check. A file that all stacks share is checked with `dev`, or with `production`
    /// if `in_production` is set.
    fn stack(&self) -> &'static str {
        match self.file {
            PRODUCTION => "production",
            LOCAL => "local",
            _ if self.in_production => "production",
            _ => "dev",
        }
    }

    const fn in_production(mut self) -> Self {
        self.in_production = true;
        self
    }
}

impl Mistake {
    /// Expects a finding whose place contains the text `place`, instead of one at the edited value.
    const fn at(mut self, place: &'static str) -> Self {
        self.place = Some(place);
        self
    }
}

/// Sets the value at `path` to `new`, or removes the value if `new` is `None`. The object or list
/// that contains the value must exist. If `path` ends in an index that equals the length of the
/// list, appends `new`.
pub(crate) fn plant(document: &mut Value, path: &str, new: Option<Value>) {
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match (document.pointer_mut(parent), new) {
        (Some(Value::Object(entries)), Some(new)) => {
            entries.insert(key.to_owned(), new);
        }
        (Some(Value::Object(entries)), None) => {
            assert!(entries.shift_remove(key).is_some(), "nothing at {path}");
        }
        (Some(Value::Array(items)), new) => {
            let at: usize = key.parse().unwrap();
            items.splice(at..items.len().min(at + 1), new);
        }
        _ => panic!("nothing around {path}"),
    }
}

#[test]
fn a_finding_names_file_and_line() {
    for (file, line, mistaken, expected) in [
        (
            MAIN,
            "      timeout: 10",
            "      timeout: ten",
            "resources.headObject.properties.timeout: must be an integer, not a string (\"ten\")",
        ),
        (
            PROJECT,
            "    default: 256",
            "    default: 25",
            "config.memorySize.default: must be from 128 to 10240, not 25",
        ),
        (
            DEV,
            "  pixgauge:logRetentionDays: 7",
            "  pixgauge:logRetentionDays: x",
            "config.pixgauge:logRetentionDays: must be of type integer, not a string (\"x\")",
        ),
        (
            ANALYZE,
            "        \"FunctionName\": \"${HeadObjectFunctionArn}\",",
            "        \"FunctionName\": \"${HeadObjectArn}\",",
            "the program does not replace ${HeadObjectArn}",
        ),
    ] {
        let copy = Copy::new();
        let text = read(file);
        let number = text.lines().position(|one| one == line).unwrap() + 1;
        copy.write(file, &text.replacen(line, mistaken, 1));
        let expected = format!("error: {file}:{number}: {expected}");
        let findings = copy.findings("dev");
        assert!(findings.contains(&expected), "{expected} is not in {findings:#?}");
    }
}

/// `pulumi stack init` writes `encryptionsalt`, and `pulumi config set` writes every value as text.
#[test]
fn what_the_cli_writes_is_accepted() {
    let copy = Copy::new();
    let text = read(DEV).replace("forceDestroy: true", "forceDestroy: \"true\"");
    copy.write(DEV, &format!("encryptionsalt: v1:abc=\n{text}  pixgauge:shards: \"16\"\n"));
    assert_eq!(copy.findings("dev"), Vec::<String>::new());
}
