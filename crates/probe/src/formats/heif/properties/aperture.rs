//! Clean apertures (ISO/IEC 14496-12, 12.1.4).

use crate::source::{Parsed, Source};

/// A clean aperture: the part of a picture that is shown.
pub(super) struct Aperture {
    /// Width and height in pixels.
    sides: [Fraction; 2],
    /// Position of the aperture's center, in pixels to the right of the picture's center and in
    /// pixels below it.
    offsets: [Fraction; 2],
}

/// A fraction: a numerator, which may be negative in an offset, and a denominator.
#[derive(Clone, Copy)]
struct Fraction(i64, i64);

impl Aperture {
    /// Reads a `clap` box: width, height and the two offsets.
    pub(super) fn read(source: &Source<'_>, start: u64) -> Parsed<Self> {
        let field = |index: u64| source.u32_be(start + 4 * index);
        let side = |index| Ok(Fraction(field(index)?.into(), field(index + 1)?.into()));
        let offset = |index| {
            let (numerator, denominator) = (field(index)?.cast_signed(), field(index + 1)?);
            Ok(Fraction(numerator.into(), denominator.into()))
        };
        Ok(Self { sides: [side(0)?, side(2)?], offsets: [offset(4)?, offset(6)?] })
    }

    /// Width and height in whole pixels; `None` if the width or the height exceeds that of the
    /// picture, or if the denominator of either is zero.
    pub(super) fn within(&self, (full_width, full_height): (u32, u32)) -> Option<(u32, u32)> {
        let width = self.sides[0].rounded().filter(|width| *width <= full_width)?;
        let height = self.sides[1].rounded().filter(|height| *height <= full_height)?;
        Some((width, height))
    }

    /// True if the aperture begins at the top left of a picture of this width and height.
    pub(super) fn begins_at_top_left(&self, (full_width, full_height): (u32, u32)) -> bool {
        let begins = |side: Fraction, offset: Fraction, full: u32| {
            // The aperture begins at a distance of (full - side) / 2 + offset from the picture's
            // edge. To avoid fractions, this distance is multiplied by 2 and by both denominators.
            let Fraction(side, by) = side;
            let Fraction(offset, offset_by) = offset;
            let margin = i128::from(full) * i128::from(by) - i128::from(side);
            let twice = margin * i128::from(offset_by) + 2 * i128::from(offset) * i128::from(by);
            offset_by != 0 && twice == 0
        };
        begins(self.sides[0], self.offsets[0], full_width)
            && begins(self.sides[1], self.offsets[1], full_height)
    }
}

impl Fraction {
    /// The nearest integer; `None` if the denominator is zero.
    fn rounded(self) -> Option<u32> {
        let Self(numerator, denominator) = self;
        u32::try_from((numerator + denominator / 2).checked_div(denominator)?).ok()
    }
}
