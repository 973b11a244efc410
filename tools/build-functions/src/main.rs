//! `cargo build-functions`: the command line of [`build_functions`].

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use build_functions::build::{Architecture, Build, BuildError, Compiler};
use clap::{ArgGroup, Parser};
use pulumi_program::{Checkout, NoCheckout};

/// Builds the functions for AWS, and writes each to DIR/FUNCTION/bootstrap.zip. The same build
/// gives the same bytes on any machine at any time.
#[derive(Debug, Parser)]
#[command(name = "cargo build-functions", bin_name = "cargo build-functions")]
#[command(group = ArgGroup::new("architecture").required(true).args(["arm64", "x86_64"]))]
struct Cli {
    /// Functions to build; all functions by default. Only a build of all functions gives the bytes
    /// of a release: the bytes of a function also depend on the functions that are built with it.
    functions: Vec<String>,
    /// Build for arm64, for stacks with the default of the setting `architecture`.
    #[arg(long)]
    arm64: bool,
    /// Build for x86-64, for stacks with the setting `architecture: x86_64`.
    #[arg(long = "x86-64")]
    x86_64: bool,
    /// Compiler that cargo-lambda runs.
    #[arg(long, value_enum, default_value_t = Compiler::CargoZigbuild)]
    compiler: Compiler,
    /// Directory that the archives are written to; target/lambda by default.
    #[arg(long, value_name = "DIR")]
    lambda_dir: Option<PathBuf>,
}

/// The command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    NoCheckout(#[from] NoCheckout),
    #[error(transparent)]
    Build(#[from] BuildError),
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, there is nowhere left to report the failure.
            let _written = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), CliError> {
    let checkout = Checkout::find()?;
    let functions = if cli.functions.is_empty() {
        checkout.functions().map_err(BuildError::io("listing functions/"))?
    } else {
        cli.functions
    };
    let output = match cli.lambda_dir {
        Some(directory) => std::path::absolute(directory)
            .map_err(BuildError::io("finding the current directory"))?,
        None => checkout.root().join("target/lambda"),
    };
    Build {
        root: checkout.root().to_owned(),
        architecture: if cli.arm64 { Architecture::Arm64 } else { Architecture::X86_64 },
        compiler: cli.compiler,
        output,
        functions,
    }
    .run()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_architecture_has_to_be_named() {
        let parse = |arguments: &[&str]| {
            let command = ["cargo build-functions"].iter().chain(arguments);
            Cli::try_parse_from(command)
        };
        assert!(parse(&["--arm64", "get-image"]).is_ok());
        assert!(parse(&[]).is_err());
        assert!(parse(&["--arm64", "--x86-64"]).is_err());
    }
}
