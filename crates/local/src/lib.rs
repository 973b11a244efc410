//! The local stack.
pub mod aws;
pub mod build;
pub mod deploy;
pub mod emulator;
pub mod http;
mod lock;
mod process;
pub mod progress;
pub mod python;
pub mod workspace;
