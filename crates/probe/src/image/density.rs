//! The density of an image in dots per inch.

/// A density in whole dots per inch, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Density {
    /// Dots per inch from left to right.
    pub x: u32,
    /// Dots per inch from top to bottom.
    pub y: u32,
}

/// The unit of length in a stated density, such as the inch in dots per inch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Inch,
    Centimeter,
    Meter,
}

impl Unit {
    /// The factor from dots per this unit to dots per inch, as a fraction. An inch is 2.54 cm.
    fn to_inch(self) -> (u64, u64) {
        match self {
            Self::Inch => (1, 1),
            Self::Centimeter => (254, 100),
            Self::Meter => (254, 10_000),
        }
    }
}

impl Density {
    /// The density from two fractions, each a number of dots per `unit`; `None` if [`per_inch`]
    /// returns `None` for one of the fractions.
    pub(crate) fn new(x: (u32, u32), y: (u32, u32), unit: Unit) -> Option<Self> {
        Some(Self { x: per_inch(x, unit)?, y: per_inch(y, unit)? })
    }

    /// Like [`Density::new`], for whole numbers of dots per `unit`.
    pub(crate) fn of_integers(x: u32, y: u32, unit: Unit) -> Option<Self> {
        Self::new((x, 1), (y, 1), unit)
    }
}

/// Converts dots per `unit`, given as a fraction, to dots per inch, rounded to the nearest integer.
/// Returns `None` if the denominator or the result is zero, or if the result exceeds a `u32`.
fn per_inch((numerator, denominator): (u32, u32), unit: Unit) -> Option<u32> {
    let (times, by) = unit.to_inch();
    let (dots, length) = (u64::from(numerator) * times, u64::from(denominator) * by);
    let rounded = (dots + length / 2).checked_div(length)?;
    u32::try_from(rounded).ok().filter(|dots| *dots > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_are_rounded_to_dots_per_inch() {
        let x = |fraction, unit| Density::new(fraction, (300, 1), unit).map(|density| density.x);
        assert_eq!(x((720_000, 10_000), Unit::Inch), Some(72));
        assert_eq!(x((1183, 10), Unit::Centimeter), Some(300));
        assert_eq!(x((2835, 1), Unit::Meter), Some(72));
        assert_eq!(x((11_811, 1), Unit::Meter), Some(300));
    }

    #[test]
    fn no_density_is_reported_for_zero_and_overflow() {
        for fraction in [(0, 1), (1, 0), (1, 3), (0, 0)] {
            assert_eq!(Density::new(fraction, (1, 1), Unit::Inch), None, "{fraction:?}");
        }
        assert_eq!(Density::new((u32::MAX, 1), (1, 1), Unit::Centimeter), None);
    }
}
