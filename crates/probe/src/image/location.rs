//! The place where an image was taken.

use std::fmt;

use serde::{Serialize, Serializer};

/// The place where an image was taken, from its EXIF metadata (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Latitude in degrees, from -90 to 90, with six decimal places; positive in the north.
    pub latitude: Decimal<6>,
    /// Longitude in degrees, from -180 to 180, with six decimal places; positive in the east.
    pub longitude: Decimal<6>,
    /// Altitude in meters with two decimal places, negative below sea level; `None` if the file
    /// does not state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub altitude: Option<Decimal<2>>,
}

/// A decimal number with `PLACES` decimal places. The field is the number multiplied by 10 to the
/// power of `PLACES`.
///
/// Displayed without trailing zeros, such as `48.8582`, and serialized as a string in the same
/// form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal<const PLACES: u32>(i32);

impl<const PLACES: u32> Decimal<PLACES> {
    /// The decimal nearest to `number`; `None` if `number` is NaN, if its absolute value exceeds
    /// `limit`, or if the result does not fit in a `Decimal`.
    pub(crate) fn near(number: f64, limit: u32) -> Option<Self> {
        let scaled = (number * f64::from(10_u32.pow(PLACES))).round();
        #[expect(clippy::cast_possible_truncation, reason = "the result is compared")]
        let units = scaled as i32;
        let is_within = number.abs() <= f64::from(limit);
        #[expect(clippy::float_cmp, reason = "both are integers")]
        (is_within && f64::from(units) == scaled).then_some(Self(units))
    }
}

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_u32.pow(PLACES);
        let (whole, mut rest) = (self.0.unsigned_abs() / one, self.0.unsigned_abs() % one);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(formatter, "{sign}{whole}")?;
        let mut places = PLACES as usize;
        if rest == 0 {
            return Ok(());
        }
        while rest % 10 == 0 {
            rest /= 10;
            places -= 1;
        }
        write!(formatter, ".{rest:0places$}")
    }
}

impl<const PLACES: u32> Serialize for Decimal<PLACES> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_without_trailing_zeros() {
        let text = |number| Decimal::<6>::near(number, 180).map(|decimal| decimal.to_string());
        assert_eq!(text(48.858_222_1).unwrap(), "48.858222");
        assert_eq!(text(-0.5).unwrap(), "-0.5");
        assert_eq!(text(2.000_05).unwrap(), "2.00005");
        assert_eq!(text(180.0).unwrap(), "180");
        assert_eq!(text(-0.0).unwrap(), "0");
    }

    #[test]
    fn numbers_out_of_range_are_none() {
        for number in [180.1, -181.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Decimal::<6>::near(number, 180), None);
        }
        assert_eq!(Decimal::<2>::near(1e12, u32::MAX), None);
    }
}
