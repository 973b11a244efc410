//! Checks that each statement in `docs/SEMANTICS.md` names tests, and that the tests exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of the form `file::test` that the statement has in backticks.
fn named(statement: &str) -> Vec<&str> {
    let names = statement.split('`').skip(1).step_by(2);
    names.filter(|name| name.contains("::") && !name.contains(' ')).collect()
}

/// The statements in `text` are its list items. An item ends at the next item or an empty line.
fn statements(text: &str) -> Vec<&str> {
    let items = text.split("\n- ").skip(1);
    items.map(|item| item.split("\n\n").next().unwrap_or_default()).collect()
}

/// Collects all tests in a folder and its subfolders, as `file::test`.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            tests(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let file = path.file_stem().unwrap().to_str().unwrap();
            let names = tests_in(&fs::read_to_string(&path).unwrap());
            found.extend(names.into_iter().map(|name| format!("{file}::{name}")));
        }
    }
}

/// The names of the functions that are marked `#[test]` or `#[tokio::test]`.
fn tests_in(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if matches!(line, "#[test]" | "#[tokio::test]") {
            is_test = true;
        } else if let (true, Some((_, rest))) = (is_test, line.split_once("fn ")) {
            names.extend(rest.split_once('(').map(|(name, _)| name.to_owned()));
            is_test = false;
        }
    }
    names
}

#[test]
fn every_statement_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(root.join("docs/SEMANTICS.md")).unwrap();
    let mut existing = BTreeSet::new();
    for folder in ["crates", "functions", "tests", "tools/pulumi-program/tests"] {
        tests(&root.join(folder), &mut existing);
    }
    let statements = statements(&text);
    assert!(statements.len() > 20, "only {} statements were found", statements.len());
    for statement in statements {
        let names = named(statement);
        assert!(!names.is_empty(), "this statement names no test: {statement}");
        for name in names {
            assert!(existing.contains(name), "there is no test {name}, named by: {statement}");
        }
    }
}

#[test]
fn a_statement_ends_at_the_next_one_or_at_an_empty_line() {
    let text = "Words.\n\n- One. `a::b`\n- Two\n  lines. `c::d` `e`\n\nNot `f::g`.\n";
    let names: Vec<_> = statements(text).into_iter().map(named).collect();
    assert_eq!(names, [vec!["a::b"], vec!["c::d"]]);
}
