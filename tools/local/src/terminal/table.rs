//! Tables without borders, colored in a terminal.

use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table, presets};

/// Creates a table with these column titles. Columns whose title is in `right` are right-aligned.
pub(crate) fn table(titles: &[&str], right: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if std::env::var_os("NO_COLOR").is_some() {
        table.force_no_tty();
    }
    table.set_header(titles.iter().map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
    for (index, title) in titles.iter().enumerate() {
        if let Some(column) = table.column_mut(index) {
            column.set_padding((0, 2));
            if right.contains(title) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table
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

/// Creates a cell in the color of its tone.
pub(crate) fn toned(text: impl ToString, tone: Tone) -> Cell {
    Cell::new(text).fg(match tone {
        Tone::Good => Color::Green,
        Tone::Notable => Color::Yellow,
        Tone::Bad => Color::Red,
    })
}

/// Renders the table without trailing spaces.
pub(crate) fn render(table: &Table) -> String {
    let text = table.to_string();
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}
