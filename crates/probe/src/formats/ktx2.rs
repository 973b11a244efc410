//! KTX 2 (Khronos, KTX File Format Specification 2.0).

use imagesize::ImageType;

use super::through_imagesize;
use crate::source::{Parsed, Source};
use crate::{Format, Image};

/// Reads the width and height in the header.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    through_imagesize::parse(source, Format::Ktx2, ImageType::Ktx2)
}
