//! Look-up of many keys in one request, over HTTP: the route for POST, bodies that API Gateway
//! encodes, and CORS. Tests of `crates/api` cover everything else.

use harness::{TestStack, picture, run};
use serde_json::json;

use crate::client::{ORIGIN, get, post, send};

fn url(stack: &TestStack) -> String {
    format!("{}/images/metadata", stack.stack.outputs.api_url)
}

#[test]
fn keys_are_answered_in_order_each_with_what_is_recorded() {
    run(async {
        let stack = TestStack::shared().await;
        let [image, odd, text, none] = ["cat.png", "what? %2F+\n🦀.png", "text", "none.png"]
            .map(|it| stack.key(&format!("up/{it}")));
        for key in [&image, &odd] {
            stack.measure(key, picture::png(3, 4, 0), "image/png").await;
        }
        stack.measure(&text, "text", "text/plain").await;
        let keys = [&text, &odd, &image, &odd, &none];
        let body = json!({"keys": keys}).to_string();
        // API Gateway encodes the body in base64 if the type is `application/octet-stream`.
        for content_type in ["application/json", "application/octet-stream"] {
            let headers = [ORIGIN, ("Content-Type", content_type)];
            let response = post(&url(stack), &headers, body.clone()).await;
            assert_eq!(response.status, 200, "{content_type}: {response:?}");
            assert_eq!(response.header("cache-control"), "no-store");
            assert_eq!(response.header("access-control-allow-origin"), "*");
            let results = response.json()["results"].as_array().unwrap().clone();
            let status: Vec<_> = results.iter().map(|it| it["status"].as_str().unwrap()).collect();
            assert_eq!(status, ["rejected", "found", "found", "found", "unknown"]);
            for (result, key) in results.iter().zip(keys) {
                assert_eq!(result["s3objectkey"], **key);
            }
            assert_eq!(results[0]["reason"], "UnsupportedImage");
            let alone = get(&stack.stack.api().metadata_url(&odd), &[]).await.json();
            assert_eq!((&results[1]["metadata"], &results[3]["metadata"]), (&alone, &alone));
        }
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
