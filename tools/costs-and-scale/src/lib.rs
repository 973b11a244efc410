//! What pixgauge costs and how far it scales.
//!
//! [`counts`] holds what each path through the system asks of AWS, as the integration test `costs`
//! measures it on a running stack. [`costs`] multiplies the counts with [`prices`]; [`scale`] sets
//! them against [`quotas`] in a small simulation. [`report`] renders both, and `docs/COSTS.md` and
//! `docs/SCALE.md` hold what it renders: a test compares them ([`document`]).

pub mod alternative;
pub mod costs;
pub mod counts;
pub mod document;
pub mod prices;
pub mod quotas;
pub mod report;
pub mod scale;
pub mod time;
