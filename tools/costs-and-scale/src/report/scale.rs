//! The tables of quotas, simulations and reconciliations.

use super::markdown::{dollars, table, thousands};
use crate::costs::MachineType;
use crate::counts::{Counts, PathCounts};
use crate::quotas::{Knobs, on_the_way};
use crate::reconciliation::Reconciliation;
use crate::scale::{Simulation, Stage};

/// Simulated time, in seconds.
pub(super) const SECONDS: u32 = 600;

/// Simulated rates, in uploads per second.
const RATES: [f64; 3] = [10.0, 1_000.0, 10_000.0];

/// Renders the quota that limits uploads most, and its effect at each rate, for a new STANDARD
/// stack, a new EXPRESS stack, and an EXPRESS stack that is tuned for more uploads.
#[must_use]
pub fn summary(upload: &PathCounts) -> String {
    let standard = Knobs::new(MachineType::Standard);
    let express = Knobs::new(MachineType::Express);
    let tuned = Knobs {
        shards: 100.0,
        concurrency: 5_000.0,
        table_writes: 50_000.0,
        prefixes: 8.0,
        starts: Some(12_000.0),
        ..express
    };
    let named = [("STANDARD", standard), ("EXPRESS", express), ("EXPRESS, tuned", tuned)];
    let mut rows = Vec::new();
    for (name, knobs) in named {
        let quotas = on_the_way(upload, &knobs);
        rows.extend(RATES.map(|rate| summary_row(name, &Simulation::run(&quotas, rate, SECONDS))));
    }
    let titles = ["stack", "binds first", "uploads/s", "limit", "recorded/s", "waiting", "delay"];
    table(&titles, 2, &rows)
}

/// Numbers of objects, of objects without their record, and of records without an object, in
/// millions.
const RECONCILIATIONS: [(f64, f64, f64); 5] =
    [(1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (100.0, 0.0, 0.0), (100.0, 5.0, 5.0), (100.0, 100.0, 0.0)];

/// Renders what reconciliations of several sizes take: executions, rounds, pages, time and money.
/// `repair` has the measured requests, units and bytes of one repair.
#[must_use]
pub fn reconciliations(counts: &Counts, repair: &PathCounts) -> String {
    let rows = RECONCILIATIONS.map(|millions| {
        let (objects, unrecorded, vanished) = millions;
        let of = |number: f64| number * 1e6;
        let run = Reconciliation {
            objects: of(objects),
            unrecorded: of(unrecorded),
            vanished: of(vanished),
        };
        let effort = run.effort(counts, repair);
        vec![
            thousands(of(objects), 0),
            thousands(of(unrecorded), 0),
            thousands(of(vanished), 0),
            thousands(effort.executions, 0),
            thousands(effort.rounds, 0),
            thousands(effort.pages, 0),
            format!("{} h", thousands(effort.seconds / 3600.0, 1)),
            dollars(effort.comparison),
            dollars(effort.repair),
        ]
    });
    let titles = [
        "objects",
        "not recorded",
        "vanished",
        "executions",
        "rounds",
        "pages",
        "time",
        "comparison, USD",
        "repairs, USD",
    ];
    table(&titles, 0, &rows)
}

fn summary_row(name: &str, run: &Simulation) -> Vec<String> {
    let seconds = f64::from(run.seconds);
    let binding = run.first_to_bind();
    let binds = match binding {
        Some(stage) if run.rate > stage.limit => format!("**{}**", stage.quota.name),
        Some(stage) => format!("none; nearest: {}", stage.quota.name),
        None => String::new(),
    };
    vec![
        name.to_owned(),
        binds,
        thousands(run.rate, 0),
        binding.map_or_else(String::new, |stage| thousands(stage.limit, 0)),
        thousands(run.recorded / seconds, 0),
        thousands(run.waiting(), 0),
        delay(run),
    ]
}

/// Time from the end of the simulation until the last waiting upload is recorded, at the
/// simulation's mean rate of recording. A dash if the time is less than 0.05 s.
fn delay(run: &Simulation) -> String {
    let seconds = run.waiting() * f64::from(run.seconds) / run.recorded;
    if seconds < 0.05 { "–".to_owned() } else { format!("{} s", thousands(seconds, 0)) }
}

/// Renders the quotas that apply to a new stack, each with the number of uploads per second at
/// which the quota becomes the limit.
#[must_use]
pub fn quotas(upload: &PathCounts, machine: MachineType) -> String {
    let quotas = on_the_way(upload, &Knobs::new(machine));
    let run = Simulation::run(&quotas, 1.0, 1);
    let row = |stage: &Stage| {
        let quota = stage.quota;
        vec![
            format!("[{}]({})", quota.name, quota.source),
            quota.knob.to_owned(),
            quota.queue.to_owned(),
            thousands(quota.rate, 0),
            thousands(quota.demand, usize::from(quota.demand.fract() != 0.0)),
            format!("**{}**", thousands(stage.limit, 0)),
        ]
    };
    let titles = ["quota", "knob", "backlog waits in", "per second", "per upload", "uploads/s"];
    table(&titles, 3, &run.stages.iter().map(row).collect::<Vec<_>>())
}

/// Renders one simulation in full.
#[must_use]
pub fn simulation(run: &Simulation) -> String {
    let row = |stage: &Stage| {
        vec![
            stage.quota.name.to_owned(),
            thousands(stage.limit, 0),
            format!("{} %", thousands(stage.utilization * 100.0, 0)),
            thousands(stage.backlog, 0),
        ]
    };
    let rows: Vec<_> = run.stages.iter().map(row).collect();
    let stages = table(&["quota", "uploads/s", "utilization", "waiting"], 1, &rows);
    let seconds = f64::from(run.seconds);
    let binding = match run.first_to_bind() {
        Some(stage) if run.rate > stage.limit => {
            format!("First to bind: {}. Knob: {}.", stage.quota.name, stage.quota.knob)
        }
        _ => "No quota binds.".to_owned(),
    };
    format!(
        "{stages}\n{} uploads a second for {} s: {} recorded, {} waiting. {binding}\n",
        thousands(run.rate, 0),
        run.seconds,
        thousands(run.recorded, 0),
        thousands(run.rate * seconds - run.recorded, 0),
    )
}
