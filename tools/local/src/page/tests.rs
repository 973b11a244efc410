//! The list of executions with many of them, which a stand-in for Step Functions supplies.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::*;
use crate::access_key::AccessKey;

/// Number of executions that the stand-in has.
const EXECUTIONS: usize = 10_000;

/// Name of the state machine.
const MACHINE: &str = "pixgauge-many-analyze-image";

/// Calls that the stand-in has answered, by their names.
#[derive(Debug, Clone, Default)]
struct Calls(Arc<Mutex<BTreeMap<String, usize>>>);

impl Calls {
    fn take(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut *self.0.lock().unwrap()).into_iter().collect()
    }
}

fn arn(number: usize) -> String {
    format!("arn:aws:states:us-east-1:0:execution:{MACHINE}:{number}")
}

/// Answers a call as Step Functions does.
async fn answer(State(calls): State<Calls>, headers: HeaderMap, body: String) -> String {
    let target = headers["x-amz-target"].to_str().unwrap();
    let call = target.rsplit('.').next().unwrap();
    *calls.0.lock().unwrap().entry(call.to_owned()).or_default() += 1;
    let request: Value = serde_json::from_str(&body).unwrap();
    let machine = format!("arn:aws:states:us-east-1:0:stateMachine:{MACHINE}");
    let execution = |number: usize| {
        json!({
            "executionArn": arn(number), "stateMachineArn": machine, "name": number.to_string(),
            "status": "SUCCEEDED", "startDate": 1_700_000_000 - number,
            "stopDate": 1_700_000_001 - number,
            "input": json!({"detail": {"object": {"key": format!("uploads/{number}.png")}}}).to_string(),
            "output": json!({"status": "image", "outcome": "recorded"}).to_string(),
        })
    };
    let answer = match call {
        "ListStateMachines" => json!({"stateMachines": [{
            "stateMachineArn": machine, "name": MACHINE, "type": "STANDARD", "creationDate": 0,
        }]}),
        "ListExecutions" => {
            let from = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
            let size = usize::try_from(request["maxResults"].as_u64().unwrap()).unwrap();
            let to = (from + size).min(EXECUTIONS);
            let token = (to < EXECUTIONS).then(|| to.to_string());
            json!({"executions": (from..to).map(execution).collect::<Vec<_>>(), "nextToken": token})
        }
        "DescribeExecution" => {
            let arn = request["executionArn"].as_str().unwrap();
            execution(arn.rsplit(':').next().unwrap().parse().unwrap())
        }
        other => panic!("unexpected call of {other}"),
    };
    answer.to_string()
}

/// Serves the stand-in, and the page of a stack on it.
async fn serve() -> (Page, Calls) {
    let calls = Calls::default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(calls.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let outputs = json!({
        "apiUrl": endpoint, "bucketName": "b", "tableName": "t", "failureQueueUrl": "q",
        "stateMachineArn": format!("arn:aws:states:us-east-1:0:stateMachine:{MACHINE}"),
        "reconcileStateMachineArn": "r", "endpoint": endpoint,
    });
    let outputs = serde_json::from_value(outputs).unwrap();
    let aws = Aws::connect(&endpoint, AccessKey::generate().unwrap());
    (Page::serve(aws, outputs, None).await.unwrap(), calls)
}

/// The list with these parameters, as HTML.
async fn list(page: &Page, parameters: &[(&str, &str)]) -> String {
    let parameters: Map<String, Value> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let parameters = serde_json::from_value(parameters.into()).unwrap();
    let view = executions::view(State(page.site.clone()), Query(parameters)).await;
    view.unwrap_or_else(|failure| panic!("{failure}")).into_string()
}

/// The cursor in the link to older executions.
fn cursor(html: &str) -> Option<&str> {
    let link = html.split("<a href=\"").find(|link| link.contains("rel=\"next\""))?;
    link.split_once("cursor=")?.1.split('"').next()
}

fn counts(calls: &[(&str, usize)]) -> Vec<(String, usize)> {
    calls.iter().map(|(call, number)| ((*call).to_owned(), *number)).collect()
}

#[tokio::test]
async fn first_page_of_many_executions_is_one_call_and_one_for_each_row() {
    let (page, calls) = serve().await;
    let html = list(&page, &[]).await;
    assert_eq!(html.matches("<tr>").count(), 26, "a head and 25 rows");
    let first = [("DescribeExecution", 25), ("ListExecutions", 1), ("ListStateMachines", 1)];
    assert_eq!(calls.take(), counts(&first));
    list(&page, &[]).await;
    assert_eq!(calls.take(), counts(&[("ListExecutions", 1)]), "those that have ended are known");

    let html = list(&page, &[("cursor", cursor(&html).unwrap())]).await;
    assert!(html.contains(">25.png<") && html.contains(">49.png<"), "{html}");
    assert_eq!(calls.take(), counts(&[("DescribeExecution", 25), ("ListExecutions", 1)]));
}

#[tokio::test]
async fn search_goes_on_where_it_has_stopped() {
    let (page, _) = serve().await;
    let html = list(&page, &[("key", "612.png")]).await;
    assert!(html.contains("None of 500 executions match"), "{html}");
    let html = list(&page, &[("key", "612.png"), ("cursor", cursor(&html).unwrap())]).await;
    assert!(html.contains(">612.png<"), "{html}");
}
