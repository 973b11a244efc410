//! Images over HTTP: headers, redirects, and the state of the bucket. `api_conditions` has
//! preconditions and ranges.

use harness::{FaultyStack, TestStack, picture, run};

use crate::client::{Response, get, send};

/// Uploads an image with a wrong content type, and returns its bytes and URL.
async fn image(stack: &TestStack, key: &str, padding: usize) -> (Vec<u8>, String) {
    let bytes = picture::png(3, 2, padding);
    stack.measure(key, bytes.clone(), "text/html").await;
    (bytes, stack.stack.api().file_url(key))
}

fn describes(response: &Response, bytes: &[u8], name: &str) {
    assert_eq!(response.header("content-type"), "image/png");
    assert_eq!(response.header("content-length"), bytes.len().to_string());
    assert_eq!(response.header("content-disposition"), format!("inline; filename=\"{name}\""));
    assert_eq!(response.header("cache-control"), "max-age=60");
    assert_eq!(response.header("x-content-type-options"), "nosniff");
    assert_eq!(response.header("accept-ranges"), "bytes");
    assert!(response.header("content-security-policy").contains("sandbox"), "{response:?}");
    assert!(response.header("etag").starts_with('"'), "{response:?}");
    assert!(response.header("last-modified").ends_with(" GMT"), "{response:?}");
    assert!(response.header("vary").eq_ignore_ascii_case("origin"), "{response:?}");
}

#[test]
fn an_image_comes_with_all_that_a_browser_has_to_know() {
    run(async {
        let stack = TestStack::shared().await;
        let (bytes, url) = image(stack, &stack.key("images/cat.png"), 10).await;
        let response = get(&url, &[]).await;
        assert_eq!(response.status, 200);
        assert!(response.body == bytes, "the image differs from what was uploaded");
        describes(&response, &bytes, "cat.png");
        let head = send("HEAD", &url, &[("Range", "bytes=0-0")]).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        describes(&head, &bytes, "cat.png");
    });
}

#[test]
fn a_large_image_keeps_type_and_name_behind_its_redirect() {
    run(async {
        let stack = TestStack::shared().await;
        let (bytes, url) = image(stack, &stack.key("images/große Katze.png"), 5_000_000).await;
        let name = "inline; filename=\"gro_e Katze.png\"; filename*=UTF-8''gro%C3%9Fe%20Katze.png";
        let redirect = get(&url, &[]).await;
        assert_eq!((redirect.status, redirect.header("cache-control")), (307, "no-store"));
        // On AWS the redirect leads to another origin, so browsers send `Origin: null`. On the
        // emulator it leads to the same origin.
        let origin = ("Origin", "http://localhost:5173");
        let target = get(redirect.header("location"), &[origin]).await;
        assert_eq!((target.status, target.header("access-control-allow-origin")), (200, "*"));
        assert!(target.body == bytes, "the image differs from what was uploaded");
        assert_eq!(target.header("content-type"), "image/png");
        assert_eq!(target.header("content-disposition"), name);
        // A response to HEAD has no body that could be too large, so the API does not redirect.
        let head = send("HEAD", &url, &[]).await;
        assert_eq!((head.status, head.header("content-disposition")), (200, name));
        assert_eq!(head.header("content-length"), bytes.len().to_string());
        let part = get(&url, &[("Range", "bytes=4000000-4000099")]).await;
        assert_eq!(part.status, 206);
        assert!(part.body == bytes[4_000_000..4_000_100], "the part is not that slice");
    });
}

#[test]
fn an_image_just_small_enough_is_sent_through_lambda() {
    run(async {
        let stack = TestStack::shared().await;
        let overhead = picture::png(3, 2, 0).len();
        let (bytes, url) = image(stack, &stack.key("images/limit.png"), 4_500_000 - overhead).await;
        let response = get(&url, &[]).await;
        assert_eq!(response.status, 200);
        assert!(response.body == bytes, "the image differs from what was uploaded");
    });
}

#[test]
fn what_is_recorded_but_gone_from_the_bucket_is_not_found() {
    run(async {
        let stack = &FaultyStack::shared().await.stack;
        let key = &stack.key("images/gone.png");
        stack.upload(key, picture::png(3, 2, 10), "image/png").await;
        stack.execute(&stack.event("Object Created", key, Some("01"))).await;
        let url = stack.stack.api().file_url(key);
        assert_eq!(get(&url, &[]).await.status, 200);
        stack.upload(key, picture::png(9, 9, 99), "image/png").await;
        let changed = get(&url, &[]).await;
        assert_eq!((changed.status, changed.header("retry-after")), (503, "1"));
        stack.delete(key).await;
        assert_eq!(get(&url, &[]).await.status, 404);
        assert_eq!(send("HEAD", &url, &[]).await.status, 404);
    });
}
