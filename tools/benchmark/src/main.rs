//! `cargo benchmark`: what the functions cost at AWS, measured on this machine.
//!
//! Lambda users pay for init, memory and milliseconds. This starts the released binary of each
//! function as Lambda does, plays the Lambda Runtime API (`runtime_api`) and AWS (`aws`) for it,
//! and measures (`measure`, `callgrind`) what it takes to start and to handle an event
//! (`workload`). Beside the functions it measures the floor: a function that does nothing
//! (`tools/empty-function`).
//!
//! Times are of this machine. Counts (instructions, bytes) are nearly the same anywhere: those of
//! the last release are committed (`baseline`), and must not grow unnoticed.

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
            // Nobody to tell when standard error is closed.
            let _written = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
