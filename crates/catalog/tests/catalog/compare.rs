//! Compares objects with their records, and reads pages of records.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::{Remeasure, Segment};
use contract::{ListedObject, Observation, Rejection};
use serde_json::json;
use test_table::{TestTable, observed};

use crate::record;

/// The object that `observed::object` returns for `size`, as S3 lists it under `key`.
fn listed(key: &str, size: u64) -> ListedObject {
    ListedObject {
        key: key.to_owned(),
        size,
        etag: format!("{size:032x}"),
        // 2024-05-01T12:00:00Z
        last_modified: Some(1_714_564_800),
    }
}

/// Writes an item that is not a valid record, as another program might.
fn put_foreign(table: &TestTable, key: &str) {
    table.set(key, "status", &json!({"S": "foreign"}));
}

#[tokio::test]
async fn objects_without_their_record_differ() {
    let table = TestTable::create();
    let catalog = table.catalog(2);
    let mut objects = Vec::new();
    for number in 0..250 {
        let key = format!("uploads/{number:03}");
        record(&catalog, &key, 1, &observed::image("image/png", number)).await;
        objects.push(listed(&key, number));
    }
    let (differing, cost) = catalog.differing(&objects, Remeasure::Older).await.unwrap();
    assert_eq!((differing.keys.len(), differing.unreadable.len()), (0, 0));
    assert_eq!((cost.round_trips, cost.items), (3, 250));

    objects[7].size = 8;
    objects.push(listed("uploads/new", 1));
    record(&catalog, "uploads/gone", 1, &Observation::Absent).await;
    objects.push(listed("uploads/gone", 1));
    put_foreign(&table, "uploads/foreign");
    objects.push(listed("uploads/foreign", 1));
    for (key, object) in [("uploads/a", None), ("uploads/b", Some(observed::object(6)))] {
        let rejection = Rejection::unreadable("archived");
        record(&catalog, key, 1, &Observation::Rejected { object, rejection }).await;
        objects.push(listed(key, 6));
    }
    let mut old = observed::facts("image/png");
    old.measuring = None;
    let old = Observation::Image { object: observed::object(3), image: old };
    record(&catalog, "uploads/old", 1, &old).await;
    objects.push(listed("uploads/old", 3));
    let expected = ["uploads/007", "uploads/new", "uploads/gone", "uploads/foreign", "uploads/old"];
    let unreadable = ["uploads/a", "uploads/b"].map(|key| (key.to_owned(), "archived".to_owned()));
    for (remeasure, keys) in [(Remeasure::Nothing, &expected[..4]), (Remeasure::Older, &expected)] {
        let (differing, cost) = catalog.differing(&objects, remeasure).await.unwrap();
        assert_eq!(differing.keys, keys);
        assert_eq!(differing.unreadable, HashMap::from(unreadable.clone()));
        assert_eq!((cost.round_trips, cost.items), (3, 255));
    }
}

/// Each record is on exactly one page of exactly one segment. A page has at most 1,000 items.
#[tokio::test]
async fn the_pages_of_all_segments_have_each_record_once() {
    let table = TestTable::create();
    let catalog = table.catalog(8);
    let mut expected = BTreeMap::new();
    for number in 0..1100 {
        let key = format!("uploads/{number:04}");
        record(&catalog, &key, 1, &observed::image("image/png", number)).await;
        expected.insert(key, true);
    }
    record(&catalog, "uploads/text", 1, &observed::rejected(1)).await;
    record(&catalog, "uploads/gone", 1, &Observation::Absent).await;
    put_foreign(&table, "uploads/foreign");
    put_foreign(&table, "other/foreign");
    expected.insert("uploads/text".to_owned(), true);
    expected.insert("uploads/foreign".to_owned(), false);
    // Items outside the key prefix `uploads/` are on the pages, too. `photos/before` is a record
    // from a time when the stack had another prefix.
    record(&catalog, "photos/before", 1, &observed::image("image/png", 1)).await;
    expected.insert("photos/before".to_owned(), true);
    expected.insert("other/foreign".to_owned(), false);
    for total in [1, 4] {
        let mut found = Vec::new();
        for number in 0..total {
            let segment = Segment::new(number, total).unwrap();
            let mut start = None;
            loop {
                let (page, cost) = catalog.page(segment, start).await.unwrap();
                // The tombstone and the eight totals items are read, too, but are on no page.
                let items = u64::try_from(page.records.len()).unwrap();
                assert!(cost.round_trips == 1 && (items..=items + 9).contains(&cost.items));
                assert!(page.records.len() <= 1000);
                assert!(page.next.is_none() || page.records.len() > 900, "a short page");
                found.extend(page.records.into_iter().map(|it| (it.key, it.is_valid)));
                start = page.next;
                if start.is_none() {
                    break;
                }
            }
        }
        assert_eq!(found.len(), expected.len());
        assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), expected);
    }
    let first = catalog.page(Segment::new(0, 1).unwrap(), None).await.unwrap().0;
    let last = first.records.last().unwrap().key.clone();
    // A page can begin after the key of any record, such as `last`. The `next` of a page can also
    // be the key of an item that is on no page, such as a tombstone.
    let second = catalog.page(Segment::new(0, 1).unwrap(), Some(last)).await.unwrap().0;
    let keys = |page: catalog::RecordPage| {
        page.records.into_iter().map(|it| it.key).collect::<BTreeSet<_>>()
    };
    assert!(keys(first).is_disjoint(&keys(second)));
}
