//! Runs Cargo to compile the functions.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use super::messages::{self, Line, Lines};
use super::{BuildError, Profile};
use crate::process::Group;
use crate::progress::{Progress, Step};

/// Compiles `functions`. Returns the name of each function and the path of its binary.
pub(super) async fn build(
    root: &Path,
    functions: &[String],
    profile: Profile,
    progress: &Progress,
) -> Result<Vec<(String, PathBuf)>, BuildError> {
    let mut cargo = Group::start(command(root, functions, profile))
        .map_err(BuildError::io("starting cargo"))?;
    let stdout = cargo.child().stdout.take();
    let stderr = cargo.child().stderr.take();
    let (status, artifacts, diagnostics) =
        tokio::try_join!(cargo.child().wait(), read_text(stdout), follow(stderr, progress))
            .map_err(BuildError::io("reading the output of cargo"))?;
    if !status.success() {
        return Err(BuildError::Compile { diagnostics });
    }
    let binaries = messages::binaries(&artifacts);
    functions.iter().map(|function| find(function, &binaries)).collect()
}

/// The command that builds the functions, and **this package** with them.
///
/// `cargo local`, which was just built, needs more features of some crates, such as tokio, than the
/// functions alone. To build the functions alone, Cargo would compile these crates, and every AWS
/// crate, a second time. Cargo unifies the features of packages that it builds together.
///
/// For the same reason, this package depends on `unified-features`: with that dependency,
/// `cargo run --package local` enables the same features as the command here. `tests/features.rs`
/// checks this.
fn command(root: &Path, functions: &[String], profile: Profile) -> Command {
    let mut command = Command::from(build_functions::cargo::command());
    command.current_dir(root).args(["build", "--message-format", "json-render-diagnostics"]);
    command.args(["--package", env!("CARGO_PKG_NAME")]);
    for function in functions {
        command.args(["--package", function, "--bin", function]);
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    if std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        command.args(["--color", "always"]);
    }
    // Without a terminal, Cargo shows its progress bar only on request. No other output contains
    // the number of crates to compile.
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "100");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn read_text(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes).await?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads Cargo's output: reports the progress that Cargo's progress bar shows, and returns the
/// errors and warnings.
async fn follow(
    pipe: Option<impl AsyncRead + Unpin>,
    progress: &Progress,
) -> std::io::Result<String> {
    let mut diagnostics = String::new();
    let Some(mut pipe) = pipe else { return Ok(diagnostics) };
    let mut lines = Lines::default();
    let mut buffer = vec![0; 8192];
    loop {
        let length = pipe.read(&mut buffer).await?;
        if length == 0 {
            return Ok(diagnostics);
        }
        for line in lines.push(&buffer[..length]) {
            match messages::read(&line) {
                Line::Progress { done, total, what } => {
                    progress.advanced(Step::Build, done, total, what);
                }
                Line::Blocked => progress.doing(Step::Build, "waiting for another cargo to finish"),
                Line::Status => {}
                Line::Diagnostic => {
                    diagnostics.push_str(&line);
                    diagnostics.push('\n');
                }
            }
        }
    }
}

fn find(function: &str, binaries: &[(String, PathBuf)]) -> Result<(String, PathBuf), BuildError> {
    binaries
        .iter()
        .find(|(name, _)| name == function)
        .cloned()
        .ok_or_else(|| BuildError::NoBinary { function: function.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_and_this_package_are_built_together() {
        let functions = ["a".to_owned(), "b".to_owned()];
        let command = command(Path::new("/project"), &functions, Profile::Release);
        let arguments: Vec<_> =
            command.as_std().get_args().map(|argument| argument.to_string_lossy()).collect();
        let arguments = arguments.join(" ");
        assert!(arguments.contains("--package local --package a --bin a --package b --bin b"));
        assert!(arguments.contains("--release"));
    }

    #[test]
    fn missing_binary_names_the_function() {
        let error = find("head-object", &[]).unwrap_err();
        assert!(error.to_string().contains("`head-object`"));
    }

    #[tokio::test]
    async fn compile_errors_are_shown_as_rustc_shows_them() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for (package, source) in [("local", "pub fn f() {}"), ("broken", "fn main() { nothing }")] {
            let file = if package == "local" { "lib.rs" } else { "main.rs" };
            std::fs::create_dir_all(root.join(package).join("src")).unwrap();
            std::fs::write(root.join(package).join("src").join(file), source).unwrap();
            let manifest = format!("[package]\nname = \"{package}\"\nedition = \"2024\"\n");
            std::fs::write(root.join(package).join("Cargo.toml"), manifest).unwrap();
        }
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n";
        std::fs::write(root.join("Cargo.toml"), manifest).unwrap();
        let result = build(root, &["broken".to_owned()], Profile::Dev, &Progress::silent()).await;
        let Err(BuildError::Compile { diagnostics }) = result else {
            panic!("expected a compile error, not {result:?}");
        };
        assert!(diagnostics.contains("cannot find value `nothing`"), "{diagnostics}");
        assert!(diagnostics.contains("src/main.rs:1:13"), "{diagnostics}");
        assert!(!diagnostics.contains("Compiling"), "{diagnostics}");
    }
}
