//! Numbers with units (W3C CSS Values and Units Level 3, sections 4 to 6) and view boxes (W3C SVG
//! 2, section 8.6).

/// The value of `width` or `height`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Length {
    /// An absolute length in CSS pixels (1/96 inch).
    Pixels(f64),
    /// A percentage of the view box.
    Percentage(f64),
    /// The attribute is absent or `auto`, which means 100 % (SVG 2, section 8.2).
    Auto,
}

impl Length {
    /// The length in pixels. `view_box` is the width or height of the view box.
    pub(super) fn resolve(self, view_box: f64) -> f64 {
        match self {
            Self::Pixels(pixels) => pixels,
            Self::Percentage(percentage) => view_box * percentage / 100.0,
            Self::Auto => view_box,
        }
    }
}

/// Parses `width` or `height`.
///
/// Accepts a number with an absolute unit or without a unit, a percentage, and `auto`. Returns
/// `None` for everything else. Font-relative units depend on the font and on `font-size`, which a
/// style sheet anywhere in the document can set. Viewport units depend on where the image is shown.
/// Functions, comments and escapes would need a CSS parser.
pub(super) fn parse(text: &[u8]) -> Option<Length> {
    let text = text.trim_ascii();
    if text.eq_ignore_ascii_case(b"auto") {
        return Some(Length::Auto);
    }
    let (number, unit) = split_number(text)?;
    let pixels_per_unit = match unit.to_ascii_lowercase().as_slice() {
        b"%" if number >= 0.0 => return Some(Length::Percentage(number)),
        b"" | b"px" => 1.0,
        b"in" => 96.0,
        b"cm" => 96.0 / 2.54,
        b"mm" => 96.0 / 25.4,
        b"q" => 96.0 / 101.6,
        b"pt" => 96.0 / 72.0,
        b"pc" => 16.0,
        _ => return None,
    };
    Some(Length::Pixels(number * pixels_per_unit))
}

/// Width and height of a view box in user units.
#[derive(Debug, PartialEq)]
pub(super) struct ViewBox {
    pub(super) width: f64,
    pub(super) height: f64,
}

impl ViewBox {
    /// Parses `min-x min-y width height`. The four numbers are separated by white space, a comma or
    /// both. No separator is needed before a number that begins with a sign or a point.
    ///
    /// Browsers store the numbers in single precision. The result is `None` if a number would then
    /// not be finite, or if the width or the height would not be positive.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut rest = text.trim_ascii();
        let mut numbers = [0.0; 4];
        for (index, number) in numbers.iter_mut().enumerate() {
            if index > 0 {
                rest = rest.trim_ascii_start();
                rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
            }
            (*number, rest) = split_number(rest)?;
        }
        let [_, _, width, height] = numbers;
        let is_valid = rest.is_empty()
            && numbers.iter().all(|number| (*number as f32).is_finite())
            && width as f32 > 0.0
            && height as f32 > 0.0;
        is_valid.then_some(Self { width, height })
    }
}

/// Splits the number at the start of a text from the rest of the text. The number ends before a
/// point without digits after it, and before an `e` without an exponent after it, as in `2em`.
fn split_number(text: &[u8]) -> Option<(f64, &[u8])> {
    let digits = |from: usize| {
        text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut end = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    end += digits(end);
    if text.get(end) == Some(&b'.') && digits(end + 1) > 0 {
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
    fn absolute_units_become_css_pixels() {
        for (text, pixels) in [
            ("12", 12.0),
            (" 12.5px ", 12.5),
            ("1in", 96.0),
            ("2.54cm", 96.0),
            ("25.4mm", 96.0),
            ("101.6Q", 96.0),
            ("72pt", 96.0),
            ("6pc", 96.0),
            ("1.2e2", 120.0),
            ("+.5e+1PX", 5.0),
            ("00100", 100.0),
            ("-3", -3.0),
        ] {
            let Some(Length::Pixels(length)) = parse(text.as_bytes()) else { panic!("{text}") };
            assert!((length - pixels).abs() < 1e-9, "{text}: {length}");
        }
    }

    #[test]
    fn percentages_and_auto_are_told_apart() {
        assert_eq!(parse(b"5e1%"), Some(Length::Percentage(50.0)));
        assert_eq!(parse(b" Auto\n"), Some(Length::Auto));
        assert_eq!(parse(b"-5%"), None);
    }

    #[test]
    fn other_text_is_not_a_length() {
        for text in [
            "",
            "px",
            "-",
            ".",
            "none",
            "inherit",
            "1em",
            "1ex",
            "1rem",
            "1ch",
            "1lh",
            "1vw",
            "1dpi",
            "100 px",
            "100px;",
            "100,",
            "1 0",
            "100.",
            "100.px",
            "1.e2",
            "1e2e",
            "1e",
            "0x10",
            "+-1",
            "--1",
            "- 1",
            "inf",
            "NaN",
            "1e999",
            "calc(1px)",
            "min(1px,2px)",
            "var(--x)",
            "1px!important",
            "1/**/px",
            "/**/1px",
            "1p\\78",
            "\u{661}",
            "\"1\"",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn commas_white_space_and_signs_separate_the_numbers_of_a_view_box() {
        let expected = Some(ViewBox { width: 10.0, height: 20.0 });
        for text in ["0 0 10 20", " -1.5,2 ,\n10 , 20 ", "0-0+10+20", ".5.5 1e1,2e1"] {
            assert_eq!(ViewBox::parse(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn other_text_is_not_a_view_box() {
        for text in [
            "",
            "none",
            "0 0 10",
            "0 0 10px 20",
            "0 0 10 20px",
            "0 0 10% 20",
            "0 0 10 20 5",
            "0 0 10 20,",
            ",0 0 10 20",
            "0,,0 10 20",
            "0 0 10 20;",
            "0 0 10. 20",
            "0 0 10e 20",
            "0 0 0 20",
            "0 0 -10 20",
            "0 0 10-20",
            "0 0 1e40 20",
            "0 0 1e-60 20",
            "nan 0 10 20",
        ] {
            assert_eq!(ViewBox::parse(text.as_bytes()), None, "{text}");
        }
    }
}
