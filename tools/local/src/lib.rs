//! The local stack: everything that AWS gets, on this machine, on an emulator.
//!
//! `cargo local` is a thin program around this library; the integration tests
//! use the library itself. [`stack::Stack::start`] does it all:
//!
//! 1. [`python`] finds an interpreter and installs the emulator for it,
//! 2. [`emulator`] starts it, such that it cannot outlive this process,
//! 3. [`mod@build`] compiles and packs the Lambda functions meanwhile,
//! 4. [`mod@deploy`] applies `pulumi/Main.yaml` to the emulator.
//!
//! Then [`executions`] shows what the state machine does, and [`api`] asks what
//! came of it. [`commands`] holds the command line, one file per command.

pub mod api;
pub mod aws;
pub mod build;
pub mod cloudwatch;
pub mod commands;
pub mod deploy;
pub mod emulator;
mod error_text;
pub mod executions;
pub mod http;
pub mod load;
mod lock;
mod process;
pub mod progress;
pub mod python;
pub mod reconciliation;
pub mod redrive;
mod samples;
pub mod stack;
mod terminal;
pub mod workspace;

// For its features alone.
use unified_features as _;
