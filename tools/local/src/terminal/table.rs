//! Tables without borders, colored in a terminal and fitted to its width.
//!
//! If a table is too wide, its flexible column, if any, is shortened. If that is not enough, each
//! row becomes a paragraph. Either way, the subject of a row, such as a key, has no line breaks:
//! even if the terminal wraps the subject, it is copied as one line.

use std::borrow::Cow;
use std::fmt::Display;

use console::{Alignment, Style, measure_text_width, pad_str, truncate_str};

/// Space between two columns. In a paragraph, space before each cell except the subject.
const GAP: &str = "  ";

/// Least width to which the flexible column is shortened.
const FLEXIBLE_MINIMUM: usize = 16;

/// Mark at the end of a shortened text.
const ELLIPSIS: &str = "…";

#[derive(Debug, Clone)]
pub(crate) struct Table {
    titles: Vec<&'static str>,
    right: Vec<&'static str>,
    subject: &'static str,
    flexible: Option<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// A cell: text on one line, without control characters.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Option<Tone>,
}

/// Meaning of a cell, which decides its color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Success; green.
    Good,
    /// Not a failure, but worth a look; yellow.
    Notable,
    /// Failure; red.
    Bad,
}

/// Creates a table with these column titles. Columns whose title is in `right` are right-aligned.
/// The first column contains the subject of each row, unless [`Table::about`] names another column.
pub(crate) fn table(titles: &[&'static str], right: &[&'static str]) -> Table {
    let subject = titles.first().copied().unwrap_or_default();
    let (titles, right) = (titles.to_vec(), right.to_vec());
    Table { titles, right, subject, flexible: None, rows: Vec::new() }
}

impl Table {
    /// Sets the column that contains the subject of each row. By default, it is the first column.
    pub(crate) fn about(mut self, title: &'static str) -> Self {
        self.subject = title;
        self
    }

    /// Lets the column with this title be shortened.
    pub(crate) fn flexible(mut self, title: &'static str) -> Self {
        self.flexible = Some(title);
        self
    }

    /// Adds a row. If there are fewer cells than columns, the last columns are empty.
    pub(crate) fn add_row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The widths of the columns if nothing is shortened.
    fn widths(&self) -> Vec<usize> {
        let widest = |(column, title): (usize, &&str)| {
            let cells = self.rows.iter().map(|row| measure_text_width(text(row, column)));
            cells.max().unwrap_or(0).max(measure_text_width(title))
        };
        self.titles.iter().enumerate().map(widest).collect()
    }

    fn column(&self, title: &str) -> Option<usize> {
        self.titles.iter().position(|it| *it == title)
    }
}

/// The text in a column of a row; empty if the row has no cell in that column.
fn text(row: &[Cell], column: usize) -> &str {
    row.get(column).map_or("", |cell| &cell.text)
}

impl Cell {
    /// Creates a cell without a color.
    pub(crate) fn new(text: impl Display) -> Self {
        Self { text: text.to_string(), tone: None }
    }

    fn style(&self) -> Style {
        match self.tone {
            None => Style::new(),
            Some(Tone::Good) => Style::new().green(),
            Some(Tone::Notable) => Style::new().yellow(),
            Some(Tone::Bad) => Style::new().red(),
        }
    }
}

/// Creates a cell in the color of its tone.
pub(crate) fn toned(text: impl Display, tone: Tone) -> Cell {
    Cell { tone: Some(tone), ..Cell::new(text) }
}

/// Renders the table for standard output, without trailing spaces.
pub(crate) fn render(table: &Table) -> String {
    fitted(table, super::width())
}

/// Renders the table for a terminal that is `width` characters wide. If `width` is `None`, shortens
/// nothing.
fn fitted(table: &Table, width: Option<usize>) -> String {
    let mut widths = table.widths();
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    let Some(width) = width else { return columns(table, &widths) };
    let excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
    if excess == 0 {
        return columns(table, &widths);
    }
    let flexible = table.flexible.and_then(|title| table.column(title));
    if let Some(flexible) = flexible
        && widths[flexible] >= excess + FLEXIBLE_MINIMUM
    {
        widths[flexible] -= excess;
        return columns(table, &widths);
    }
    paragraphs(table, width)
}

/// Renders the titles on one line, and each row on one line. A text that is longer than its
/// column's width is cut.
fn columns(table: &Table, widths: &[usize]) -> String {
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<_> = (0..widths.len()).map(cell).collect();
        format!("{}\n", cells.join(GAP).trim_end())
    };
    let padded = |text: &str, column: usize| -> (String, String) {
        let text = truncate_str(text, widths[column], ELLIPSIS);
        let align = if table.right.contains(&table.titles[column]) {
            Alignment::Right
        } else {
            Alignment::Left
        };
        let padded = pad_str(&text, widths[column], align, None).into_owned();
        (text.into_owned(), padded)
    };
    let mut rendered = line(&|column| {
        let (title, padded) = padded(table.titles[column], column);
        if title.is_empty() {
            return padded;
        }
        padded.replacen(&title, &Style::new().bold().apply_to(&title).to_string(), 1)
    });
    for row in &table.rows {
        rendered.push_str(&line(&|column| {
            let (text, padded) = padded(text(row, column), column);
            match row.get(column).filter(|_| !text.is_empty()) {
                Some(cell) => padded.replacen(&text, &cell.style().apply_to(&text).to_string(), 1),
                None => padded,
            }
        }));
    }
    rendered
}

/// For each row, renders the cell in the subject column on a line of its own, and the row's other
/// cells on the lines below. There, each right-aligned cell has its column's title before it.
fn paragraphs(table: &Table, width: usize) -> String {
    let mut rendered = String::new();
    for row in &table.rows {
        let subject = table.column(table.subject).unwrap_or(0);
        rendered.push_str(text(row, subject));
        rendered.push('\n');
        let mut used = 0;
        for (column, cell) in row.iter().enumerate() {
            if column == subject || cell.text.is_empty() {
                continue;
            }
            let title = table.titles[column];
            let label = if table.right.contains(&title) {
                Cow::Owned(format!("{title} "))
            } else {
                Cow::Borrowed("")
            };
            let length = measure_text_width(&label) + measure_text_width(&cell.text);
            if used > 0 && used + GAP.len() + length > width {
                rendered.push('\n');
                used = 0;
            }
            rendered.push_str(GAP);
            rendered.push_str(&label);
            rendered.push_str(&cell.style().apply_to(&cell.text).to_string());
            used += GAP.len() + length;
        }
        if used > 0 {
            rendered.push('\n');
        }
    }
    rendered
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "uploads/holiday in the mountains/Grüße & more 漢字 (1).PNG";
    const WHY: &str = "rejected: UnsupportedImage: not an image: it looks like text";

    fn sample() -> Table {
        let mut sample = table(&["STATUS", "OUTCOME", "KEY", "TOOK"], &["TOOK"])
            .about("KEY")
            .flexible("OUTCOME");
        sample.add_row([
            toned("SUCCEEDED", Tone::Good),
            Cell::new("image"),
            Cell::new("uploads/a.png"),
            Cell::new("0.62 s"),
        ]);
        sample.add_row([
            toned("SUCCEEDED", Tone::Good),
            Cell::new(WHY),
            Cell::new(KEY),
            Cell::new("10.58 s"),
        ]);
        sample
    }

    fn plain(width: Option<usize>) -> String {
        console::strip_ansi_codes(&fitted(&sample(), width)).into_owned()
    }

    #[test]
    fn where_there_is_no_terminal_nothing_is_shortened() {
        let shown = plain(None);
        assert!(shown.contains(WHY) && shown.contains(KEY), "{shown}");
        assert_eq!(shown.lines().count(), 3);
        assert!(shown.lines().all(|line| !line.ends_with(' ')));
    }

    #[test]
    fn a_table_that_is_a_little_too_wide_shortens_its_flexible_column() {
        insta::assert_snapshot!(plain(Some(112)), @"
        STATUS     OUTCOME                           KEY                                                            TOOK
        SUCCEEDED  image                             uploads/a.png                                                0.62 s
        SUCCEEDED  rejected: UnsupportedImage: not…  uploads/holiday in the mountains/Grüße & more 漢字 (1).PNG  10.58 s
        ");
    }

    #[test]
    fn on_a_narrow_terminal_each_row_is_a_paragraph_that_starts_with_its_subject() {
        insta::assert_snapshot!(plain(Some(40)), @"
        uploads/a.png
          SUCCEEDED  image  TOOK 0.62 s
        uploads/holiday in the mountains/Grüße & more 漢字 (1).PNG
          SUCCEEDED
          rejected: UnsupportedImage: not an image: it looks like text
          TOOK 10.58 s
        ");
    }

    #[test]
    fn every_width_fits_and_keeps_each_key_in_one_piece() {
        for width in 40..=200 {
            let shown = plain(Some(width));
            assert!(shown.lines().any(|line| line.contains(KEY)), "{width}: {shown}");
            for line in shown.lines() {
                let whole = line.contains(KEY) || line.contains(WHY);
                assert!(measure_text_width(line) <= width || whole, "{width}: {line}");
            }
        }
    }

    #[test]
    fn a_row_may_be_shorter_than_the_titles() {
        let mut short = table(&["A", "B"], &["B"]);
        short.add_row([Cell::new("only")]);
        assert_eq!(console::strip_ansi_codes(&fitted(&short, None)), "A     B\nonly\n");
    }
}
