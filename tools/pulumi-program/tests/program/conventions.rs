//! Checks of the project's conventions, which neither AWS nor Pulumi requires. For example, the
//! README lists the configuration, and wildcards are explained.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use pulumi_program::offline::{self, Deployment};
use pulumi_program::{Program, Stack};
use serde_json::{Value, json};

use crate::project::{RECONCILE, STACKS, STATE_MACHINE, read};

/// Checks that the project at `root` follows the conventions. Each finding begins with a file and a
/// place.
pub(crate) fn findings(root: &Path, program: &Program) -> Vec<String> {
    let mut found = configuration_table(root, program);
    found.extend(unexplained_wildcards(root));
    found.extend(unreported(root));
    found.extend(without_region(root));
    if let Some(production) = production(root, program) {
        found.extend(unprotected(&production));
        found.extend(undocumented(&production));
    }
    found
}

/// Compares the rows of the README's configuration table with `Pulumi.yaml`.
fn configuration_table(root: &Path, program: &Program) -> Vec<String> {
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let section = readme.split("\n## Configuration\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> = program.settings().map(|setting| row(&setting)).collect();
    let missing = expected.iter().filter(|row| !rows.contains(&row.as_str()));
    let extra = rows.iter().filter(|row| !expected.iter().any(|one| one == *row));
    let mut found: Vec<String> = missing
        .map(|row| format!("README.md: Configuration: the table lacks the row {row}"))
        .chain(
            extra
                .map(|row| format!("README.md: Configuration: Pulumi.yaml does not declare {row}")),
        )
        .collect();
    if found.is_empty() && rows != expected {
        found.push("README.md: Configuration: the order differs from Pulumi.yaml".to_owned());
    }
    found
}

/// The row that the README must have for `setting`. The row shows a default that is an empty
/// text as `""`, and a default that is any other text without quotes.
fn row(setting: &pulumi_program::Setting<'_>) -> String {
    let default = match setting.default {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(value) => value.to_string(),
        None => "none".to_owned(),
    };
    format!("| `{}` | `{default}` | {} |", setting.key, setting.description)
}

/// Finds stacks without a region in their file. The region would then depend on who deploys, and
/// from where.
fn without_region(root: &Path) -> Vec<String> {
    let file = |stack: &&str| format!("Pulumi.{stack}.yaml");
    let names_none = |file: &String| {
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        !text.lines().any(|line| line.starts_with("  aws:region: "))
    };
    let files = STACKS.iter().map(file).filter(names_none);
    files.map(|file| format!("{file}: config: aws:region is missing")).collect()
}

/// Finds each `Resource: "*"` whose statement has no comment directly above it.
fn unexplained_wildcards(root: &Path) -> Vec<String> {
    let file = "pulumi/Main.yaml";
    let Ok(text) = fs::read_to_string(root.join(file)) else { return Vec::new() };
    let lines: Vec<&str> = text.lines().collect();
    let wildcards = lines.iter().enumerate().filter(|(_, line)| line.trim() == "Resource: \"*\"");
    wildcards
        .filter(|(at, _)| !lines[..start(&lines, *at)].last().is_some_and(is_comment))
        .map(|(at, _)| format!("{file}:{}: a wildcard needs a comment that says why", at + 1))
        .collect()
}

fn is_comment(line: &&str) -> bool {
    line.trim().starts_with("# ")
}

/// Index of the line on which the policy statement around line `at` begins. The line is
/// `- Effect: …` if the statement is in a list, and `name:` if the statement is a variable.
fn start(lines: &[&str], at: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[at]);
    let begins = |line: &&str| !line.trim().is_empty() && indent(line) < own;
    lines[..at].iter().rposition(begins).unwrap_or(0)
}

/// The production stack, evaluated offline; `None` if an error in the files prevents that.
fn production(root: &Path, program: &Program) -> Option<Deployment> {
    let stack = Stack::load(root, program, "production").ok()?;
    offline::evaluate(program, &stack).ok()
}

/// Finds production data that is not protected. Checks only that `deletionProtectionEnabled` of the
/// table is true. If it is, `pulumi_program::check` requires all other protections. Those checks
/// are in `src/check/protection.rs`.
fn unprotected(production: &Deployment) -> Option<String> {
    let table = production.resource("table");
    let protection = table.and_then(|table| table.inputs.get("deletionProtectionEnabled"));
    let message = "Pulumi.production.yaml: table: deletionProtectionEnabled must be true";
    (protection != Some(&json!(true))).then(|| message.to_owned())
}

/// Finds routes that the OpenAPI document lacks, and operations of the document that have no route.
fn undocumented(production: &Deployment) -> Vec<String> {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(&read("crates/api/openapi.json")).unwrap());
    let routes = production.of_type("aws:apigatewayv2:Route");
    let keys: BTreeSet<String> = routes
        .filter_map(|route| route.inputs.get("routeKey")?.as_str())
        .map(|key| key.replace("+}", "}"))
        .collect();
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let documented = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    // The document lacks these two routes, which get the requests that match no other route.
    let fallbacks = ["$default", "OPTIONS /{path}"].map(str::to_owned);
    keys.symmetric_difference(&documented.chain(fallbacks).collect())
        .map(|key| format!("pulumi/Main.yaml: routes and openapi.json differ in {key}"))
        .collect()
}

/// Finds errors that retriers and catchers name in `ErrorEquals`, but that no function reports.
/// Names with a dot belong to errors that services report, and are not checked here.
fn unreported(root: &Path) -> Vec<String> {
    static REPORTED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut sources = String::new();
        for directory in ["functions", "crates"] {
            collect(&crate::project::root().join(directory), &mut sources);
        }
        let arms = sources.split("=> \"").skip(1);
        arms.filter_map(|arm| arm.split_once('"')).map(|(name, _)| name.to_owned()).collect()
    });
    let mut found = Vec::new();
    for file in [STATE_MACHINE, RECONCILE] {
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        let names = serde_json::from_str(&text).map(|machine| matched(&machine));
        for name in names.unwrap_or_default().iter().filter(|name| !name.contains('.')) {
            if !REPORTED.contains(name) {
                found.push(format!("{file}: ErrorEquals: no function reports {name}"));
            }
        }
    }
    found
}

/// Every name in an `ErrorEquals` inside `value`, at any depth.
fn matched(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(matched).collect(),
        Value::Object(entries) => {
            let names = entries.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten();
            let own = names.filter_map(Value::as_str).map(str::to_owned);
            own.chain(entries.values().flat_map(matched)).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Appends the text of all Rust files below `directory` to `sources`, except files in folders named
/// `tests` or `target`.
fn collect(directory: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "tests" && name != "target" {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
