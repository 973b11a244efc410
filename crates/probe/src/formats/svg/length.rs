//! Numbers with units (W3C CSS Values and Units Level 3, sections 5 and 6).

/// A length in CSS pixels (1/96 inch). `None` for percentages and viewport units, which depend on
/// where the image is shown, and for text that is not a length.
pub(super) fn parse_length(text: &[u8]) -> Option<f64> {
    let (number, unit) = split_number(text.trim_ascii())?;
    let factor = match unit.to_ascii_lowercase().as_slice() {
        b"" | b"px" => 1.0,
        b"in" => 96.0,
        b"cm" => 96.0 / 2.54,
        b"mm" => 96.0 / 25.4,
        b"q" => 96.0 / 101.6,
        b"pt" => 96.0 / 72.0,
        // A pica is 1/6 inch. An em is taken to be 16 pixels, the browsers' default font size, and
        // an ex to be half an em, the fallback for fonts without an x-height.
        b"pc" | b"em" | b"rem" => 16.0,
        b"ex" => 8.0,
        _ => return None,
    };
    Some(number * factor)
}

/// Width and height in user units of a view box, `min-x min-y width height`, whose numbers are
/// separated by white space, commas or both.
pub(super) fn parse_view_box(text: &[u8]) -> Option<(f64, f64)> {
    let is_separator = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
    let mut numbers = text.split(is_separator).filter(|part| !part.is_empty());
    let mut next = || split_number(numbers.next()?).map(|(number, _)| number);
    let (_, _, width, height) = (next()?, next()?, next()?, next()?);
    Some((width, height))
}

/// Splits a number from the unit that follows it. An `e` begins an exponent only if digits follow,
/// with or without a sign: `1em` is one em.
fn split_number(text: &[u8]) -> Option<(f64, &[u8])> {
    let digits = |from: usize| {
        text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut end = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    end += digits(end);
    if text.get(end) == Some(&b'.') {
        end += 1 + digits(end + 1);
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let number: f64 = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    number.is_finite().then(|| (number, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_css_pixels() {
        for (text, pixels) in [
            ("12", 12.0),
            (" 12.5px ", 12.5),
            ("1in", 96.0),
            ("2.54cm", 96.0),
            ("25.4mm", 96.0),
            ("72pt", 96.0),
            ("6pc", 96.0),
            ("1em", 16.0),
            ("1.2e2", 120.0),
            ("+.5e+1PX", 5.0),
        ] {
            let length = parse_length(text.as_bytes()).unwrap();
            assert!((length - pixels).abs() < 1e-9, "{text}: {length}");
        }
    }

    #[test]
    fn relative_lengths_and_other_text_are_none() {
        for text in ["100%", "auto", "", "px", "1vw", "-", "."] {
            assert_eq!(parse_length(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn commas_and_white_space_separate_the_numbers_of_a_view_box() {
        assert_eq!(parse_view_box(b"0 0 10 20"), Some((10.0, 20.0)));
        assert_eq!(parse_view_box(b" -1.5,2 ,\n10px, 20 "), Some((10.0, 20.0)));
        assert_eq!(parse_view_box(b"0 0 10"), None);
    }
}
