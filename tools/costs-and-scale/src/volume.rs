//! The costs of a given volume: a number of uploads and queries in a month.

use serde::Serialize;

use crate::costs::{MachineType, monthly};
use crate::counts::{Counts, PathCounts};

/// The costs of a month, in US dollars. Of the free tiers, only that of Step Functions is
/// subtracted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Month {
    /// Number of uploads. The costs assume that each is a new image, and overwrites none.
    pub uploads: u64,
    /// Cost of the uploads with `stateMachineType` STANDARD.
    pub standard: f64,
    /// Cost of the uploads with `stateMachineType` EXPRESS.
    pub express: f64,
    /// Number of queries.
    pub queries: u64,
    /// For each kind of query, the cost of `queries` queries of that kind.
    pub kinds: Vec<Kind>,
}

/// The cost of queries of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kind {
    /// Name of the kind, as in the tables of `docs/COSTS.md`.
    pub name: String,
    /// US dollars.
    pub dollars: f64,
}

impl Month {
    /// Computes the costs from the measured counts; `None` if there are no counts of an upload.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of requests are far below 2⁵³")]
    pub fn of(counts: &Counts, uploads: u64, queries: u64) -> Option<Self> {
        let image = counts.uploads.first()?;
        let kind = |path: &PathCounts| {
            // Queries start no executions, so the type of the state machine does not matter.
            let dollars = monthly(path, MachineType::Express, queries as f64);
            Kind { name: path.name.clone(), dollars }
        };
        Some(Self {
            uploads,
            standard: monthly(image, MachineType::Standard, uploads as f64),
            express: monthly(image, MachineType::Express, uploads as f64),
            queries,
            kinds: counts.queries.iter().map(kind).collect(),
        })
    }

    /// The costs of the cheapest and of the most expensive kind of query; zero without queries.
    #[must_use]
    pub fn query_range(&self) -> (f64, f64) {
        let dollars = || self.kinds.iter().map(|kind| kind.dollars);
        let least = dollars().reduce(f64::min).unwrap_or_default();
        (least, dollars().reduce(f64::max).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::costs::total;
    use crate::tests::assert_close;

    #[test]
    fn a_million_of_each_costs_what_the_tables_say() {
        let counts = crate::counts::measured().unwrap();
        let month = Month::of(&counts, 1_000_000, 1_000_000).unwrap();
        let image = &counts.uploads[0];
        assert_close(month.express, total(image, MachineType::Express));
        // 4,000 free transitions at 25 USD per million are 0.1 USD.
        assert_close(month.standard, total(image, MachineType::Standard) - 0.1);
        for (kind, path) in month.kinds.iter().zip(&counts.queries) {
            assert_close(kind.dollars, total(path, MachineType::Express));
        }
        let (least, most) = month.query_range();
        assert!(0.0 < least && least < most);
    }

    #[test]
    fn nothing_costs_nothing() {
        let month = Month::of(&crate::counts::measured().unwrap(), 0, 0).unwrap();
        assert_eq!((month.standard, month.express, month.query_range()), (0.0, 0.0, (0.0, 0.0)));
    }
}
