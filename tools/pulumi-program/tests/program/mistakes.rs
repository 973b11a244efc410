//! Tests of the checks: mistakes planted in the project's own files, one at a time, each of which
//! must be found at its place.
//!
//! A mistake is a small edit of a real file. An edit that no longer applies fails the test, so the
//! tables stay in step with the files.

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

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::project::{Copy, RECONCILE, STATE_MACHINE as ANALYZE, read};

/// An edit of a file, and the finding that it must cause.
struct Mistake {
    file: &'static str,
    edit: Edit,
    /// A part of the expected finding's place, and a part of its message.
    expect: [&'static str; 2],
}

/// An edit of a file.
enum Edit {
    /// Replaces the first occurrence of a text: the text and its replacement.
    Text(&'static str, &'static str),
    /// Sets a JSON value: a JSON pointer, and the new value as JSON, or [`REMOVED`].
    Json(&'static str, &'static str),
}

const MAIN: &str = "pulumi/Main.yaml";
const PROJECT: &str = "Pulumi.yaml";
const DEV: &str = "Pulumi.dev.yaml";
const PRODUCTION: &str = "Pulumi.production.yaml";
const LOCAL: &str = "Pulumi.local.yaml";
const README: &str = "README.md";

/// No new value: the edit removes the old value.
const REMOVED: &str = "";

const fn mistake(
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    expect: [&'static str; 2],
) -> Mistake {
    Mistake { file, edit: Edit::Text(find, replace), expect }
}

const fn json(
    file: &'static str,
    pointer: &'static str,
    value: &'static str,
    expect: [&'static str; 2],
) -> Mistake {
    Mistake { file, edit: Edit::Json(pointer, value), expect }
}

const MISTAKES: &[(&str, &[Mistake])] = &[
    ("the language", language::LANGUAGE),
    ("types and properties", provider::PROVIDER),
    ("values of bucket and table", values::STORAGE),
    ("values of functions and state machines", values::COMPUTE),
    ("values of the API", values::API),
    ("required properties", values::REQUIRED),
    ("alarms", values::ALARMS),
    ("policies", documents::POLICIES),
    ("event patterns", documents::EVENTS),
    ("roles and functions", wiring::FUNCTIONS),
    ("state machines in the program", wiring::MACHINES),
    ("routes", wiring::API),
    ("connections", connections::CONNECTIONS),
    ("configuration", configuration::CONFIGURATION),
    ("configuration values", configuration::VALUES),
    ("stacks", stacks::STACKS),
    ("documentation of the configuration", stacks::TEXTS),
    ("fields of states", states::FIELDS),
    ("flow of states", states::FLOW),
    ("errors of states", states::ERRORS),
    ("expressions of states", states::EXPRESSIONS),
    ("calls of states", machines::CALLS),
    ("maps", machines::RECONCILIATION),
];

#[test]
fn every_planted_mistake_is_caught() {
    let planted: Vec<&Mistake> = MISTAKES.iter().flat_map(|(_, group)| *group).collect();
    let missed = missed(&planted);
    for (group, mistakes) in MISTAKES {
        println!("{:4}  {group}", mistakes.len());
    }
    println!("{} of {} planted mistakes caught", planted.len() - missed.len(), planted.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Describes the mistakes that were not caught, with what was found instead. Each mistake needs a
/// copy of the project and a check of the whole copy, so several threads share the work.
fn missed(planted: &[&Mistake]) -> Vec<String> {
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(mistake) = planted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(failure) = mistake.missed() {
                        missed.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    missed.into_inner().unwrap()
}

impl Mistake {
    fn missed(&self) -> Option<String> {
        let (what, text) = match self.edited() {
            Ok(edited) => edited,
            Err(failure) => return Some(failure),
        };
        let copy = Copy::new();
        copy.write(self.file, &text);
        let findings = copy.findings(self.stack());
        let expected = |line: &String| self.expect.iter().all(|part| line.contains(part));
        (!findings.iter().any(expected)).then(|| {
            format!("{}: {what}\n  gave {findings:#?},\n  not {:?}", self.file, self.expect)
        })
    }

    /// A description of the edit, and the file with the edit applied.
    fn edited(&self) -> Result<(String, String), String> {
        let text = read(self.file);
        match self.edit {
            Edit::Text(find, _) if !text.contains(find) => {
                Err(format!("{} no longer has {find:?}", self.file))
            }
            Edit::Text(find, replace) => {
                Ok((format!("{find:?} to {replace:?}"), text.replacen(find, replace, 1)))
            }
            Edit::Json(pointer, value) => {
                let mut document: Value = serde_json::from_str(&text).unwrap();
                let new = match value {
                    REMOVED => Value::Null,
                    value => serde_json::from_str(value).unwrap(),
                };
                plant(&mut document, pointer, new);
                let text = serde_json::to_string_pretty(&document).unwrap();
                Ok((format!("{pointer} to {value}"), text))
            }
        }
    }

    /// The stack to check: for a stack's file, that stack; otherwise `dev`.
    fn stack(&self) -> &'static str {
        match self.file {
            PRODUCTION => "production",
            LOCAL => "local",
            _ => "dev",
        }
    }
}

/// Sets the value at `pointer`, or removes it if `value` is null. The parent must exist.
pub(crate) fn plant(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}"));
    let parent = parent.as_object_mut().unwrap();
    if value.is_null() {
        assert!(parent.shift_remove(key).is_some(), "nothing at {pointer}");
    } else {
        parent.insert(key.to_owned(), value);
    }
}

#[test]
fn a_finding_names_file_and_line() {
    let copy = Copy::new();
    let text = read(MAIN).replacen("      timeout: 10\n", "      timeout: ten\n", 1);
    let line = text.lines().position(|line| line == "      timeout: ten").unwrap() + 1;
    copy.write(MAIN, &text);
    let expected = format!(
        "error: pulumi/Main.yaml:{line}: resources.headObject.properties.timeout: must be an \
         integer, not a string (\"ten\")"
    );
    assert_eq!(copy.findings("dev"), [expected]);
}

/// `pulumi stack init` writes the salt, and `pulumi config set` writes values as text.
#[test]
fn what_the_cli_writes_is_accepted() {
    let copy = Copy::new();
    let text = read(DEV).replace("forceDestroy: true", "forceDestroy: \"true\"");
    copy.write(DEV, &format!("encryptionsalt: v1:abc=\n{text}  pixgauge:shards: \"16\"\n"));
    assert_eq!(copy.findings("dev"), Vec::<String>::new());
}
