//! Formatting of results and progress for a terminal, and for a file or pipe in its place.
//!
//! Results go to standard output, progress to standard error.

pub(crate) mod bars;
pub(crate) mod format;
pub(crate) mod table;
