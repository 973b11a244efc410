//! KTX 2 (Khronos, KTX File Format Specification 2.0).

use crate::source::{Parsed, Source};
use crate::{Format, Image};

/// Reads the width and height in the header.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    Ok(Image::new(Format::Ktx2, source.u32_le(20)?, source.u32_le(24)?))
}
