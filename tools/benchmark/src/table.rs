//! The figures as a table.

use comfy_table::{Cell, CellAlignment, Table, presets};

use crate::figures::{Counts, Figures, Report};
use crate::workload::FLOOR;

const TITLES: [&str; 11] = [
    "FUNCTION",
    "INIT",
    "FIRST",
    "WARM",
    "OFFLINE Minstr",
    "INIT Minstr",
    "FIRST Minstr",
    "WARM Minstr",
    "PEAK MB",
    "BINARY MB",
    "ZIP MB",
];

/// The floor first, then each function, with how many times the floor's each count is.
pub(crate) fn render(report: &Report) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(TITLES);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let floor = report.functions.get(FLOOR).map(|floor| floor.counts).unwrap_or_default();
    if let Some(figures) = report.functions.get(FLOOR) {
        table.add_row(row(FLOOR, figures, &Counts::default()));
    }
    for (name, figures) in report.functions.iter().filter(|(name, _)| *name != FLOOR) {
        table.add_row(row(name, figures, &floor));
    }
    table.to_string().lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn row(name: &str, figures: &Figures, floor: &Counts) -> Vec<Cell> {
    let (counts, times) = (&figures.counts, figures.milliseconds.unwrap_or_default());
    let time = |milliseconds: f64| format!("{milliseconds:.2} ms");
    let mut cells = vec![
        name.to_owned(),
        time(times.init),
        time(times.first),
        time(times.warm),
        millions(counts.offline_init_instructions, floor.offline_init_instructions),
        millions(counts.init_instructions, floor.init_instructions),
        millions(counts.first_instructions, floor.first_instructions),
        millions(counts.warm_instructions, floor.warm_instructions),
    ];
    cells.extend([
        millions(Some(counts.peak_memory_bytes), Some(floor.peak_memory_bytes)),
        millions(Some(counts.binary_bytes), Some(floor.binary_bytes)),
        millions(Some(counts.zip_bytes), Some(floor.zip_bytes)),
    ]);
    cells.into_iter().map(Cell::new).collect()
}

/// A count in millions, and as a multiple of the floor's; a dash for one that was not taken.
#[expect(clippy::cast_precision_loss, reason = "a figure for people, with two decimals")]
fn millions(count: Option<u64>, floor: Option<u64>) -> String {
    let Some(count) = count else { return "-".to_owned() };
    let millions = count as f64 / 1e6;
    match floor {
        None | Some(0) => format!("{millions:.2}"),
        Some(floor) => format!("{millions:.2} ×{:.1}", count as f64 / floor as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(instructions: Option<u64>, bytes: u64) -> Figures {
        let counts = Counts {
            init_instructions: instructions,
            peak_memory_bytes: bytes,
            ..Counts::default()
        };
        Figures { counts, milliseconds: None }
    }

    #[test]
    fn counts_are_multiples_of_the_floor() {
        let report = Report {
            architecture: "x86_64".into(),
            functions: [
                ("get-image".to_owned(), figures(Some(3_000_000), 9_000_000)),
                (FLOOR.to_owned(), figures(Some(2_000_000), 4_500_000)),
            ]
            .into(),
        };
        let text = render(&report);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].starts_with(FLOOR) && lines[1].contains("2.00"), "{text}");
        assert!(lines[2].contains("3.00 ×1.5") && lines[2].contains("9.00 ×2.0"), "{text}");
        assert!(lines[2].contains('-'), "{text}");
    }
}
