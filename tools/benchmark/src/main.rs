//! `cargo benchmark`: measures on this machine what the functions cost on AWS.
//!
//! Lambda bills memory and milliseconds, init included. The benchmark starts the released binary of
//! each function as Lambda does. It measures the start of the process and the handling of an event.
//!
//! [`command`] is the place to start reading; it calls [`measure`] for each function. An
//! [`instance`] is the process of a function. The process gets the event of its [`workload`] from a
//! [`runtime_api`], and calls a stand-in for S3, DynamoDB and EventBridge ([`aws`]). [`callgrind`]
//! counts the instructions of an instance. The functions are compared with one that does nothing,
//! the empty function (`tools/empty-function`).
//!
//! Times are those of this machine. Counts (instructions, bytes) are nearly the same on all
//! machines of one architecture. The counts are committed, and a change that makes a count grow by
//! more than its tolerance fails the check ([`baseline`]).

mod aws;
mod baseline;
mod binaries;
mod callgrind;
mod command;
mod confinement;
mod environment;
mod error;
mod figures;
mod http;
mod instance;
mod measure;
mod project;
mod runtime_api;
mod table;
mod workload;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match command::run(&command::Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // If standard error is closed, there is nowhere left to report the failure.
            let _written = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
