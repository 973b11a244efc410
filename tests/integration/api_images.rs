//! Images over HTTP: the limit of what is sent through Lambda, and the state of the bucket.
//! `api_conditions` has the headers of every response, preconditions and ranges.

use harness::{FaultyStack, TestStack, picture, run};

use crate::client::{get, send};

/// The largest image, in bytes, that is sent through Lambda.
const LARGEST: usize = 4_500_000;

#[test]
fn an_image_that_lambda_cannot_send_keeps_type_and_name_behind_a_redirect() {
    run(async {
        let stack = TestStack::shared().await;
        let overhead = picture::png(3, 2, 0).len();
        for size in [LARGEST, LARGEST + 1] {
            let key = stack.key(&format!("images/große Katze {size}.png"));
            let bytes = picture::png(3, 2, size - overhead);
            stack.measure(&key, bytes.clone(), "text/html").await;
            let mut response = get(&stack.stack.api().file_url(&key), &[]).await;
            if size > LARGEST {
                assert_eq!((response.status, response.header("cache-control")), (307, "no-store"));
                // On AWS the redirect leads to another origin, so browsers send `Origin: null`. On
                // the emulator it leads to the same origin.
                let origin = ("Origin", "http://localhost:5173");
                response = get(response.header("location"), &[origin]).await;
                assert_eq!(response.header("access-control-allow-origin"), "*");
            }
            assert_eq!(response.status, 200);
            assert!(response.body == bytes, "the image differs from what was uploaded");
            assert_eq!(response.header("content-type"), "image/png");
            let name = format!(
                "inline; filename=\"gro_e Katze {size}.png\"; \
                 filename*=UTF-8''gro%C3%9Fe%20Katze%20{size}.png"
            );
            assert_eq!(response.header("content-disposition"), name);
        }
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
