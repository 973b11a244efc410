//! The GPS directory (CIPA DC-008 "Exif 2.32", 4.6.6; for the altitude also "Exif 3.0", 4.6.7.1.6).

use crate::ifd::{Entries, Entry};
use crate::image::{Decimal, Location};
use crate::source::Parsed;

const LATITUDE_REF: u16 = 1;
const LATITUDE: u16 = 2;
const LONGITUDE_REF: u16 = 3;
const LONGITUDE: u16 = 4;
const ALTITUDE_REF: u16 = 5;
const ALTITUDE: u16 = 6;

/// Largest accepted altitude in meters. Even cameras in low Earth orbit are lower.
const MAX_ALTITUDE: u32 = 10_000_000;

/// Reads the location; `None` if the directory lacks a coordinate or its hemisphere, or if a
/// coordinate is unknown or out of range.
pub(super) fn read(mut entries: Entries<'_>) -> Parsed<Option<Location>> {
    let mut found: [Option<Entry<'_>>; 7] = [None; 7];
    while let Some(entry) = entries.next()? {
        if let Some(place) = found.get_mut(usize::from(entry.tag())) {
            place.get_or_insert(entry);
        }
    }
    let entry = |tag: u16| found[usize::from(tag)];
    let latitude = coordinate(entry(LATITUDE), entry(LATITUDE_REF), *b"NS", 90)?;
    let longitude = coordinate(entry(LONGITUDE), entry(LONGITUDE_REF), *b"EW", 180)?;
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return Ok(None) };
    let altitude = altitude(entry(ALTITUDE), entry(ALTITUDE_REF))?;
    Ok(Some(Location { latitude, longitude, altitude }))
}

/// Converts degrees, minutes and seconds to degrees; `None` if an entry is missing or invalid, or
/// if the result exceeds `limit`. `hemispheres` are the letters of the positive and of the negative
/// hemisphere.
fn coordinate(
    angle: Option<Entry<'_>>,
    hemisphere: Option<Entry<'_>>,
    hemispheres: [u8; 2],
    limit: u32,
) -> Parsed<Option<Decimal<6>>> {
    let (Some(angle), Some(hemisphere)) = (angle, hemisphere) else { return Ok(None) };
    let sign = match hemisphere.text()?.first() {
        Some(letter) if letter.eq_ignore_ascii_case(&hemispheres[0]) => 1.0,
        Some(letter) if letter.eq_ignore_ascii_case(&hemispheres[1]) => -1.0,
        _ => return Ok(None),
    };
    let mut degrees = 0.0;
    for (index, divisor) in (0..angle.count().min(3)).zip([1.0, 60.0, 3600.0]) {
        let Some(part) = quotient(angle.fraction(index)?) else { return Ok(None) };
        degrees += part / divisor;
    }
    Ok(Decimal::near(sign * degrees, limit))
}

fn altitude(altitude: Option<Entry<'_>>, below: Option<Entry<'_>>) -> Parsed<Option<Decimal<2>>> {
    let Some(altitude) = altitude else { return Ok(None) };
    // The altitude is negative if `GPSAltitudeRef` is 1 or 3. Exif 3.0 added the value 3.
    let sign = match below.map_or(Ok(0), Entry::first_integer)? {
        1 | 3 => -1.0,
        _ => 1.0,
    };
    let meters = quotient(altitude.fraction(0)?);
    Ok(meters.and_then(|meters| Decimal::near(sign * meters, MAX_ALTITUDE)))
}

/// The number that a fraction states; `None` if the denominator is zero. Some writers mark an
/// unknown number with a zero denominator.
fn quotient((numerator, denominator): (u32, u32)) -> Option<f64> {
    (denominator != 0).then(|| f64::from(numerator) / f64::from(denominator))
}
