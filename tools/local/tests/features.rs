//! Checks that every build of this workspace enables the same features of the AWS SDK and of its
//! dependencies. Otherwise, Cargo would compile the SDK several times, for minutes each.
//! The builds are:
//!
//! - `cargo local`
//! - the build of the functions by `cargo local`
//! - `cargo test`
//! - the tests of one library, such as `cargo test -p catalog`

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::Command;

/// Crates that must be compiled only once, with all their dependencies.
const EXPENSIVE: [&str; 5] =
    ["aws-config", "aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-sfn", "lambda_runtime"];

/// Runs `cargo tree` and returns its lines. `format` selects their content: `{p}` is a package's
/// name and version, `{f}` its features.
fn tree(arguments: &[&str], format: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--format", format])
        .args(arguments)
        .output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    // Cargo appends `(*)` to a package whose dependencies it has already printed.
    Ok(text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

/// Returns, for each of `packages`, the sets of features with which the package is compiled.
/// `arguments` select the build.
fn features(
    arguments: &[&str],
    packages: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeSet<String>>, Box<dyn Error>> {
    let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in tree(arguments, "{p}|{f}")? {
        let Some((package, wanted)) = line.split_once('|') else { continue };
        if packages.contains(package) {
            features.entry(package.to_owned()).or_default().insert(wanted.to_owned());
        }
    }
    Ok(features)
}

/// Libraries that are often tested alone. Mutation testing, for example, runs
/// `cargo test -p catalog` hundreds of times.
const LIBRARIES: [&str; 4] = ["api", "catalog", "runtime", "storage"];

/// The crates in [`EXPENSIVE`] and all their dependencies.
fn expensive() -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut selection: Vec<&str> = EXPENSIVE.iter().flat_map(|name| ["--package", *name]).collect();
    selection.extend(["--edges", "normal,build"]);
    let packages = tree(&selection, "{p}")?;
    assert!(packages.len() > 50, "{packages:?}");
    Ok(packages)
}

#[track_caller]
fn assert_none(missing: &[String]) {
    let missing = missing.join("\n");
    assert!(missing.is_empty(), "add to tools/unified-features/Cargo.toml:\n{missing}");
}

#[test]
fn sdk_is_compiled_once() {
    let packages = expensive().unwrap();
    let local = features(&["--package", "local", "--edges", "normal,build"], &packages).unwrap();
    let all = ["--workspace", "--edges", "normal,build"];
    let mut missing = Vec::new();
    for (what, arguments) in [("the functions", &all[..]), ("cargo test", &all[..1])] {
        for (package, wanted) in features(arguments, &packages).unwrap() {
            let Some(here) = local.get(&package) else { continue };
            if !wanted.is_subset(here) {
                missing.push(format!("{package}: {wanted:?} in {what}, {here:?} in cargo local"));
            }
        }
    }
    assert_none(&missing);
}

#[test]
fn sdk_is_not_compiled_for_one_library() {
    let packages = expensive().unwrap();
    let workspace = features(&["--workspace"], &packages).unwrap();
    let mut missing = Vec::new();
    for library in LIBRARIES {
        for (package, alone) in features(&["--package", library], &packages).unwrap() {
            if alone != workspace[&package] {
                let all = &workspace[&package];
                missing.push(format!("{package}: {alone:?} in {library}, {all:?} in cargo test"));
            }
        }
    }
    assert_none(&missing);
}
