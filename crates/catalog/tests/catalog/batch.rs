//! Batch reads of records.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog::CatalogError;
use contract::NamedError as _;
use test_table::{Fault, TestTable, observed};

use crate::record;

/// A table with an image under each of these keys.
async fn filled(keys: &[String]) -> TestTable {
    let table = TestTable::create();
    for key in keys {
        record(&table.catalog(1), key, 1, &observed::image("image/gif", 5)).await;
    }
    table
}

fn keys(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("uploads/{number:04}")).collect()
}

#[tokio::test]
async fn keys_that_a_batch_leaves_unread_are_read_again() {
    let keys = keys(100);
    let table = filled(&keys).await;
    let repeated: Vec<_> = keys.iter().chain(&keys).cloned().collect();
    let catalog = table.faulty_catalog(1, vec![Some(Fault::LeftUnread(30)); 3]);
    let (records, cost) = catalog.get_many(&repeated).await.unwrap();
    assert_eq!((records.len(), cost.round_trips, cost.items), (100, 4, 100));
    assert!(keys.iter().all(|key| records[key].as_ref().unwrap().key == *key));
    assert_eq!(table.waits(), [50, 100, 200].map(Duration::from_millis));
    // Four requests may leave keys unread. If a fifth does, the table counts as unavailable.
    let catalog = table.faulty_catalog(1, vec![Some(Fault::LeftUnread(1)); 4]);
    assert_eq!(catalog.get_many(&keys).await.unwrap().1.round_trips, 5);
    let catalog = table.faulty_catalog(1, vec![Some(Fault::LeftUnread(1)); 5]);
    let error = catalog.get_many(&keys).await.unwrap_err();
    assert_eq!(error.name(), "TableUnavailable");
}

#[tokio::test]
async fn more_keys_than_a_batch_holds_take_more_batches() {
    let keys = keys(205);
    let table = filled(&keys[..203]).await;
    let (records, cost) = table.catalog(1).get_many(&keys).await.unwrap();
    assert_eq!((records.len(), cost.round_trips, cost.items), (203, 3, 203));
    let (records, cost) = table.catalog(1).get_many(&[]).await.unwrap();
    assert_eq!((records.len(), cost.round_trips), (0, 0));
    for (key, items) in [(&keys[202], 1), (&keys[203], 0)] {
        let (record, cost) = table.catalog(1).get(key).await.unwrap();
        assert_eq!((cost.round_trips, cost.items), (1, items), "{key}");
        assert_eq!(record.map(|it| it.key), (items == 1).then(|| key.clone()));
    }
}

/// `connect`, `connect_by_batch` and `connect_by_scan` use different operations, because the roles
/// of the functions allow different ones. Each method fails if DynamoDB refuses its request.
#[tokio::test]
async fn connections_are_opened_by_the_operation_that_the_role_allows() {
    let table = TestTable::create();
    for (fault, is_open) in [
        (None, true),
        (Some(Fault::Reset), true),
        (Some(Fault::Refused(400, "AccessDeniedException")), false),
    ] {
        let operations = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&operations);
        let catalog = table.catalog_with(1, move |call| {
            let mut seen = seen.lock().unwrap();
            // The first request of each operation gets the fault. The SDK's retries do not.
            let fault = fault.filter(|_| seen.last() != Some(&call.operation));
            seen.push(call.operation);
            std::future::ready(fault)
        });
        for result in [
            catalog.connect().await,
            catalog.connect_by_batch().await,
            catalog.connect_by_scan().await,
        ] {
            match result {
                Ok(()) => assert!(is_open, "{fault:?}"),
                Err(error) => {
                    assert!(!is_open && matches!(error, CatalogError::TableRefused(_)), "{error}");
                }
            }
        }
        let mut operations = operations.lock().unwrap().clone();
        operations.dedup();
        assert_eq!(operations, ["GetItem", "BatchGetItem", "Scan"], "{fault:?}");
    }
}
