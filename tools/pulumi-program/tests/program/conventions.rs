//! What the project asks of its own files beside what AWS and Pulumi do: the README lists the
//! configuration, wildcards are explained, production protects its data.

use crate::project::{Copy, RECONCILE, STACKS, STATE_MACHINE, read, root};
use pulumi_program::offline::{self, Deployment};
use pulumi_program::{Program, Stack};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Everything that is wrong in the project in `root`, a line each, led by file and place.
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

/// The README's table of the configuration, row by row, against `Pulumi.yaml`.
fn configuration_table(root: &Path, program: &Program) -> Vec<String> {
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let section = readme.split("\n## Configuration\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> = program.settings().map(|setting| row(&setting)).collect();
    let missing = expected.iter().filter(|row| !rows.contains(&row.as_str()));
    let extra = rows.iter().filter(|row| !expected.iter().any(|one| one == *row));
    let mut found: Vec<String> = missing
        .map(|row| format!("README.md: Configuration: there is no row {row}"))
        .chain(extra.map(|row| format!("README.md: Configuration: Pulumi.yaml has no {row}")))
        .collect();
    if found.is_empty() && rows != expected {
        found.push("README.md: Configuration: the order is another than in Pulumi.yaml".to_owned());
    }
    found
}

/// A row as it should be, with the default as it is written in a stack's file.
fn row(setting: &pulumi_program::Setting<'_>) -> String {
    let default = match setting.default {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => "none".to_owned(),
    };
    format!("| `{}` | `{default}` | {} |", setting.key, setting.description)
}

/// Stacks whose file names no region: it would then depend on who deploys, and from where.
fn without_region(root: &Path) -> Vec<String> {
    let file = |stack: &&str| format!("Pulumi.{stack}.yaml");
    let names_none = |file: &String| {
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        !text.lines().any(|line| line.starts_with("  aws:region: "))
    };
    let files = STACKS.iter().map(file).filter(names_none);
    files.map(|file| format!("{file}: config: aws:region is missing")).collect()
}

/// Each `Resource: "*"` whose statement has no comment directly above it.
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

/// Where the statement around line `at` starts: the `- ` of its item, or the key of a variable.
fn start(lines: &[&str], at: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[at]);
    let begins = |line: &&str| !line.trim().is_empty() && indent(line) < own;
    lines[..at].iter().rposition(begins).unwrap_or(0)
}

/// The stack that matters, as it would be deployed; none where something is wrong already.
fn production(root: &Path, program: &Program) -> Option<Deployment> {
    let stack = Stack::load(root, program, "production").ok()?;
    offline::evaluate(program, &stack).ok()
}

/// The property by which production says that its data matters. All else that protects the data
/// follows from it, by `pulumi_program::check` (`protection.rs`).
fn unprotected(production: &Deployment) -> Option<String> {
    let table = production.resource("table");
    let protection = table.and_then(|table| table.inputs.get("deletionProtectionEnabled"));
    let message = "Pulumi.production.yaml: table: deletionProtectionEnabled must be true";
    (protection != Some(&json!(true))).then(|| message.to_owned())
}

/// Routes that the OpenAPI document does not have, and the other way round.
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
    // Requests that no other route takes.
    let fallbacks = ["$default", "OPTIONS /{path}"].map(str::to_owned);
    keys.symmetric_difference(&documented.chain(fallbacks).collect())
        .map(|key| format!("pulumi/Main.yaml: routes and openapi.json differ in {key}"))
        .collect()
}

/// Errors that a state machine matches and no function reports: such a retrier or catcher never
/// matches. Those with a dot are reported by services.
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

/// Every name in an `ErrorEquals`, at any depth.
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

/// The text of all Rust sources in `src` folders below `directory`.
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

#[test]
fn the_readme_lists_the_configuration() {
    let program = Program::load(&root()).unwrap();
    assert_eq!(configuration_table(&root(), &program), Vec::<String>::new());
    assert!(program.settings().count() > 20);
}

#[test]
fn every_wildcard_is_explained() {
    assert_eq!(unexplained_wildcards(&root()), Vec::<String>::new());
    let text = "a:\n  # Why.\n  b:\n    Resource: \"*\"\n  c:\n    - Effect: Allow\n      Action: x\n      Resource: \"*\"\n";
    let copy = Copy::new();
    copy.write("pulumi/Main.yaml", text);
    let expected = ["pulumi/Main.yaml:8: a wildcard needs a comment that says why"];
    assert_eq!(unexplained_wildcards(copy.root()), expected);
}

#[test]
fn only_production_protects_its_data() {
    let program = Program::load(&root()).unwrap();
    assert_eq!(unprotected(&production(&root(), &program).unwrap()), None);
    for stack in ["dev", "local"] {
        let stack = Stack::load(&root(), &program, stack).unwrap();
        let deployment = offline::evaluate(&program, &stack).unwrap();
        let resource = |name| deployment.resource(name).unwrap();
        for name in ["bucket", "table"] {
            assert!(!resource(name).options.protect, "{name} of {}", stack.name());
        }
        assert_eq!(resource("table").inputs["deletionProtectionEnabled"], false);
        assert_eq!(resource("bucket").inputs["forceDestroy"], true);
    }
}

/// Each way in which production's data could be lost by one wrong command.
#[test]
fn production_is_protected_from_changes_of_the_program() {
    let main = read("pulumi/Main.yaml");
    for (find, replace, expected) in [
        (
            "deletionProtectionEnabled: ${deletionProtection}",
            "deletionProtectionEnabled: false",
            "Pulumi.production.yaml: table: deletionProtectionEnabled must be true",
        ),
        (
            "enabled: ${pointInTimeRecovery}",
            "enabled: false",
            "resources.table.properties.pointInTimeRecovery.enabled: must be true",
        ),
        (
            "forceDestroy: ${forceDestroy}",
            "forceDestroy: true",
            "resources.bucket.properties.forceDestroy: a bucket is protected from deletion or \
             emptied by it, not both",
        ),
        (
            "status: ${versioning}",
            "status: Suspended",
            "resources.bucketVersioning.properties.versioningConfiguration.status: must be \
             \"Enabled\"",
        ),
        (
            "- id: expire-noncurrent-versions\n          status: Enabled",
            "- id: expire-noncurrent-versions\n          status: Disabled",
            "resources.bucket: keeps old versions for ever",
        ),
    ] {
        assert!(main.contains(find), "{find}");
        refused_in_production(&main.replacen(find, replace, 1), expected);
    }
    // The option stands once at the bucket and once at the table.
    let parts: Vec<_> = main.split("protect: ${deletionProtection}").collect();
    let [start, between, end] = parts[..] else { panic!("{} resources", parts.len() - 1) };
    for (bucket, table, expected) in [
        ("false", "true", "resources.bucket: holds data that this stack protects"),
        ("true", "false", "resources.table: holds data that this stack protects"),
    ] {
        let main = format!("{start}protect: {bucket}{between}protect: {table}{end}");
        refused_in_production(&main, expected);
    }
}

/// Asserts that this program has the finding `expected` when deployed as production.
fn refused_in_production(main: &str, expected: &str) {
    let copy = Copy::new();
    copy.write("pulumi/Main.yaml", main);
    let findings = copy.findings("production");
    assert!(findings.iter().any(|finding| finding.contains(expected)), "{findings:#?}");
}

#[test]
fn the_api_has_the_routes_that_its_description_has() {
    let program = Program::load(&root()).unwrap();
    assert_eq!(undocumented(&production(&root(), &program).unwrap()), Vec::<String>::new());
}

#[test]
fn functions_report_every_error_that_the_state_machines_match() {
    assert_eq!(unreported(&root()), Vec::<String>::new());
}

/// One program for all: a stack differs from another in values of the same keys alone.
#[test]
fn stacks_differ_in_configuration_only() {
    let program = Program::load(&root()).unwrap();
    let stack = |name| Stack::load(&root(), &program, name).unwrap();
    let shape = |name| {
        let deployment = offline::evaluate(&program, &stack(name)).unwrap();
        let shown = deployment.resources.into_iter().map(|one| (one.name, one.type_token));
        shown.collect::<Vec<_>>()
    };
    assert_eq!(shape("dev"), shape("production"));
    let keys = |name| stack(name).config().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys("dev"), keys("production"));
    assert_ne!(stack("dev").config(), stack("production").config());
}
