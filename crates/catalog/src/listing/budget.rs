//! The budget of rows that a page may read, and their distribution over requests.

/// Rows that a page may read for each image that it may return.
const ROWS_PER_IMAGE: usize = 10;

/// The rows that a page may still read.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    rounds: u32,
}

impl Budget {
    /// The budget covers at least one row per shard, because the merge cannot start with fewer.
    pub(super) fn new(limit: usize, shards: usize) -> Self {
        Self { left: limit.saturating_mul(ROWS_PER_IMAGE).max(shards), rounds: 0 }
    }

    /// Number of rows that each of the `open` shards should have ahead when `missing` images are
    /// still to be found; `None` if no shard is open or the budget is spent.
    ///
    /// Keys are hashed to shards, so each shard contributes about `missing / open` rows. With two
    /// standard deviations on top, one round is enough in nearly all cases. If it is not, most rows
    /// are being filtered out, so each further round reads twice as many.
    pub(super) fn rows_ahead(&mut self, missing: usize, open: usize) -> Option<usize> {
        if open == 0 || missing == 0 || self.left < open {
            return None;
        }
        let share = missing.div_ceil(open);
        let likely = share + 2 * share.isqrt() + 1;
        let wanted = likely.saturating_mul(1 << self.rounds.min(10));
        self.rounds += 1;
        Some(wanted.min(self.left / open))
    }

    pub(super) fn spend(&mut self, rows: usize) {
        self.left = self.left.saturating_sub(rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_at_most_ten_rows_for_each_image() {
        let mut budget = Budget::new(50, 8);
        let mut read = 0;
        while let Some(ahead) = budget.rows_ahead(50, 8) {
            budget.spend(8 * ahead);
            read += 8 * ahead;
        }
        assert!((493..=500).contains(&read), "{read}");
    }

    #[test]
    fn a_page_of_one_still_sees_every_shard() {
        assert_eq!(Budget::new(1, 100).rows_ahead(1, 100), Some(1));
        assert_eq!(Budget::new(1, 8).rows_ahead(1, 8), Some(1));
    }

    #[test]
    fn a_page_without_a_filter_costs_little_more_than_it_returns() {
        let ahead = Budget::new(1000, 8).rows_ahead(1000, 8).unwrap();
        assert!((130..=160).contains(&ahead), "{ahead}");
    }
}
