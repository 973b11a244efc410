//! Counts, costs and simulations as tables in Markdown.

mod costs;
mod counts;
mod markdown;
mod scale;

pub use costs::{alternative, break_even, prices, queries, uploads};
pub use counts::counts;
pub use scale::{quotas, simulation, summary};

use crate::costs::MachineType;
use crate::counts::Counts;
use crate::scale::Simulation;

/// The blocks of `docs/COSTS.md`: name and content.
#[must_use]
pub fn cost_blocks(measured: &Counts) -> Vec<(&'static str, String)> {
    let image = &measured.uploads[..1];
    vec![
        ("uploads-standard", uploads(&measured.uploads, MachineType::Standard)),
        ("uploads-express", uploads(&measured.uploads, MachineType::Express)),
        ("queries", queries(&measured.queries)),
        ("break-even", break_even(image)),
        ("alternative", alternative(measured)),
        ("counts-uploads", counts(&measured.uploads)),
        ("counts-queries", counts(&measured.queries)),
        ("prices", prices()),
    ]
}

/// The blocks of `docs/SCALE.md`: name and content.
#[must_use]
pub fn scale_blocks(measured: &Counts) -> Vec<(&'static str, String)> {
    let image = &measured.uploads[0];
    vec![
        ("summary", summary(image)),
        ("quotas-standard", quotas(image, MachineType::Standard)),
        ("quotas-express", quotas(image, MachineType::Express)),
        ("example", simulation(&example(image))),
    ]
}

/// The simulation that `docs/SCALE.md` shows in full.
fn example(image: &crate::counts::PathCounts) -> Simulation {
    let knobs = crate::quotas::Knobs::new(MachineType::Express);
    Simulation::run(&crate::quotas::on_the_way(image, &knobs), 1_000.0, scale::SECONDS)
}
