//! Times in EXIF metadata.

/// Days of each month; February has 29 in leap years.
const DAYS: [u16; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Converts a time (`YYYY:MM:DD HH:MM:SS`) and its offset from UTC (`±HH:MM` or `Z`) to ISO 8601.
/// Returns `None` if `time` is invalid. A time of zeros is invalid, and so is one of spaces, which
/// EXIF prescribes for an unknown time (CIPA DC-008, 4.6.5). If `offset` is invalid, the result has
/// no offset.
pub(super) fn iso_8601(time: &[u8], offset: &[u8]) -> Option<String> {
    let time = time.trim_ascii();
    let [year, month, day, hour, minute, second] = numbers(time)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = DAYS.get(usize::from(month.checked_sub(1)?))? + u16::from(is_leap && month == 2);
    let is_time = year > 0
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        // 60 is a leap second.
        && second <= 60;
    let offset = iso_offset(offset).unwrap_or_default();
    is_time
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{offset}"))
}

/// The six numbers of a time. Separators other than those that EXIF prescribes are accepted,
/// because some writers use them.
fn numbers(time: &[u8]) -> Option<[u16; 6]> {
    const POSITIONS: [(usize, usize); 6] = [(0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)];
    const SEPARATORS: [usize; 5] = [4, 7, 10, 13, 16];
    let is_separator = |index: usize| match time.get(index) {
        Some(byte) => !byte.is_ascii_alphanumeric() || index == 10 && *byte == b'T',
        None => false,
    };
    if !SEPARATORS.into_iter().all(is_separator) {
        return None;
    }
    let mut numbers = [0; 6];
    for (number, (start, end)) in numbers.iter_mut().zip(POSITIONS) {
        *number = digits(time.get(start..end)?)?;
    }
    Some(numbers)
}

/// Converts an offset from UTC to ISO 8601. Returns `None` if `offset` is invalid.
fn iso_offset(offset: &[u8]) -> Option<String> {
    let offset = offset.split(|byte| *byte == 0).next()?.trim_ascii();
    match offset {
        b"Z" => Some("Z".to_owned()),
        [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] => {
            let (hours, minutes) = (digits(&[*h1, *h0])?, digits(&[*m1, *m0])?);
            // No time zone has an offset of more than 14 hours.
            let is_offset = (hours, minutes) <= (14, 0) && minutes < 60;
            is_offset.then(|| format!("{}{hours:02}:{minutes:02}", char::from(*sign)))
        }
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<u16> {
    let is_number = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(bytes).ok().filter(|_| is_number)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_iso_8601() {
        let time = |time: &[u8], offset: &[u8]| iso_8601(time, offset).unwrap();
        assert_eq!(time(b"2024:05:01 12:00:59\0", b""), "2024-05-01T12:00:59");
        assert_eq!(time(b"2024:02:29 23:59:60", b"+05:30\0"), "2024-02-29T23:59:60+05:30");
        assert_eq!(time(b"2000:02:29 00:00:00", b"+14:00"), "2000-02-29T00:00:00+14:00");
        assert_eq!(time(b"2024-05-01T12:00:00", b"Z"), "2024-05-01T12:00:00Z");
        assert_eq!(time(b"2024:05:01 12:00:00.25", b"-09:00 "), "2024-05-01T12:00:00-09:00");
    }

    #[test]
    fn an_offset_that_makes_no_sense_is_left_out() {
        for offset in
            [&b"+2:00"[..], b"      ", b"   :  ", b"+14:01", b"+15:00", b"+01:60", b"0200"]
        {
            assert_eq!(iso_8601(b"2024:05:01 12:00:00", offset).unwrap(), "2024-05-01T12:00:00");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for time in [
            &b"0000:00:00 00:00:00"[..],
            b"    :  :     :  :  ",
            b"0000:01:01 00:00:00",
            b"1900:02:29 00:00:00",
            b"2023:02:29 00:00:00",
            b"2023:04:31 00:00:00",
            b"2024:13:01 00:00:00",
            b"2024:01:00 00:00:00",
            b"2024:01:01 24:00:00",
            b"2024:01:01 00:60:00",
            b"2024:01:01 00:00:61",
            b"2024T01:01 00:00:00",
            b"2024:01:01x00:00:00",
            b"2024:01:01",
            b"20240501 1200000000",
            b"+024:01:01 00:00:00",
            b"",
        ] {
            assert_eq!(iso_8601(time, b""), None, "{time:?}");
        }
    }
}
