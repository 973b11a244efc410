//! The rows and read units that a page may take, and their distribution over requests.

/// Number of rows that a page may read for each image that its `limit` allows.
const ROWS_PER_IMAGE: usize = 10;

/// Maximum cost of a page, in halves of a read unit: 250 read units.
const MAX_HALF_UNITS: usize = 500;

/// Bytes that an eventually consistent read gets for half a unit
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
const HALF_UNIT_BYTES: usize = 4096;

/// The rows and read units that a page may still take.
///
/// The size of a row is known only after it has been read, so a request plans half a unit for each
/// row. No row costs more, because an image's item is never larger than [`HALF_UNIT_BYTES`]. Most
/// rows cost much less, and further requests use the units that are left.
#[derive(Debug)]
pub(super) struct Budget {
    rows: usize,
    half_units: usize,
    rounds: u32,
}

impl Budget {
    /// The budget of a page of `limit` images. It covers at least one row per shard, because the
    /// merge cannot start before it has the first row of every shard.
    pub(super) fn new(limit: usize, shards: usize) -> Self {
        let rows = limit.saturating_mul(ROWS_PER_IMAGE).max(shards);
        Self { rows, half_units: MAX_HALF_UNITS, rounds: 0 }
    }

    /// Number of read-ahead rows that each open shard should have after the next round, if the page
    /// lacks `missing` images. An open shard is one that may have unread rows; `open` is the number
    /// of open shards. `None` if `open` or `missing` is 0, or if the budget is less than one row
    /// for each open shard.
    ///
    /// Keys are hashed to shards, so each shard contributes about `missing / open` rows. Two
    /// standard deviations are added. Without a filter, one round is then nearly always enough. A
    /// second round usually means that a filter drops most rows. So each round doubles the number
    /// of rows per missing image.
    pub(super) fn rows_ahead(&mut self, missing: usize, open: usize) -> Option<usize> {
        let most = self.rows.min(self.half_units);
        if open == 0 || missing == 0 || most < open {
            return None;
        }
        let share = missing.div_ceil(open);
        let likely = share + 2 * share.isqrt() + 1;
        let wanted = likely.saturating_mul(1 << self.rounds.min(10));
        self.rounds += 1;
        Some(wanted.min(most / open))
    }

    /// Subtracts what one request read: `rows` rows, which take `bytes` bytes in the table.
    pub(super) fn spend(&mut self, rows: usize, bytes: usize) {
        self.rows = self.rows.saturating_sub(rows);
        // A request that finds nothing also costs half a unit.
        let half_units = bytes.div_ceil(HALF_UNIT_BYTES).max(1);
        self.half_units = self.half_units.saturating_sub(half_units);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of rows that a page reads, and its cost in halves of a read unit, if no row
    /// matches the query and each row has `row` bytes.
    fn taken(limit: usize, shards: usize, row: usize) -> (usize, usize) {
        let mut budget = Budget::new(limit, shards);
        let (mut rows, mut half_units) = (0, 0);
        while let Some(ahead) = budget.rows_ahead(limit, shards) {
            for _ in 0..shards {
                budget.spend(ahead, ahead * row);
                rows += ahead;
                half_units += (ahead * row).div_ceil(HALF_UNIT_BYTES);
            }
        }
        (rows, half_units)
    }

    #[test]
    fn a_page_reads_at_most_ten_rows_for_each_image() {
        let (rows, _) = taken(50, 8, 500);
        assert!((493..=500).contains(&rows), "{rows}");
    }

    #[test]
    fn a_page_costs_at_most_250_units_whatever_its_rows_are() {
        for limit in [1, 50, 1000] {
            for shards in [1, 8, 100] {
                for row in [300, 600, 1500, HALF_UNIT_BYTES] {
                    let (rows, half_units) = taken(limit, shards, row);
                    assert!(half_units <= 500, "{limit}, {shards}, {row}: {half_units}");
                    assert!(rows >= shards, "{limit}, {shards}, {row}: {rows}");
                }
            }
        }
    }

    #[test]
    fn a_long_page_of_usual_rows_is_full() {
        assert!(taken(1000, 8, 600).0 >= 2000);
    }

    #[test]
    fn a_round_reads_a_few_rows_ahead_in_every_shard_unless_the_page_is_complete() {
        for (limit, missing, shards, expected) in [
            (1, 0, 1, None),
            (1, 1, 0, None),
            (1, 1, 1, Some(4)),
            (1, 1, 8, Some(1)),
            (1, 1, 100, Some(1)),
        ] {
            let ahead = Budget::new(limit, shards.max(1)).rows_ahead(missing, shards);
            assert_eq!(ahead, expected, "{missing} images of {shards} shards");
        }
        let ahead = Budget::new(400, 8).rows_ahead(400, 8).unwrap();
        assert!((50..=65).contains(&ahead), "{ahead}");
    }
}
