//! Checks that `failure_class.rs` has a class for each code with which an AWS call can fail.
//!
//! The calls are found in the source of `crates` and `functions`. The codes of a call are found in
//! the source of the SDK, in the version that `Cargo.lock` names. So the tests fail if a new call
//! can end with a code that has no class.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot continue panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use contract::{COMMON, FailureClass, Service, class_of};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of each package of the workspace and of each dependency, by the package's name.
fn packages() -> BTreeMap<String, PathBuf> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--offline", "--locked"]);
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let folder = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        (package["name"].as_str().unwrap().to_owned(), manifest.parent().unwrap().to_owned())
    };
    metadata["packages"].as_array().unwrap().iter().map(folder).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The folder and the source of each package in `crates` and `functions`. The source is without
/// unit tests, and without white space, because a call may extend over several lines.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let folders = ["crates", "functions"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
    folders.into_iter().flatten().map(|entry| {
        let package = entry.unwrap().path();
        let mut found = Vec::new();
        files(&package.join("src"), &mut found);
        let code = found.iter().map(|file| fs::read_to_string(file).unwrap());
        let code = code.flat_map(|text| {
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            code.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        });
        (package, code.collect())
    })
}

/// Operations of an SDK, in snake case.
fn operations(sdk: &Path) -> BTreeSet<String> {
    let listed = fs::read_dir(sdk.join("src/operation")).unwrap();
    let names = listed.map(|entry| entry.unwrap().path());
    names.filter(|path| path.is_file()).map(|path| stem(&path)).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The failure codes that the SDK's deserializer for an operation recognizes.
fn declared(sdk: &Path, operation: &str) -> BTreeSet<String> {
    let deserializer = sdk.join(format!("src/protocol_serde/shape_{operation}.rs"));
    let text = fs::read_to_string(deserializer).unwrap();
    let Some((_, arms)) = text.split_once("match error_code {") else { return BTreeSet::new() };
    let code =
        |line: &str| Some(line.strip_prefix("        \"")?.split_once("\" =>")?.0.to_owned());
    let arms = arms.split("        _ => ").next().unwrap();
    let codes: BTreeSet<_> = arms.lines().filter_map(code).collect();
    assert_eq!(codes.len(), variants(sdk, operation), "{operation}: {codes:?}");
    codes
}

/// Number of variants of an operation's error type, without the variant for unknown codes.
fn variants(sdk: &Path, operation: &str) -> usize {
    let text = fs::read_to_string(sdk.join(format!("src/operation/{operation}.rs"))).unwrap();
    let (_, body) = text.split_once("pub enum ").unwrap();
    let body = body.split("\n}").next().unwrap();
    body.lines().filter(|line| line.contains("(crate::types::error::")).count()
}

fn service(sdk: &str) -> Service {
    match sdk {
        "aws-sdk-dynamodb" => Service::DynamoDb,
        "aws-sdk-eventbridge" => Service::EventBridge,
        "aws-sdk-s3" => Service::S3,
        other => panic!("{other} needs a table of failure codes in failure_class.rs"),
    }
}

/// Pairs: the name of an SDK, and one of its operations that the code from [`sources`] calls.
fn called(packages: &BTreeMap<String, PathBuf>) -> BTreeSet<(String, String)> {
    let mut called = BTreeSet::new();
    for (folder, code) in sources() {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let sdks = manifest.lines().filter_map(|line| line.split('.').next());
        for sdk in sdks.filter(|name| name.starts_with("aws-sdk-")) {
            for operation in operations(&packages[sdk]) {
                if code.contains(&format!(".{operation}()")) {
                    called.insert((sdk.to_owned(), operation));
                }
            }
        }
    }
    called
}

#[test]
fn every_declared_code_of_every_call_has_a_class() {
    let packages = packages();
    let called = called(&packages);
    let mut without = Vec::new();
    for (sdk, operation) in &called {
        for code in declared(&packages[sdk], operation) {
            match class_of(service(sdk), &code) {
                Some(class) => println!("{sdk} {operation}: {code} is {class:?}"),
                None => without.push(format!("{sdk} {operation}: {code}")),
            }
        }
    }
    assert!(without.is_empty(), "without a class in failure_class.rs: {without:#?}");
    // The source certainly calls these operations. If one is not found, the search is broken.
    for operation in ["get_item", "put_item", "transact_write_items", "query", "scan"] {
        assert!(called.contains(&("aws-sdk-dynamodb".into(), operation.into())), "{operation}");
    }
    assert!(called.contains(&("aws-sdk-eventbridge".into(), "put_events".into())));
    for operation in ["get_object", "head_object"] {
        assert!(called.contains(&("aws-sdk-s3".into(), operation.into())), "{operation}");
    }
    let transact = declared(&packages["aws-sdk-dynamodb"], "transact_write_items");
    assert!(transact.contains("TransactionInProgressException"), "{transact:?}");
}

/// Each operation needs a `RetryTransient` for its own error type. With it, the SDK retries the
/// operation after the failures that are transient according to `failure_class.rs`.
#[test]
fn every_call_is_retried_by_the_class_of_its_failure() {
    let code: Vec<_> = sources().map(|(_, code)| code).collect();
    for (sdk, operation) in called(&packages()) {
        let words = operation.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
        let classifier = format!("RetryTransient::<{}Error>::new(", words.collect::<String>());
        let is_registered = code.iter().any(|code| code.contains(&classifier));
        assert!(is_registered, "no client of {sdk} has {classifier}…)");
    }
}

/// The SDK's source has two lists of codes that it retries even without `RetryTransient`. These
/// codes are transient in `failure_class.rs` too, so that the state machine retries after the SDK
/// gives up.
#[test]
fn every_code_that_the_sdk_retries_is_transient() {
    let classifiers = packages()["aws-runtime"].join("src/retries/classifiers.rs");
    let text = fs::read_to_string(classifiers).unwrap();
    for list in ["pub const THROTTLING_ERRORS", "pub const TRANSIENT_ERRORS"] {
        let (_, list) = text.split_once(list).unwrap();
        let codes = list.split("];").next().unwrap();
        let codes: Vec<_> = codes.split('"').skip(1).step_by(2).collect();
        assert!(codes.len() > 1, "{codes:?}");
        for code in codes {
            let class = COMMON.iter().find(|(known, _)| *known == code).map(|(_, class)| *class);
            assert_eq!(class, Some(FailureClass::Transient), "{code}");
        }
    }
}

/// The state `ReadRecord` calls DynamoDB without a Lambda function, so its `Retry` has to list the
/// transient codes. In a `Retry`, the name of the service precedes the code
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
#[test]
fn the_state_that_reads_the_table_retries_every_transient_code() {
    let text = fs::read_to_string(root().join("statemachine/analyze-image.asl.json")).unwrap();
    let definition: Value = serde_json::from_str(&text).unwrap();
    let retry = definition["States"]["ReadRecord"]["Retry"].to_string();
    let sdk = &packages()["aws-sdk-dynamodb"];
    let mut transient = 0;
    for code in declared(sdk, "get_item") {
        let retried = retry.contains(&format!("\"DynamoDB.{code}\""));
        let expected = class_of(Service::DynamoDb, &code) == Some(FailureClass::Transient);
        assert_eq!(retried, expected, "{code}");
        transient += usize::from(expected);
    }
    assert!(transient > 0, "no code was compared");
}
