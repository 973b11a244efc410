//! Error responses of the query API.

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
            ("GET", "/images?limit=10&limit=10", 400),
            ("GET", "/images?cursor=made-up", 400),
            ("GET", "/images?contentType=text/html", 400),
            ("GET", "/images?contentType=image/jpeq", 400),
            ("GET", "/images/metadata", 400),
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

#[test]
fn a_key_longer_than_any_is_not_found() {
    run(async {
        let stack = TestStack::shared().await;
        for length in [1017, 3000] {
            let url = stack.stack.api().metadata_url(&format!("uploads/{}", "k".repeat(length)));
            assert_eq!(get(&url, &[]).await.status, 404, "{length}");
        }
    });
}

#[test]
fn a_header_that_is_no_ascii_is_no_failure() {
    run(async {
        let stack = TestStack::shared().await;
        let url = stack.stack.api().metadata_url("uploads/none");
        for (name, value) in [("X-Name", "caf\u{e9}"), ("If-None-Match", "\"\u{e9}\"")] {
            assert_eq!(get(&url, &[(name, value)]).await.status, 404);
        }
    });
}

#[test]
fn the_api_describes_itself() {
    run(async {
        let stack = TestStack::shared().await;
        let url = format!("{}/openapi.json", stack.stack.outputs.api_url);
        let document = get(&url, &[]).await;
        assert_eq!(document.json()["openapi"], "3.1.0");
        // Anyone may call this stack.
        assert_eq!(document.json()["security"], serde_json::json!([]));
        let again = get(&url, &[("If-None-Match", document.header("etag"))]).await;
        assert_eq!(again.status, 304);
    });
}
