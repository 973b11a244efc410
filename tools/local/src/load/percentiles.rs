//! Percentiles of durations.

use serde::Serialize;

/// Percentiles of a set of durations, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Maximum.
    pub max: f64,
}

impl Percentiles {
    /// Returns the percentiles of `seconds`, or `None` if `seconds` is empty.
    ///
    /// Uses the nearest-rank method. Of `n` values in ascending order, counted from 1, the 90th
    /// percentile is the value at position `0.9 * n`, rounded up.
    #[must_use]
    pub fn of(mut seconds: Vec<f64>) -> Option<Self> {
        seconds.sort_by(f64::total_cmp);
        let rank = |percent| nearest_rank(&seconds, percent);
        Some(Self { p50: rank(50)?, p90: rank(90)?, p99: rank(99)?, max: rank(100)? })
    }
}

/// Returns one percentile of values in ascending order.
fn nearest_rank(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_do_not_depend_on_the_order_and_are_the_maximum_of_few_values() {
        let descending = (1..=200).rev().map(f64::from).collect();
        for (seconds, expected) in [
            (descending, Some([100.0, 180.0, 198.0, 200.0])),
            (vec![3.0, 1.0, 2.0], Some([2.0, 3.0, 3.0, 3.0])),
            (vec![0.3], Some([0.3; 4])),
            (Vec::new(), None),
        ] {
            let expected = expected.map(|[p50, p90, p99, max]| Percentiles { p50, p90, p99, max });
            assert_eq!(Percentiles::of(seconds), expected);
        }
    }
}
