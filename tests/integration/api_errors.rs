//! Responses of the query API as a client gets them through API Gateway: status, CORS and cache
//! headers, errors as JSON, and HEAD. Tests of `crates/api` cover each error.

use harness::{TestStack, run};

use crate::client::{ORIGIN, send};

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
            // Other tests may change the listing and the overview between GET and HEAD.
            if method == "GET" && !["/images", "/images/info"].contains(&path) {
                let head = send("HEAD", &format!("{api}{path}"), &[ORIGIN]).await;
                assert_eq!((head.status, head.body.len()), (status, 0), "{path}");
                let length = response.body.len().to_string();
                assert_eq!(head.header("content-length"), length, "{path}");
            }
            let allow = if status == 405 { "GET, HEAD, OPTIONS" } else { "" };
            assert_eq!(response.header("allow"), allow, "{method} {path}");
        }
    });
}
