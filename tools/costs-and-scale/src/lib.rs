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
