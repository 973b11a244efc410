//! The ICC profile in an iCCP chunk (W3C PNG, third edition, 11.3.2.3).

use super::named::Named;
use crate::extents::Extents;
use crate::icc::{self, Profile};
use crate::source::{Parsed, Source};

/// Reads the chunk whose data extends from `start` to `end`: a name (not the profile's
/// description), the method of compression, and the compressed profile.
pub(super) fn read(source: &Source<'_>, start: u64, end: u64) -> Parsed<Profile> {
    // Of a damaged or long profile, `inflated` returns only the beginning, which may still contain
    // the description.
    let profile = Named::read(source, start, end)?.inflated(1)?;
    let size = profile.len() as u64;
    icc::read(&source.extracted(&Extents::of(profile)), 0, size)
}
