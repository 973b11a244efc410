//! Images over HTTP: headers, preconditions, ranges, redirects.

use harness::{TestStack, picture, run};

use crate::client::{Response, get, send, without_events};

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
        let (bytes, url) = image(stack, "uploads/images/cat.png", 10).await;
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
fn what_a_client_has_is_not_sent_again() {
    run(async {
        let stack = TestStack::shared().await;
        let (_, url) = image(stack, "uploads/images/known.png", 10).await;
        let first = get(&url, &[]).await;
        for (name, value) in [
            ("If-None-Match", first.header("etag")),
            ("If-Modified-Since", first.header("last-modified")),
        ] {
            for method in ["GET", "HEAD"] {
                let again = send(method, &url, &[(name, value)]).await;
                assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
                assert_eq!(again.header("etag"), first.header("etag"));
                assert_eq!(again.header("cache-control"), "max-age=60");
            }
        }
        assert_eq!(get(&url, &[("If-None-Match", "\"other\"")]).await.status, 200);
        assert_eq!(get(&url, &[("If-Match", "\"other\"")]).await.status, 412);
    });
}

#[test]
fn parts_are_slices_of_the_whole() {
    run(async {
        let stack = TestStack::shared().await;
        let (bytes, url) = image(stack, "uploads/images/parts.png", 3000).await;
        let size = bytes.len();
        for (range, start, end) in [
            ("bytes=0-0".to_owned(), 0, 1),
            ("bytes=100-199".to_owned(), 100, 200),
            ("bytes=100-".to_owned(), 100, size),
            ("bytes=-100".to_owned(), size - 100, size),
            (format!("bytes={}-{}", size - 1, size + 1000), size - 1, size),
        ] {
            let part = get(&url, &[("Range", &range)]).await;
            assert_eq!(part.status, 206, "{range}");
            assert!(part.body == bytes[start..end], "{range} is not that slice");
            let expected = format!("bytes {start}-{}/{size}", end - 1);
            assert_eq!(part.header("content-range"), expected);
            assert_eq!(part.header("content-type"), "image/png");
        }
        let beyond = get(&url, &[("Range", &format!("bytes={size}-"))]).await;
        assert_eq!(
            (beyond.status, beyond.header("content-range")),
            (416, &*format!("bytes */{size}"))
        );
        assert!(beyond.json()["error"].is_string());
    });
}

#[test]
fn a_part_of_another_state_is_not_mixed_in() {
    run(async {
        let stack = TestStack::shared().await;
        let (bytes, url) = image(stack, "uploads/images/if-range.png", 100).await;
        let etag = get(&url, &[]).await.header("etag").to_owned();
        let same = get(&url, &[("Range", "bytes=0-9"), ("If-Range", &etag)]).await;
        assert_eq!((same.status, same.body.len()), (206, 10));
        let other = get(&url, &[("Range", "bytes=0-9"), ("If-Range", "\"other\"")]).await;
        assert_eq!((other.status, other.body.len()), (200, bytes.len()));
    });
}

#[test]
fn a_large_image_keeps_type_and_name_behind_its_redirect() {
    run(async {
        let stack = TestStack::shared().await;
        let (bytes, url) = image(stack, "uploads/images/große Katze.png", 5_000_000).await;
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
        // HEAD has no body that could be too large.
        let head = send("HEAD", &url, &[]).await;
        assert_eq!((head.status, head.header("content-disposition")), (200, name));
        assert_eq!(head.header("content-length"), bytes.len().to_string());
        let part = get(&url, &[("Range", "bytes=4000000-4000099")]).await;
        assert_eq!(part.status, 206);
        assert!(part.body == bytes[4_000_000..4_000_100], "the part is not that slice");
    });
}

#[test]
fn what_is_recorded_but_gone_from_the_bucket_is_not_found() {
    run(async {
        let stack = TestStack::own("gone").await;
        let (_, url) = image(&stack, "uploads/gone.png", 10).await;
        without_events(&stack).await;
        stack.upload("uploads/gone.png", picture::png(9, 9, 99), "image/png").await;
        let changed = get(&url, &[]).await;
        assert_eq!((changed.status, changed.header("retry-after")), (503, "1"));
        stack.delete("uploads/gone.png").await;
        assert_eq!(get(&url, &[]).await.status, 404);
        assert_eq!(send("HEAD", &url, &[]).await.status, 404);
    });
}

#[test]
fn metadata_has_a_tag_that_changes_with_it() {
    run(async {
        let stack = TestStack::shared().await;
        let key = "uploads/images/tagged.png";
        image(stack, key, 10).await;
        let url = stack.stack.api().metadata_url(key);
        let first = get(&url, &[]).await;
        assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"));
        let etag = first.header("etag");
        assert_eq!(get(&url, &[("If-None-Match", etag)]).await.status, 304);
        let head = send("HEAD", &url, &[]).await;
        assert_eq!((head.status, head.header("etag"), head.body.len()), (200, etag, 0));
        assert_eq!(head.header("content-length"), first.body.len().to_string());
        stack.measure(key, picture::png(8, 8, 0), "image/png").await;
        assert_eq!(get(&url, &[("If-None-Match", etag)]).await.status, 200);
    });
}
