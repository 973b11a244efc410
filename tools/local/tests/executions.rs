//! Tests how many calls it takes to list executions. A stand-in for Step Functions, with any number
//! of executions, counts the calls.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue panics, as do its helpers")]

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use local::AccessKey;
use local::aws::Aws;
use local::executions::{Executions, Filter, Status, Tail};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:machine";

/// Calls that the stand-in has received.
#[derive(Debug, Default)]
struct Calls {
    list: AtomicUsize,
    describe: AtomicUsize,
}

impl Calls {
    fn taken(&self) -> (usize, usize) {
        (self.list.swap(0, Ordering::Relaxed), self.describe.swap(0, Ordering::Relaxed))
    }
}

/// Starts a stand-in with `number` executions. Every tenth of them has failed. Number 0 is the
/// newest.
async fn step_functions(number: usize) -> (Arc<Executions>, Arc<Calls>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(Calls::default());
    let router = Router::new().fallback(answer).with_state((number, Arc::clone(&calls)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let key = AccessKey { id: "test".to_owned(), secret: "test".to_owned(), token: None };
    let aws = Aws::connect(&endpoint, key);
    (Arc::new(Executions::new(aws.sfn, MACHINE)), calls)
}

async fn answer(
    State((number, calls)): State<(usize, Arc<Calls>)>,
    headers: HeaderMap,
    body: String,
) -> String {
    let operation = headers["x-amz-target"].to_str().unwrap();
    let request: Value = serde_json::from_str(&body).unwrap();
    let response = if operation.ends_with("ListExecutions") {
        calls.list.fetch_add(1, Ordering::Relaxed);
        list(&request, number)
    } else {
        calls.describe.fetch_add(1, Ordering::Relaxed);
        described(request["executionArn"].as_str().unwrap())
    };
    response.to_string()
}

fn list(request: &Value, number: usize) -> Value {
    let first: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let size = usize::try_from(request["maxResults"].as_u64().unwrap()).unwrap();
    let status = request["statusFilter"].as_str();
    let all = (first..number).filter(|at| status.is_none_or(|status| status == status_of(*at)));
    let page: Vec<_> = all.take(size).collect();
    let next = page.last().map(|last| last + 1).filter(|&next| page.len() == size && next < number);
    let items: Vec<_> = page.iter().map(|at| item(*at)).collect();
    json!({"executions": items, "nextToken": next.map(|next| next.to_string())})
}

fn status_of(at: usize) -> &'static str {
    if at % 10 == 9 { "FAILED" } else { "SUCCEEDED" }
}

fn item(at: usize) -> Value {
    let time = 2_000_000_000 - at;
    json!({
        "executionArn": format!("arn:aws:states:us-east-1:000000000000:execution:machine:{at:08}"),
        "stateMachineArn": MACHINE, "name": format!("{at:08}"), "status": status_of(at),
        "startDate": time, "stopDate": time,
    })
}

fn described(arn: &str) -> Value {
    let at: usize = arn.rsplit(':').next().unwrap().parse().unwrap();
    let mut execution = item(at);
    let key = format!("uploads/{at}.png");
    execution["input"] = json!({"detail": {"object": {"key": key}}}).to_string().into();
    execution
}

fn failures() -> Filter {
    let statuses = vec![Status::Failed, Status::TimedOut, Status::Aborted];
    Filter { statuses, ..Filter::default() }
}

#[tokio::test]
async fn a_list_costs_one_page_and_one_description_for_each_row() {
    let (executions, calls) = step_functions(10_000).await;
    let found = executions.search(&Filter::default(), 20).await.unwrap();
    assert_eq!(calls.taken(), (1, 20));
    assert!(found.more);
    let keys: Vec<_> = found.executions.iter().filter_map(|it| it.key()).collect();
    assert_eq!((keys.len(), keys[0], keys[19]), (20, "uploads/0.png", "uploads/19.png"));

    let failed = Filter { statuses: vec![Status::Failed], ..Filter::default() };
    let found = executions.search(&failed, 20).await.unwrap();
    // The first search has described two of these executions. They have ended, so this search does
    // not describe them again.
    assert_eq!(calls.taken(), (1, 18));
    assert_eq!(found.executions[1].key(), Some("uploads/19.png"));

    // Step Functions filters by one status only. For several statuses, the search reads pages of
    // all executions.
    let found = executions.search(&failures(), 20).await.unwrap();
    assert_eq!(calls.taken(), (3, 0));
    assert!(found.more && found.executions.iter().all(|it| it.status == Status::Failed));
}

#[tokio::test]
async fn everything_is_found_where_the_limit_allows_it() {
    let (executions, calls) = step_functions(1_100).await;
    let found = executions.search(&Filter::default(), 5_000).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (1_100, false));
    assert_eq!(calls.taken(), (2, 1_100));
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
    // No execution of this new stand-in has been described yet.
    let (executions, calls) = step_functions(1_100).await;
    // The search stops soon after it has found a 21st execution, which it does not return.
    let found = executions.search(&search("uploads/"), 20).await.unwrap();
    assert_eq!((found.executions.len(), found.more), (20, true));
    let (list, describe) = calls.taken();
    assert!(list == 1 && describe < 60, "{list} {describe}");
}

#[tokio::test]
async fn a_page_costs_one_list_and_one_description_for_each_row() {
    let (executions, calls) = step_functions(2_000).await;
    let page = executions.listing(&Filter::default(), None, 25).await.unwrap();
    assert_eq!((page.executions.len(), calls.taken()), (25, (1, 25)));
    let failed = Filter { statuses: vec![Status::Failed], ..Filter::default() };
    let page = executions.listing(&failed, None, 25).await.unwrap();
    // Two of the failed executions were on the first page. They have been described there, so they
    // are not described again.
    assert_eq!((page.executions.len(), calls.taken()), (25, (1, 23)));
    let page = executions.listing(&failures(), None, 25).await.unwrap();
    assert_eq!((page.executions.len(), page.examined, calls.taken()), (25, 250, (10, 0)));
}

#[tokio::test]
async fn an_execution_is_found_by_its_name_without_describing_others() {
    let (executions, calls) = step_functions(10_000).await;
    let found = executions.called("00009876").await.unwrap();
    assert_eq!(found.unwrap().key(), Some("uploads/9876.png"));
    assert_eq!(calls.taken(), (10, 1));
    assert_eq!(executions.called("uploads/9876.png").await.unwrap(), None);
    assert_eq!(calls.taken(), (10, 0));
}

#[tokio::test]
async fn a_tail_describes_no_execution_that_had_ended_before() {
    let (executions, calls) = step_functions(10_000).await;
    let mut tail = Tail::start(executions).await.unwrap();
    assert_eq!(calls.taken(), (10, 0));
    assert!(tail.ended().await.unwrap().is_empty());
    assert_eq!(calls.taken(), (1, 0));
}
