//! Renders counts, costs, quotas, simulations and reconciliations as Markdown tables.

mod costs;
mod counts;
mod markdown;
mod scale;

pub use costs::{alternative, break_even, logs, prices, queries, result_events, uploads};
pub use counts::counts;
pub use scale::{quotas, reconciliations, simulation, summary};

use crate::costs::MachineType;
use crate::counts::{Counts, PathCounts};
use crate::quotas::{Knobs, on_the_way};
use crate::scale::Simulation;

/// A table of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The name in `<!-- begin: NAME -->`, the comment before the table in the document.
    pub name: &'static str,
    /// The table's title on the command line.
    pub title: &'static str,
    /// The table in Markdown.
    pub content: String,
}

fn block(name: &'static str, title: &'static str, content: String) -> Block {
    Block { name, title, content }
}

/// The tables of `docs/COSTS.md`; none if there are no counts of an upload.
#[must_use]
pub fn cost_blocks(measured: &Counts) -> Vec<Block> {
    let Counts { uploads: events, queries: requests, .. } = measured;
    let Some(image) = events.first() else { return Vec::new() };
    let standard = uploads(events, MachineType::Standard);
    let express = uploads(events, MachineType::Express);
    vec![
        block("uploads-standard", "A million uploads, STANDARD, in USD", standard),
        block("uploads-express", "A million uploads, EXPRESS, in USD", express),
        block("logs", "A million uploads with less logged, in USD", logs(image)),
        block("queries", "A million queries, in USD", queries(requests)),
        block("result-events", "A million result events, in USD", result_events()),
        block("break-even", "The uploads of a month, in USD", break_even(image)),
        block(
            "alternative",
            "Compared with a single function, in USD",
            alternative(measured, image),
        ),
        block("counts-uploads", "Requests, units and log bytes of one upload", counts(events)),
        block("counts-queries", "Requests, units and log bytes of one query", counts(requests)),
        block("prices", "Prices", prices()),
    ]
}

/// The tables of `docs/SCALE.md`; none if there are no counts of an upload.
#[must_use]
pub fn scale_blocks(measured: &Counts) -> Vec<Block> {
    let Some(image) = measured.uploads.first() else { return Vec::new() };
    let standard = quotas(image, MachineType::Standard);
    let express = quotas(image, MachineType::Express);
    let by_hand = measured.uploads.last().unwrap_or(image);
    vec![
        block("summary", "The quota that binds first", summary(image)),
        block("quotas-standard", "The quotas, STANDARD", standard),
        block("quotas-express", "The quotas, EXPRESS", express),
        block("example", "One simulation", simulation(&example(image))),
        block("reconciliations", "Reconciliations", reconciliations(measured, by_hand)),
    ]
}

/// The simulation that `docs/SCALE.md` shows in full.
fn example(image: &PathCounts) -> Simulation {
    let knobs = Knobs::new(MachineType::Express);
    Simulation::run(&on_the_way(image, &knobs), 1_000.0, scale::SECONDS)
}
