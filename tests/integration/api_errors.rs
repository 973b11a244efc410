//! Responses of the query API as a client gets them through API Gateway: status, CORS and cache
//! headers, and errors as JSON. Tests of `crates/api` cover each error.

use harness::{TestStack, run};

use crate::client::send;

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
            ("DELETE", "/images/metadata", 405),
            ("PUT", "/openapi.json", 405),
        ] {
            let url = format!("{api}{path}");
            let response = send(method, &url, &[ORIGIN]).await;
            assert_eq!(response.status, status, "{method} {path}: {response:?}");
            assert_eq!(response.header("access-control-allow-origin"), "*", "{method} {path}");
            assert!(!response.header("cache-control").is_empty(), "{method} {path}");
            assert_eq!(response.header("content-type"), "application/json", "{method} {path}");
            if status >= 400 {
                assert!(response.json()["error"].is_string(), "{method} {path}");
                assert_eq!(response.header("cache-control"), "no-store", "{method} {path}");
            }
            let allow = match (status, path) {
                (405, "/images/metadata") => "GET, HEAD, OPTIONS, POST",
                (405, _) => "GET, HEAD, OPTIONS",
                _ => "",
            };
            assert_eq!(response.header("allow"), allow, "{method} {path}");
            // Other tests change what these two paths return.
            if method == "GET" && !["/images", "/images/info"].contains(&path) {
                let head = send("HEAD", &url, &[]).await;
                assert_eq!((head.status, head.body.len()), (status, 0), "{path}");
                assert_eq!(head.header("content-length"), response.body.len().to_string());
            }
        }
    });
}
