//! Images over HTTP: redirects, and recorded images that are overwritten or gone. Headers,
//! preconditions and ranges are tested in `api_conditions`.

use harness::{FaultyStack, TestStack, picture, run};

use crate::client::{ORIGIN, get, send};

/// Uploads an image with a wrong content type, and waits until it has been measured. Returns the
/// image's bytes and URL.
async fn image(stack: &TestStack, key: &str, padding: usize) -> (Vec<u8>, String) {
    let bytes = picture::png(3, 2, padding);
    stack.measure(key, bytes.clone(), "text/html").await;
    (bytes, stack.stack.api().file_url(key))
}

#[test]
fn a_large_image_keeps_type_and_name_behind_its_redirect() {
    run(async {
        let stack = TestStack::shared().await;
        let (bytes, url) = image(stack, &stack.key("images/große Katze.png"), 5_000_000).await;
        let name = "inline; filename=\"gro_e Katze.png\"; filename*=UTF-8''gro%C3%9Fe%20Katze.png";
        let redirect = get(&url, &[]).await;
        assert_eq!((redirect.status, redirect.header("cache-control")), (307, "no-store"));
        // On AWS, the redirect leads to another origin, so browsers send `Origin: null`. On the
        // emulator, it leads to the origin of the API, so browsers send the page's own origin.
        let target = get(redirect.header("location"), &[ORIGIN]).await;
        assert_eq!((target.status, target.header("access-control-allow-origin")), (200, "*"));
        assert!(target.body == bytes, "the image differs from what was uploaded");
        assert_eq!(target.header("content-type"), "image/png");
        assert_eq!(target.header("content-disposition"), name);
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
