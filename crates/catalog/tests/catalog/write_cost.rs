//! The cost of a write: round trips, items and write units.

use catalog::{Cost, Order, Outcome};
use contract::Observation;
use test_table::{TestTable, observed};

use crate::after;

/// Each write begins with the table that the previous write left. The last four values of each case
/// are the expected outcome, round trips, items and units.
#[tokio::test]
async fn a_first_image_takes_one_round_trip_and_an_overwrite_two() {
    use Outcome::{Recorded, Stale, Unchanged};
    let jpeg = |size| observed::image("image/jpeg", size);
    let by_hand = |seen: Option<&str>| Order::Unchanged(seen.map(str::to_owned));
    let table = TestTable::create();
    let catalog = table.catalog(1);
    println!("{:<30} {:>11} {:>5} {:>5}", "", "round trips", "items", "units");
    for (name, order, observation, outcome, round_trips, items, units) in [
        ("by hand, nothing there", by_hand(None), Observation::Absent, Unchanged, 1_u32, 0, 1.0),
        ("first-time image", after(1), jpeg(1_000), Recorded, 1, 2, 6.0),
        ("duplicate event", after(1), jpeg(1_000), Stale, 1, 2, 4.0),
        ("overwrite, other size", after(2), jpeg(2_000), Recorded, 2, 4, 11.0),
        ("overwrite, same type and size", after(3), jpeg(2_000), Recorded, 2, 3, 7.0),
        ("overwrite, not an image", after(4), observed::rejected(9), Recorded, 2, 3, 7.0),
        ("image again", after(5), jpeg(1_000), Recorded, 2, 4, 10.0),
        ("by hand, the same", by_hand(Some("image again")), jpeg(1_000), Unchanged, 1, 1, 1.0),
        ("by hand, seen before", by_hand(None), jpeg(1_000), Stale, 1, 2, 4.0),
        ("delete", after(6), Observation::Absent, Recorded, 2, 3, 7.0),
        ("late event", after(5), jpeg(1_000), Stale, 1, 2, 4.0),
    ] {
        let key = "uploads/2024/05/holiday-in-the-mountains-0001.jpg";
        // The revision of each write is the name of its case, so that a later case can refer to it.
        let recorded = catalog.record_once(name, None, key, &order, &observation).await.unwrap();
        let cost = Cost { round_trips: u64::from(round_trips), items };
        assert_eq!((recorded.outcome, recorded.cost), (outcome, cost), "{name}");
        // A write whose condition fails costs as many units as one that succeeds, but DynamoDB does
        // not report the units of the failed write
        // (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
        // For an image, the first attempt is a transaction of the record and its totals: 4 units,
        // because a transaction doubles the units. For a rejection or an absence, the first attempt
        // writes only the record: 1 unit.
        let failed = match outcome {
            Recorded => round_trips - 1,
            Stale => 1,
            Unchanged => 0,
        };
        let first = if matches!(observation, Observation::Image { .. }) { 4.0 } else { 1.0 };
        let units_here = table.consumed().units + first * f64::from(failed);
        println!("{name:<30} {round_trips:>11} {items:>5} {units_here:>5}");
        assert!((units_here - units).abs() < 0.1, "{name}: {units_here} units, should be {units}");
    }
    let _ = table.sound_snapshot();
}
