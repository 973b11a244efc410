//! QOI (The Quite OK Image Format, specification version 1.0).

use crate::source::{Parsed, Source, corrupt};
use crate::{Format, Image};

/// Reads the 14-byte header.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let (width, height) = (source.u32_be(4)?, source.u32_be(8)?);
    let [channels, colour_space] = source.array(12)?;
    if !matches!(channels, 3 | 4) {
        return corrupt("the number of channels is neither 3 nor 4", 12);
    }
    if colour_space > 1 {
        return corrupt("the colour space is neither 0 nor 1", 13);
    }
    let mut image = Image::new(Format::Qoi, width, height).with_samples(8, channels);
    image.animated = Some(false);
    Ok(image)
}
