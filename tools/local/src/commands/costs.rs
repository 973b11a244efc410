//! `cargo local costs`: prices of uploads and queries on AWS.

use std::fmt::Write as _;

use clap::Args;
use costs_and_scale::counts::Counts;
use costs_and_scale::volume::Month;
use costs_and_scale::{counts, report};

use super::{CommandError, ExitStatus, print, print_json};
use crate::terminal::table::{Cell, render, table};

/// Print what uploads and queries cost on AWS, per million or for a month's uploads and queries.
///
/// Without options, prints the tables of docs/COSTS.md, computed from the request counts that a
/// test measures. With a number of uploads or queries, prints what that many cost in a month. Needs
/// no running stack.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo local costs\n  cargo local costs --uploads 50000 --queries 2000000"
)]
pub(super) struct Costs {
    /// Uploads in a month.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=MOST))]
    uploads: Option<u64>,
    /// Queries in a month.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=MOST))]
    queries: Option<u64>,
    /// Print JSON: the costs of the month or, without --uploads and --queries, the measured request
    /// counts.
    #[arg(long)]
    json: bool,
}

/// Largest value that `--uploads` and `--queries` accept.
const MOST: u64 = 1_000_000_000_000;

impl Costs {
    pub(super) fn run(&self) -> Result<ExitStatus, CommandError> {
        let counts = counts::measured().map_err(CommandError::Counts)?;
        if self.uploads.is_some() || self.queries.is_some() {
            return self.month(&counts);
        }
        if self.json {
            print_json(&counts)?;
            return Ok(ExitStatus::Success);
        }
        for block in report::cost_blocks(&counts) {
            print(&format!("{}:\n\n{}\n", block.title, block.content))?;
        }
        Ok(ExitStatus::Success)
    }

    fn month(&self, counts: &Counts) -> Result<ExitStatus, CommandError> {
        let (uploads, queries) = (self.uploads.unwrap_or(0), self.queries.unwrap_or(0));
        let Some(month) = Month::of(counts, uploads, queries) else {
            return Ok(ExitStatus::Failure);
        };
        if self.json {
            print_json(&month)?;
        } else {
            print(&text(&month))?;
        }
        Ok(ExitStatus::Success)
    }
}

/// Formats the costs of a month.
fn text(month: &Month) -> String {
    let mut text = "Cost of a month on AWS, in USD (us-east-1, on demand):\n\n".to_owned();
    let titles = ["", "STANDARD", "EXPRESS"];
    let mut table = table(&titles, &titles[1..]);
    if month.uploads > 0 {
        table.add_row([
            Cell::new(format!("{} uploads of new images", number(month.uploads))),
            dollars(month.standard),
            dollars(month.express),
        ]);
    }
    if month.queries > 0 {
        let queries = number(month.queries);
        for kind in &month.kinds {
            let name = format!("{queries} queries, all of the kind: {}", kind.name);
            table.add_row([Cell::new(name), dollars(kind.dollars), dollars(kind.dollars)]);
        }
    }
    let (least, most) = month.query_range();
    for (name, queries) in [("together, at least", least), ("together, at most", most)] {
        if month.uploads > 0 && month.queries > 0 {
            let sums = [month.standard + queries, month.express + queries];
            table.add_row([Cell::new(name)].into_iter().chain(sums.map(dollars)));
        }
    }
    text.push_str(&render(&table));
    // Writing to a string cannot fail.
    let _written = writeln!(
        text,
        "\nNot included: storage of images and logs, the transfer of images, the uploads' own PUT requests,\n\
         alarms and the dashboard. docs/COSTS.md says what each term is."
    );
    text
}

fn dollars(dollars: f64) -> Cell {
    Cell::new(format!("{dollars:.2}"))
}

/// Formats a number with commas between groups of three digits.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use costs_and_scale::volume::Kind;

    use super::*;

    #[test]
    fn a_month_is_a_table_with_its_sums() {
        let kind = |name: &str, dollars| Kind { name: name.to_owned(), dollars };
        let month = Month {
            uploads: 50_000,
            standard: 5.654_9,
            express: 0.821,
            queries: 2_000_000,
            kinds: vec![kind("metadata", 3.68), kind("overview", 6.48)],
        };
        let shown = text(&month);
        let table: Vec<_> = shown.lines().skip(2).take(6).collect();
        insta::assert_snapshot!(console::strip_ansi_codes(&table.join("\n")), @"
                                                      STANDARD  EXPRESS
        50,000 uploads of new images                      5.65     0.82
        2,000,000 queries, all of the kind: metadata      3.68     3.68
        2,000,000 queries, all of the kind: overview      6.48     6.48
        together, at least                                9.33     4.50
        together, at most                                12.13     7.30
        ");
    }
}
