//! The cost of a write: round trips, items, and units by DynamoDB's rules.
//!
//! The units are derived from the items' sizes
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>):
//!
//! - A write takes one write request unit for each KB or part of it, and twice that in a
//!   transaction. A write whose condition fails costs the same.
//! - An index takes one unit for each KB, or part of it, of every entry that it gains, loses or
//!   changes.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Cost, Order, Outcome};
use contract::{Observation, Sequencer};
use test_table::snapshot::Snapshot;
use test_table::units::item_bytes;
use test_table::{TestTable, observed};

const KEY: &str = "uploads/2024/05/holiday-in-the-mountains-0001.jpg";

/// The writes of a case. The number of units follows from them.
#[derive(Clone, Copy)]
struct Writes {
    /// Transactions on record and totals, including those whose condition fails.
    transactions: u64,
    /// Plain puts of the record, including those whose condition fails.
    puts: u64,
    /// Entries that the two indexes gain, lose or change. A new size makes `by-size` lose one entry
    /// and gain one.
    index: u64,
}

/// A write with its expected outcome and cost. Each case begins with the table that the previous
/// case left.
struct Case {
    name: &'static str,
    sequencer: &'static str,
    observation: Observation,
    outcome: Outcome,
    cost: Cost,
    writes: Writes,
}

fn cases() -> Vec<Case> {
    use Outcome::{Recorded, Stale};
    let jpeg = |size| observed::image("image/jpeg", size);
    let case = |name, sequencer, observation, outcome, cost: (u64, u64), writes: [u64; 3]| Case {
        name,
        sequencer,
        observation,
        outcome,
        cost: Cost { round_trips: cost.0, items: cost.1 },
        writes: Writes { transactions: writes[0], puts: writes[1], index: writes[2] },
    };
    vec![
        case("first-time image", "01", jpeg(1_000), Recorded, (1, 2), [1, 0, 2]),
        case("duplicate event", "01", jpeg(1_000), Stale, (1, 2), [1, 0, 0]),
        case("overwrite, other size", "02", jpeg(2_000), Recorded, (2, 4), [2, 0, 3]),
        case("overwrite, same type and size", "03", jpeg(2_000), Recorded, (2, 3), [1, 1, 2]),
        case("overwrite, not an image", "04", observed::rejected(9), Recorded, (2, 3), [1, 1, 2]),
        case("image again", "05", jpeg(1_000), Recorded, (2, 4), [2, 0, 2]),
        case("delete", "06", Observation::Absent, Recorded, (2, 3), [1, 1, 2]),
        case("late event", "05", jpeg(1_000), Stale, (1, 2), [1, 0, 0]),
    ]
}

/// The billed size of a key's item; zero if there is none.
async fn bytes(table: &TestTable, key: &str) -> u64 {
    let request = table.client().get_item().table_name(TestTable::NAME);
    let response = request.key("s3objectkey", AttributeValue::S(key.into())).send().await.unwrap();
    response.item.as_ref().map(item_bytes).unwrap_or_default()
}

fn units(writes: Writes, record: u64, totals: u64) -> u64 {
    let unit = |bytes: u64| bytes.div_ceil(1024).max(1);
    writes.transactions * 2 * (unit(record) + unit(totals))
        + (writes.puts + writes.index) * unit(record)
}

#[tokio::test]
async fn a_first_image_takes_one_round_trip_and_an_overwrite_two() {
    let table = TestTable::create().await;
    let catalog = table.catalog(1);
    println!("{:<30} {:>11} {:>5} {:>5}", "", "round trips", "items", "units");
    for case in cases() {
        let order = Order::After(Sequencer::parse(case.sequencer).unwrap());
        let before = bytes(&table, KEY).await;
        let recorded = catalog.record(KEY, &order, &case.observation).await.unwrap();
        assert_eq!((recorded.outcome, recorded.cost), (case.outcome, case.cost), "{}", case.name);
        // DynamoDB bills the larger of the item's sizes before and after the write.
        let record = before.max(bytes(&table, KEY).await);
        let totals = bytes(&table, "#totals/0").await;
        assert!(record.max(totals) < 1024, "{record} B, {totals} B: no longer one unit each");
        let units = units(case.writes, record, totals);
        let Cost { round_trips, items } = case.cost;
        println!("{:<30} {round_trips:>11} {items:>5} {units:>5}", case.name);
    }
    Snapshot::take(table.client(), TestTable::NAME).await.assert_totals_are_a_recount();
}
