//! The query API: unknown keys, large images, objects without an image, CORS.

use harness::{TestStack, picture, run};
use local::http;
use serde_json::json;

#[test]
fn an_unknown_key_is_a_404_as_the_contract_says() {
    run(async {
        let stack = TestStack::shared().await;
        let expected = json!({"error": "uploads/query/unknown.jpg not found!"});
        assert_eq!(stack.metadata("uploads/query/unknown.jpg").await, (404, expected.clone()));
        let file = stack.file("uploads/query/unknown.jpg").await;
        assert_eq!((file.status, file.content_type.as_deref()), (404, Some("application/json")));
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&file.body).unwrap(), expected);
    });
}

#[test]
fn an_image_too_large_for_a_lambda_response_is_a_redirect() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/query/large picture.png";
        let bytes = picture::png(5000, 4000, 6_500_000);
        stack.measure(key, bytes.clone(), "application/octet-stream").await;
        let response = stack.file(key).await;
        assert_eq!(response.status, 307);
        let target = http::get(&response.location.unwrap()).await.unwrap();
        assert_eq!((target.status, target.content_type.as_deref()), (200, Some("image/png")));
        assert!(target.body == bytes, "the image differs from what was uploaded");
    });
}

#[test]
fn an_image_just_small_enough_is_sent_through_lambda() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/query/limit.png";
        let overhead = picture::png(1, 1, 0).len();
        let bytes = picture::png(1, 1, 4_500_000 - overhead);
        stack.measure(key, bytes.clone(), "image/png").await;
        let response = stack.file(key).await;
        assert_eq!(response.status, 200);
        assert!(response.body == bytes, "the image differs from what was uploaded");
    });
}

#[test]
fn what_was_not_recorded_as_an_image_is_not_served() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/query/page.html";
        stack.measure(key, "<html>", "text/html").await;
        assert_eq!(stack.file(key).await.status, 404);
    });
}

#[test]
fn responses_to_other_origins_carry_the_cors_header() {
    run(async {
        let stack = TestStack::shared().await;
        let api = stack.stack.api();
        for url in [api.info_url(), api.metadata_url("uploads/none"), api.file_url("uploads/none")]
        {
            let response = tokio::task::spawn_blocking(move || {
                let agent: ureq::Agent =
                    ureq::Agent::config_builder().http_status_as_error(false).build().into();
                agent.get(&url).header("Origin", "https://gallery.example").call().unwrap()
            });
            let response = response.await.unwrap();
            let allowed = response.headers().get("access-control-allow-origin");
            assert_eq!(allowed.map(ureq::http::HeaderValue::as_bytes), Some(b"*".as_slice()));
        }
    });
}
