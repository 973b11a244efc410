//! How things look in a terminal, and in a file or pipe instead of one.
//!
//! Results go to standard output, progress to standard error.

pub(crate) mod bars;
pub(crate) mod format;
pub(crate) mod table;
