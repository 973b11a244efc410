//! Keys as a query parameter, which reaches keys that a path cannot, and hints for misplaced keys.

use harness::{TestStack, picture, run};
use serde_json::json;

use crate::client::{get, send};

#[test]
fn a_path_is_cut_at_a_question_mark_and_a_parameter_is_not() {
    run(async {
        let stack = TestStack::shared().await;
        let (cut, whole) = ("uploads/cut/a", "uploads/cut/a?b+c d.png");
        stack.measure(whole, picture::png(3, 4, 0), "image/png").await;
        let api = &stack.stack.outputs.api_url;
        let response = get(&format!("{api}/images/metadata/cut/a%3Fb%2Bc%20d.png"), &[]).await;
        let expected = json!({"error": format!("{cut} not found!")});
        assert_eq!((response.status, response.json()), (404, expected));
        // In the last one, the plus sign is read first as a space, and then as a plus sign.
        for encoded in ["a%3Fb%2Bc+d.png", "a?b%2Bc%20d.png", "a%3Fb+c%20d.png"] {
            let url = format!("{api}/images/metadata?s3objectkey=uploads/cut/{encoded}");
            assert_eq!(get(&url, &[]).await.json()["s3objectkey"], whole, "{encoded}");
        }
    });
}

#[test]
fn a_key_is_answered_alike_in_the_path_and_in_the_query() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/alike/a b.png";
        stack.measure(key, picture::png(5, 6, 0), "image/png").await;
        stack.measure("uploads/alike/text", "text", "text/plain").await;
        let api = stack.stack.api();
        for key in [key, "uploads/alike/text", "uploads/alike/none"] {
            for kind in ["metadata", "file"] {
                let in_path =
                    if kind == "file" { api.file_url(key) } else { api.metadata_url(key) };
                let in_query = api.query_url(kind, key);
                let tag = get(&in_path, &[]).await.header("etag").to_owned();
                for (method, headers) in [
                    ("GET", vec![]),
                    ("HEAD", vec![]),
                    ("GET", vec![("If-None-Match", &*tag)]),
                    ("GET", vec![("Range", "bytes=1-3")]),
                ] {
                    let expected = send(method, &in_path, &headers).await;
                    let given = send(method, &in_query, &headers).await;
                    assert_eq!(given.without_ids(), expected.without_ids(), "{method} {in_query}");
                }
            }
        }
    });
}

#[test]
fn a_prefix_in_the_path_gets_a_hint_unless_such_an_object_exists() {
    run(async {
        let stack = TestStack::shared().await;
        let api = &stack.stack.outputs.api_url;
        stack.measure("uploads/uploads/real.png", picture::png(3, 4, 0), "image/png").await;
        let found = get(&format!("{api}/images/metadata/uploads/real.png"), &[]).await;
        assert_eq!(found.json()["s3objectkey"], "uploads/uploads/real.png");
        for (kind, given, right) in [
            ("metadata", "uploads/a%20b%25.png", "/images/metadata/a%20b%25.png"),
            ("file", "uploads/c/d.png", "/images/file/c/d.png"),
        ] {
            let response = get(&format!("{api}/images/{kind}/{given}"), &[]).await;
            let error = response.json()["error"].as_str().unwrap().to_owned();
            assert_eq!(response.status, 404, "{error}");
            assert!(error.contains("not found!") && error.ends_with(right), "{error}");
        }
    });
}
