//! Tests of listing and finding executions, and of the number of API calls that this takes.

pub(crate) mod stand_in;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use self::stand_in::Calls;
use super::*;
use crate::AccessKey;
use crate::aws::Aws;

/// Starts a stand-in with `total` executions.
async fn step_functions(total: usize) -> (Arc<Executions>, Calls) {
    failing_at(total, Arc::default()).await
}

/// Starts a stand-in with `total` executions. It refuses to describe the execution with the number
/// `refused`.
async fn failing_at(total: usize, refused: Arc<Mutex<Option<usize>>>) -> (Arc<Executions>, Calls) {
    let calls = Calls::default();
    let counted = calls.clone();
    let answer = async move |headers: HeaderMap, body: String| {
        let operation = headers["x-amz-target"].to_str().unwrap().rsplit('.').next().unwrap();
        counted.count(operation);
        let request: Value = serde_json::from_str(&body).unwrap();
        if operation == "ListExecutions" {
            let answer = stand_in::list(&request, total, stand_in::execution);
            return (StatusCode::OK, answer.to_string());
        }
        let number = stand_in::number(&request["executionArn"]);
        if *refused.lock().unwrap() == Some(number) {
            let error = json!({"__type": "AccessDeniedException"});
            return (StatusCode::BAD_REQUEST, error.to_string());
        }
        (StatusCode::OK, stand_in::execution(number).to_string())
    };
    let endpoint = stand_in::serve(Router::new().fallback(answer)).await;
    let aws = Aws::connect(&endpoint, AccessKey::generate().unwrap());
    (Arc::new(Executions::new(aws.sfn, stand_in::machine())), calls)
}

/// Returns how many calls of `ListExecutions` and of `DescribeExecution` were answered since the
/// previous `taken`.
fn taken(calls: &Calls) -> (usize, usize) {
    let calls = calls.take();
    let of = |operation| calls.get(operation).copied().unwrap_or_default();
    (of("ListExecutions"), of("DescribeExecution"))
}

fn failures() -> Filter {
    let statuses = vec![Status::Failed, Status::TimedOut, Status::Aborted];
    Filter { statuses, ..Filter::default() }
}

#[tokio::test]
async fn a_list_costs_one_page_and_one_description_for_each_row() {
    let (executions, calls) = step_functions(10_000).await;
    let found = executions.search(&Filter::default(), 20).await.unwrap();
    assert_eq!(taken(&calls), (1, 20));
    assert!(found.more);
    let keys: Vec<_> = found.executions.iter().filter_map(|it| it.key()).collect();
    assert_eq!((keys.len(), keys[0], keys[19]), (20, "uploads/0.png", "uploads/19.png"));

    let failed = Filter { statuses: vec![Status::Failed], ..Filter::default() };
    let found = executions.search(&failed, 20).await.unwrap();
    // The first search has described two of these 20 failed executions. They have ended, so this
    // search does not describe them again.
    assert_eq!(taken(&calls), (1, 18));
    assert_eq!(found.executions[1].key(), Some("uploads/19.png"));

    // Step Functions filters by one status only. For several statuses, the search reads pages of
    // all executions.
    let found = executions.search(&failures(), 20).await.unwrap();
    assert_eq!(taken(&calls), (3, 0));
    assert!(found.more && found.executions.iter().all(|it| it.status == Status::Failed));
}

#[tokio::test]
async fn everything_is_found_where_the_limit_allows_it() {
    let (executions, calls) = step_functions(1_100).await;
    let found = executions.search(&Filter::default(), 5_000).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (1_100, false));
    assert_eq!(taken(&calls), (2, 1_100));
    let found = executions.search(&Filter::default(), 1_100).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (1_100, false));
    let found = executions.search(&failures(), 110).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (110, false));
    let found = executions.search(&failures(), 109).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (109, true));
}

#[tokio::test]
async fn a_part_of_a_key_or_the_beginning_of_an_id_selects() {
    let (executions, _) = step_functions(1_100).await;
    let search = |text: &str| Filter { text: text.to_owned(), ..Filter::default() };
    let found = executions.search(&search("/1034."), 20).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (1, false));
    assert_eq!(found.executions[0].key(), Some("uploads/1034.png"));
    let found = executions.search(&search("00000007"), 20).await.unwrap();
    assert_eq!(found.executions[0].id(), "00000007");
    // A new `Executions` remembers no execution. So the search has to describe every execution that
    // it examines.
    let (executions, calls) = step_functions(1_100).await;
    // The search stops soon after it has found a 21st execution, which it does not return.
    let found = executions.search(&search("uploads/"), 20).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (20, true));
    let (list, describe) = taken(&calls);
    assert!(list == 1 && describe < 60, "{list} {describe}");
}

#[tokio::test]
async fn a_page_costs_one_list_and_one_description_for_each_row() {
    let (executions, calls) = step_functions(2_000).await;
    let page = executions.listing(&Filter::default(), None, 25).await.unwrap();
    assert_eq!((page.executions.len(), taken(&calls)), (25, (1, 25)));
    let failed = Filter { statuses: vec![Status::Failed], ..Filter::default() };
    let page = executions.listing(&failed, None, 25).await.unwrap();
    // The first listing has described two of these 25 failed executions. They have ended, so this
    // listing does not describe them again.
    assert_eq!((page.executions.len(), taken(&calls)), (25, (1, 23)));
    let page = executions.listing(&failures(), None, 25).await.unwrap();
    assert_eq!((page.executions.len(), page.examined, taken(&calls)), (25, 250, (10, 0)));
}

#[tokio::test]
async fn an_execution_is_found_by_its_name_without_describing_others() {
    let (executions, calls) = step_functions(10_000).await;
    let found = executions.called("00009876").await.unwrap();
    assert_eq!(found.unwrap().key(), Some("uploads/9876.png"));
    assert_eq!(taken(&calls), (10, 1));
    assert_eq!(executions.called("uploads/9876.png").await.unwrap(), None);
    assert_eq!(taken(&calls), (10, 0));
}

#[tokio::test]
async fn a_tail_describes_no_execution_that_had_ended_before() {
    let (executions, calls) = step_functions(10_000).await;
    let mut tail = Tail::start(executions).await.unwrap();
    assert_eq!(taken(&calls), (10, 0));
    assert!(tail.ended().await.unwrap().is_empty());
    assert_eq!(taken(&calls), (1, 0));
}

#[tokio::test]
async fn executions_that_could_not_be_described_are_not_left_out_afterwards() {
    let refused = Arc::new(Mutex::new(Some(250)));
    let (executions, _) = failing_at(300, Arc::clone(&refused)).await;
    executions.all().await.unwrap_err();
    *refused.lock().unwrap() = None;
    assert_eq!(executions.all().await.unwrap().len(), 300);
}
