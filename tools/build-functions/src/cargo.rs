//! Starts Cargo from a program that Cargo has started.

use std::ffi::OsString;
use std::process::Command;

/// Variables that Cargo sets for the programs it runs. [`command`] removes them: otherwise, the
/// started Cargo would see changed inputs of build scripts, rerun these scripts, and recompile
/// every crate that depends on them.
const SET_BY_CARGO: [&str; 5] = [
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_TMPDIR",
    "OUT_DIR",
];
/// Prefixes of further variables that Cargo sets for the programs it runs.
const SET_BY_CARGO_PREFIXES: [&str; 4] =
    ["CARGO_BIN_EXE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_FEATURE_"];

/// A command for the Cargo that runs this program, or for the one on `PATH` if the program runs
/// without Cargo. The command's environment lacks the variables that would make Cargo compile
/// crates again.
#[must_use]
pub fn command() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if SET_BY_CARGO.contains(&&*text)
            || SET_BY_CARGO_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_this_test_run_are_not_passed_on() {
        let command = command();
        let removed =
            |wanted: &str| command.get_envs().any(|(name, it)| name == wanted && it.is_none());
        assert!(removed("CARGO_MANIFEST_DIR") && removed("CARGO_PKG_NAME"));
    }
}
