//! Markdown tables and numbers.

/// Renders a table. The first `left` columns are aligned to the left, the others to the right.
pub(super) fn table(titles: &[&str], left: usize, rows: &[Vec<String>]) -> String {
    let marks = (0..titles.len()).map(|column| if column < left { "---" } else { "---:" });
    let mut text = line(titles.iter().copied()) + &line(marks);
    for row in rows {
        text += &line(row.iter().map(String::as_str));
    }
    text
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells = cells.flat_map(|cell| [" ", cell, " |"]);
    ["|"].into_iter().chain(cells).chain(["\n"]).collect()
}

/// Formats dollars with cents; a dash for zero.
pub(super) fn dollars(amount: f64) -> String {
    if amount == 0.0 { "–".to_owned() } else { thousands(amount, 2) }
}

/// Formats a number with this many decimals, and commas between groups of three digits.
pub(super) fn thousands(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(thousands(1_234_567.891, 2), "1,234,567.89");
        assert_eq!(thousands(999.6, 0), "1,000");
        assert_eq!(thousands(12.0, 0), "12");
    }

    #[test]
    fn a_table_has_a_head_and_a_line_for_each_row() {
        let rows = [vec!["x".to_owned(), "1".to_owned()]];
        assert_eq!(table(&["a", "b"], 1, &rows), "| a | b |\n| --- | ---: |\n| x | 1 |\n");
    }
}
