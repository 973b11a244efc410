//! Look-up of many keys in one request.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use catalog::{Catalog, Shards};
use harness::{TestStack, picture, run};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::client::{post, send};

const ORIGIN: (&str, &str) = ("Origin", "http://localhost:5173");

fn url(stack: &TestStack) -> String {
    format!("{}/images/metadata", stack.stack.outputs.api_url)
}

#[test]
fn keys_are_answered_in_order_each_with_what_is_recorded() {
    run(async {
        let stack = TestStack::shared().await;
        let [image, odd, text, gone] = ["cat.png", "what? %2F+\n🦀.png", "text", "gone.png"]
            .map(|it| format!("uploads/up/{it}"));
        for key in [&image, &odd, &gone] {
            stack.measure(key, picture::png(3, 4, 0), "image/png").await;
        }
        stack.measure(&text, "text", "text/plain").await;
        stack.delete(&gone).await;
        stack.ended(&gone, 2).await;
        let keys = [&text, &odd, &gone, &image, &odd, &"uploads/up/none".to_owned()];
        let body = json!({"keys": keys}).to_string();
        // API Gateway takes the second type for binary, and encodes the body.
        for content_type in ["application/json", "application/octet-stream"] {
            let headers = [ORIGIN, ("Content-Type", content_type)];
            let response = post(&url(stack), &headers, body.clone()).await;
            assert_eq!(response.status, 200, "{content_type}: {response:?}");
            assert_eq!(response.header("cache-control"), "no-store");
            assert_eq!(response.header("access-control-allow-origin"), "*");
            let results = response.json()["results"].as_array().unwrap().clone();
            let status: Vec<_> = results.iter().map(|it| it["status"].as_str().unwrap()).collect();
            assert_eq!(status, ["rejected", "found", "unknown", "found", "found", "unknown"]);
            for (result, key) in results.iter().zip(keys) {
                assert_eq!(result["s3objectkey"], **key);
            }
            assert_eq!(results[0]["reason"], "UnsupportedImage");
            let alone = crate::client::get(&stack.stack.api().metadata_url(&odd), &[]).await.json();
            assert_eq!((&results[1]["metadata"], &results[4]["metadata"]), (&alone, &alone));
        }
    });
}

#[test]
fn a_hundred_keys_are_one_read_and_more_are_refused() {
    run(async {
        let stack = TestStack::shared().await;
        // The longest possible key, of characters that JSON escapes.
        let key = |number: usize| format!("uploads/{number:03}{}", "\u{1}".repeat(1013));
        let keys: Vec<_> = (0..100).map(key).collect();
        let response = post(&url(stack), &[], json!({"keys": keys}).to_string()).await;
        assert_eq!(response.json()["results"].as_array().unwrap().len(), 100, "{response:?}");
        let more: Vec<_> = (0..101).map(key).collect();
        let response = post(&url(stack), &[], json!({"keys": more}).to_string()).await;
        assert_eq!(response.status, 400);
        assert!(response.json()["error"].as_str().unwrap().starts_with("keys: has 101 keys"));
    });
}

#[test]
fn what_is_no_list_of_keys_is_refused() {
    run(async {
        let stack = TestStack::shared().await;
        let too_long = json!({"keys": [format!("uploads/{}", "k".repeat(1017))]}).to_string();
        for (body, status) in [
            ("", 400),
            ("cat.jpg", 400),
            ("[\"uploads/a\"]", 400),
            (r#"{"keys": []}"#, 400),
            (r#"{"keys": "uploads/a"}"#, 400),
            (r#"{"keys": ["a"]}"#, 400),
            (r#"{"keys": ["uploads/\udead"]}"#, 400),
            (&too_long, 400),
            (&" ".repeat(10_000_000), 413),
        ] {
            let start: String = body.chars().take(40).collect();
            let response = post(&url(stack), &[], body).await;
            assert_eq!(response.status, status, "{start}");
            assert!(response.json()["error"].is_string(), "{start}");
            assert_eq!(response.header("cache-control"), "no-store", "{start}");
        }
        let binary = [("Content-Type", "application/octet-stream")];
        let response = post(&url(stack), &binary, *b"{\"keys\": [\"uploads/\xff\"]}").await;
        assert_eq!(response.status, 400, "{response:?}");
    });
}

#[test]
fn browsers_may_send_a_body_and_other_methods_are_told_the_allowed_ones() {
    run(async {
        let stack = TestStack::shared().await;
        let preflight = [
            ORIGIN,
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type"),
        ];
        let response = send("OPTIONS", &url(stack), &preflight).await;
        assert!(response.status < 300, "{response:?}");
        assert!(response.header("access-control-allow-methods").contains("POST"), "{response:?}");
        assert!(response.header("access-control-allow-headers").contains("content-type"));
        let response = send("DELETE", &url(stack), &[]).await;
        assert_eq!((response.status, response.header("allow")), (405, "GET, HEAD, OPTIONS, POST"));
    });
}

/// The emulator reads all of a batch; DynamoDB may leave part of it.
#[test]
fn keys_that_a_batch_leaves_unread_are_read_again() {
    run(async {
        let keys: Vec<_> = (0..100).map(|number| format!("uploads/{number}")).collect();
        let repeated: Vec<_> = keys.iter().chain(&keys).cloned().collect();
        let (records, cost) = catalog(30).await.get_many(&repeated).await.unwrap();
        assert_eq!((records.len(), cost.round_trips, cost.items), (100, 4, 100));
        assert!(keys.iter().all(|key| records[key].key == *key));
        let error = catalog(0).await.get_many(&keys).await.unwrap_err();
        assert!(matches!(error, catalog::CatalogError::TableUnavailable(_)), "{error}");
    });
}

/// A catalog in a table that reads this many keys of each batch, and has a record of every key.
async fn catalog(keys_read: usize) -> Catalog {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let service = service_fn(move |request| respond(request, keys_read));
            let server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(server.serve_connection(TokioIo::new(client), service));
        }
    });
    let config = TestStack::shared().await.stack.aws.dynamodb.config().to_builder();
    let client = aws_sdk_dynamodb::Client::from_conf(config.endpoint_url(endpoint).build());
    Catalog::new(client, "table", Shards::new(1).unwrap())
}

async fn respond(
    request: http::Request<Incoming>,
    keys_read: usize,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let keys = body["RequestItems"]["table"]["Keys"].as_array().unwrap();
    let (read, unread) = keys.split_at(keys_read.min(keys.len()));
    let record = |key: &Value| {
        json!({
            "s3objectkey": key["s3objectkey"], "revision": {"S": "r"},
            "status": {"S": "absent"}, "expiresAt": {"N": "1"},
        })
    };
    let unread = if unread.is_empty() { json!({}) } else { json!({"table": {"Keys": unread}}) };
    let records: Vec<_> = read.iter().map(record).collect();
    let body = json!({"Responses": {"table": records}, "UnprocessedKeys": unread}).to_string();
    Ok(http::Response::new(Full::new(body.into())))
}
