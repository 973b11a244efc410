//! The costs of pixgauge, and the rate of uploads that it sustains.
//!
//! Both follow from [`counts`]: the requests, units and bytes of each path through the system, as
//! the integration test `costs` measures them on a running stack.
//!
//! - [`costs`] multiplies the counts by [`prices`], with durations from [`time`].
//! - [`volume`] computes the cost of a month with given numbers of uploads and queries.
//! - [`result_events`] computes the additional cost of result events.
//! - [`alternative`] computes the cost of a simple design, for comparison.
//! - [`scale`] simulates a stream of uploads through [`quotas`].
//! - [`reconciliation`] computes the executions, time and money that a reconciliation takes.
//!
//! [`report`] renders the results as Markdown tables. `cargo local costs` prints the tables of
//! `docs/COSTS.md`, and `cargo local scale` prints one simulation. A test compares the tables in
//! `docs/COSTS.md` and `docs/SCALE.md` with the rendered ones ([`document`]).

pub mod alternative;
pub mod costs;
pub mod counts;
pub mod document;
pub mod prices;
pub mod quotas;
pub mod reconciliation;
pub mod report;
pub mod result_events;
pub mod scale;
pub mod time;
pub mod volume;

#[cfg(test)]
mod tests {
    use crate::costs::MachineType;
    use crate::quotas::Knobs;

    /// Asserts that two numbers differ only by the rounding of their computation.
    #[track_caller]
    pub(crate) fn assert_close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-9, "{left} is not {right}");
    }

    /// The default of a configuration key in `Pulumi.yaml`.
    fn default(key: &str) -> f64 {
        let project = include_str!("../../../Pulumi.yaml");
        let (_, rest) = project.split_once(&format!("\n  {key}:")).unwrap();
        let (_, rest) = rest.split_once("default: ").unwrap();
        rest.lines().next().unwrap().parse().unwrap()
    }

    #[test]
    fn memory_and_shards_are_what_the_program_sets() {
        assert_close(crate::time::MEMORY, default("memorySize") / 1024.0);
        assert_close(Knobs::new(MachineType::Express).shards, default("shards"));
    }
}
