//! Tests of the command `benchmark`, with shell scripts in place of functions. Each script has the
//! name of a function. The command always measures `empty-function`.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use serde_json::Value;

/// A function that returns its input, as `tools/empty-function` does.
const ECHO: &str = r#"#!/bin/bash
api=/dev/tcp/${AWS_LAMBDA_RUNTIME_API/:/\/}
path=/2018-06-01/runtime/invocation
exec 3<>"$api"
while true; do
  printf 'GET %s/next HTTP/1.1\r\n\r\n' "$path" >&3
  while read -r name value <&3; value=${value%$'\r'}; [ "$name" != $'\r' ]; do
    [ "$name" = content-length: ] && length=$value
    [ "$name" = lambda-runtime-aws-request-id: ] && id=$value
  done
  read -r -N "$length" event <&3
  printf 'POST %s/%s/response HTTP/1.1\r\ncontent-length: %s\r\n\r\n%s' \
    "$path" "$id" "$length" "$event" >&3
  while read -r name _ <&3; [ "$name" != $'\r' ]; do :; done
  read -r -N 15 _ <&3
done
"#;

/// A function that reports an error instead of asking for an event.
const BROKEN: &str = r#"#!/bin/bash
echo "the settings are: SHARDS=$SHARDS HOME=${HOME-none}"
exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/:/\/}"
printf 'POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: 6\r\n\r\nbroken' >&3
read -r _ <&3
"#;

fn benchmark(functions: &[(&str, &str)], arguments: &[&str]) -> io::Result<Output> {
    let directory = tempfile::tempdir()?;
    for (name, script) in functions {
        let file = directory.path().join(name);
        std::fs::write(&file, script)?;
        std::fs::set_permissions(&file, Permissions::from_mode(0o755))?;
    }
    Command::new(env!("CARGO_BIN_EXE_benchmark"))
        .args(["--no-instructions", "--binaries"])
        .arg(directory.path())
        .args(arguments)
        .output()
}

#[test]
fn a_function_is_started_invoked_and_measured() {
    let output = benchmark(&[("empty-function", ECHO)], &["--json", "empty-function"]).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figures = &report["functions"]["empty-function"];
    assert_eq!(figures["binaryBytes"], ECHO.len());
    assert!(figures["zipBytes"].as_u64().unwrap() < ECHO.len() as u64);
    assert!(figures["peakMemoryBytes"].as_u64().unwrap() > 500_000);
    for time in ["init", "first", "warm"] {
        assert!(figures["milliseconds"][time].as_f64().unwrap() > 0.0, "{figures}");
    }
    assert_eq!(figures.get("initInstructions"), None);
}

#[test]
fn a_failure_names_the_function_and_says_why() {
    let ends = "#!/bin/bash\nexit 3\n";
    for (function, script, expected) in [
        ("openapi", Some(ECHO), &["openapi: returned", "/statusCode should be 200"][..]),
        ("get-metadata", Some(BROKEN), &["get-metadata: broken", "SHARDS=8 HOME=none"]),
        ("get-metadata", Some(ends), &["get-metadata: the process has ended: exit status: 3"]),
        ("openapi", None, &["no binary of openapi"]),
        ("open-api", None, &["there is no function \"open-api\""]),
    ] {
        let mut functions = vec![("empty-function", ECHO)];
        functions.extend(script.map(|script| (function, script)));
        let output = benchmark(&functions, &[function]).unwrap();
        assert!(!output.status.success(), "{function}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(expected.iter().all(|part| errors.contains(part)), "{function}: {errors}");
    }
}
