//! Builds the functions for AWS: the same bytes wherever and whenever they are built.
//!
//! Two things would make archives of the same sources differ: paths of the machine, which rustc
//! writes into a binary for the messages of panics, and the time in the archive. [`build`] runs
//! cargo-lambda with the flags of [`paths`], with which rustc replaces the paths, and refuses a
//! binary that contains a path nevertheless. It packs the binaries with [`archive`], which leaves
//! out their time.
//! `.ci/reproduce` compares two builds. `docs/decisions/0028-archives-without-time-and-place.md` has
//! the reasons.
//!
//! `cargo local` and `cargo benchmark`, which build functions in other ways, use [`archive`] and
//! [`cargo`].

pub mod archive;
pub mod build;
pub mod cargo;
pub mod paths;
