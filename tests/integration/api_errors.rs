//! Responses of the query API as a client gets them through API Gateway: status, CORS and cache
//! headers, and errors as JSON. Tests of `crates/api` cover each error.

use harness::{TestStack, run};

use crate::client::{get, send};

const ORIGIN: (&str, &str) = ("Origin", "http://localhost:5173");

#[test]
fn every_response_carries_cors_and_cache_headers_and_every_error_is_json() {
    run(async {
        let stack = TestStack::shared().await;
        let api = stack.stack.outputs.api_url.clone();
        for (method, path, status) in [
            ("GET", "/images", 200),
            ("GET", "/images/info", 200),
            ("GET", "/openapi.json", 200),
            ("GET", "/images?limit=0", 400),
            ("GET", "/images/metadata", 400),
            ("GET", "/images/file", 400),
            ("GET", "/images/metadata/none", 404),
            ("GET", "/images/file/none", 404),
            ("GET", "/images/file/", 404),
            ("GET", "/", 404),
            ("GET", "/favicon.ico", 404),
            ("POST", "/images/info", 405),
            ("DELETE", "/images/file/a/b.png", 405),
            ("PUT", "/openapi.json", 405),
        ] {
            let response = send(method, &format!("{api}{path}"), &[ORIGIN]).await;
            assert_eq!(response.status, status, "{method} {path}: {response:?}");
            assert_eq!(response.header("access-control-allow-origin"), "*", "{method} {path}");
            assert!(!response.header("cache-control").is_empty(), "{method} {path}");
            assert_eq!(response.header("content-type"), "application/json", "{method} {path}");
            if status >= 400 {
                assert!(response.json()["error"].is_string(), "{method} {path}");
                assert_eq!(response.header("cache-control"), "no-store", "{method} {path}");
            }
            let allow = if status == 405 { "GET, HEAD, OPTIONS" } else { "" };
            assert_eq!(response.header("allow"), allow, "{method} {path}");
        }
    });
}

#[test]
fn head_is_answered_as_get_on_every_path() {
    run(async {
        let stack = TestStack::shared().await;
        let api = stack.stack.outputs.api_url.clone();
        for path in
            ["/openapi.json", "/images?limit=x", "/images/metadata/none", "/images/file/none"]
        {
            let url = format!("{api}{path}");
            let (head, get) = (send("HEAD", &url, &[]).await, get(&url, &[]).await);
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
            assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
        }
    });
}
