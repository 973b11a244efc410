//! Builds the functions for AWS: the same bytes wherever and whenever they are built.
//!
//! Two things would make archives of the same sources differ: the time in the archive, and paths of
//! the machine. rustc writes such paths into a binary for the messages of panics.
//!
//! [`build`] runs cargo-lambda with the flags of [`paths`], which make rustc replace the paths. If
//! a binary contains a path nevertheless, the build fails. [`archive`] packs a binary with a fixed
//! time. `.ci/reproduce` compares two builds.
//! `docs/decisions/0028-archives-without-time-and-place.md` has the reasons.
//!
//! `cargo local` and `cargo benchmark`, which build functions in other ways, use [`archive`] and
//! [`cargo`].

pub mod archive;
pub mod build;
pub mod cargo;
pub mod paths;
