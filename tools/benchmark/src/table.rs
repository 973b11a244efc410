//! The figures as a table.

use comfy_table::{Cell, CellAlignment, Table, presets};

use crate::figures::{Counts, Figures, Report};
use crate::workload::EMPTY_FUNCTION;

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

/// Renders a row for the empty function, then one for each other function. The other functions'
/// counts are also shown as multiples of the empty function's.
pub(crate) fn render(report: &Report) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(TITLES);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let empty = report.functions.get(EMPTY_FUNCTION);
    if let Some(figures) = empty {
        table.add_row(row(EMPTY_FUNCTION, figures, &Counts::default()));
    }
    let reference = empty.map(|figures| figures.counts).unwrap_or_default();
    for (name, figures) in report.functions.iter().filter(|(name, _)| *name != EMPTY_FUNCTION) {
        table.add_row(row(name, figures, &reference));
    }
    table.to_string().lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn row(name: &str, figures: &Figures, reference: &Counts) -> Vec<Cell> {
    let (counts, times) = (&figures.counts, figures.milliseconds.unwrap_or_default());
    let time = |milliseconds: f64| format!("{milliseconds:.2} ms");
    let mut cells = vec![
        name.to_owned(),
        time(times.init),
        time(times.first),
        time(times.warm),
        millions(counts.offline_init_instructions, reference.offline_init_instructions),
        millions(counts.init_instructions, reference.init_instructions),
        millions(counts.first_instructions, reference.first_instructions),
        millions(counts.warm_instructions, reference.warm_instructions),
    ];
    cells.extend([
        millions(Some(counts.peak_memory_bytes), Some(reference.peak_memory_bytes)),
        millions(Some(counts.binary_bytes), Some(reference.binary_bytes)),
        millions(Some(counts.zip_bytes), Some(reference.zip_bytes)),
    ]);
    cells.into_iter().map(Cell::new).collect()
}

/// A count in millions and, unless `reference` is missing or zero, as a multiple of `reference`; a
/// dash if the count was not measured.
#[expect(clippy::cast_precision_loss, reason = "a figure for people, with two decimals")]
fn millions(count: Option<u64>, reference: Option<u64>) -> String {
    let Some(count) = count else { return "-".to_owned() };
    let millions = count as f64 / 1e6;
    match reference {
        None | Some(0) => format!("{millions:.2}"),
        Some(reference) => format!("{millions:.2} ×{:.1}", count as f64 / reference as f64),
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
    fn counts_are_multiples_of_the_empty_function() {
        let report = Report {
            architecture: "x86_64".into(),
            functions: [
                ("get-image".to_owned(), figures(Some(3_000_000), 9_000_000)),
                (EMPTY_FUNCTION.to_owned(), figures(Some(2_000_000), 4_500_000)),
            ]
            .into(),
        };
        let text = render(&report);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].starts_with(EMPTY_FUNCTION) && lines[1].contains("2.00"), "{text}");
        assert!(lines[2].contains("3.00 ×1.5") && lines[2].contains("9.00 ×2.0"), "{text}");
        assert!(lines[2].contains('-'), "{text}");
    }
}
