//! Reads of many records at once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog::{Catalog, CatalogError};
use contract::NamedError as _;
use futures_util::FutureExt as _;
use test_table::{Fault, TestTable, observed};

use crate::record;

fn keys(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("uploads/{number:04}")).collect()
}

/// A table that has a record of each key.
async fn filled(keys: &[String]) -> TestTable {
    let table = TestTable::create().await;
    for key in keys {
        record(&table.catalog(1), key, 1, &observed::image("image/gif", 5)).await;
    }
    table
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
    // After the fifth request, the table counts as unavailable.
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
}

#[tokio::test]
async fn one_record_is_read_in_one_request() {
    let keys = keys(1);
    let table = filled(&keys).await;
    let (record, cost) = table.catalog(1).get(&keys[0]).await.unwrap();
    assert_eq!(record.unwrap().key, keys[0]);
    assert_eq!((cost.round_trips, cost.items), (1, 1));
    let (record, cost) = table.catalog(1).get("uploads/none").await.unwrap();
    assert_eq!((record, cost.round_trips, cost.items), (None, 1, 0));
}

/// Each way of opening a connection makes one request, and fails if DynamoDB refuses that request.
#[tokio::test]
async fn a_connection_is_opened_by_one_request() {
    let table = TestTable::create().await;
    let refused = [Some(Fault::Refused(400, "AccessDeniedException"))];
    let refused = || table.faulty_catalog(1, refused);
    for catalog in [table.catalog(1), table.faulty_catalog(1, [Some(Fault::Reset)])] {
        catalog.connect().await.unwrap();
        catalog.connect_by_batch().await.unwrap();
        catalog.connect_by_scan().await.unwrap();
    }
    let errors = [
        refused().connect().await,
        refused().connect_by_batch().await,
        refused().connect_by_scan().await,
    ];
    for error in errors {
        assert!(matches!(error, Err(CatalogError::TableRefused(_))), "{error:?}");
    }
}

#[tokio::test]
async fn connections_are_opened_by_the_operation_that_the_role_allows() {
    let table = TestTable::create().await;
    let operations = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&operations);
    let client = table.client_with(move |call| {
        seen.lock().unwrap().push(call.operation);
        std::future::ready(None).boxed()
    });
    let catalog =
        Catalog::new(client.config().to_builder(), TestTable::NAME, table.catalog(1).shards());
    catalog.connect().await.unwrap();
    catalog.connect_by_batch().await.unwrap();
    catalog.connect_by_scan().await.unwrap();
    assert_eq!(*operations.lock().unwrap(), ["GetItem", "BatchGetItem", "Scan"]);
}
