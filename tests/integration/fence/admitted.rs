//! Requests that users and their pages need, and similar requests that the fence refuses.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use harness::{TestStack, picture, run};
use local::aws::Aws;

use super::{address, exchange};
use crate::client::{get, send};
use crate::settings::configured;

const FRONT_END: (&str, &str) = ("Origin", "http://localhost:5173");
const GALLERY: (&str, &str) = ("Origin", "https://gallery.example");
const ATTACKER: (&str, &str) = ("Origin", "https://attacker.example");
const CROSS_SITE: (&str, &str) = ("Sec-Fetch-Site", "cross-site");
const SAME_SITE: (&str, &str) = ("Sec-Fetch-Site", "same-site");

#[test]
fn api_is_for_this_machine_and_the_origins_that_are_named() {
    run(async {
        let stack = configured().await;
        let url = format!("{}/images/info", stack.stack.outputs.api_url);
        let image = ("Referer", "http://localhost:5173/gallery.html");
        for (headers, status) in [
            (&[][..], 200),
            (&[FRONT_END, CROSS_SITE], 200),
            (&[("Origin", "http://127.0.0.1:8080"), SAME_SITE], 200),
            (&[("Origin", "http://[::1]:8080"), CROSS_SITE], 200),
            (&[GALLERY, CROSS_SITE], 200),
            // An `<img>` of a page on another port: no `Origin`, but a `Referer`.
            (&[image, SAME_SITE, ("Sec-Fetch-Mode", "no-cors")], 200),
            // An address that the user has typed.
            (&[("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate")], 200),
            (&[ATTACKER, CROSS_SITE], 403),
            (&[("Referer", "https://attacker.example/"), CROSS_SITE], 403),
            (&[CROSS_SITE, ("Sec-Fetch-Mode", "navigate")], 403),
            (&[("Origin", "https://gallery.example.attacker.example")], 403),
        ] {
            assert_eq!(get(&url, headers).await.status, status, "{headers:?}");
        }
        for (origin, status) in [(GALLERY, 204), (ATTACKER, 403)] {
            let headers = [origin, CROSS_SITE, ("Access-Control-Request-Method", "GET")];
            assert_eq!(send("OPTIONS", &url, &headers).await.status, status, "{origin:?}");
        }
    });
}

#[test]
fn a_wildcard_is_for_pages_of_this_machine_only() {
    run(async {
        let stack = TestStack::shared().await;
        let url = format!("{}/images/info", stack.stack.outputs.api_url);
        for (origin, status, preflight) in [(FRONT_END, 200, 204), (ATTACKER, 403, 403)] {
            let headers = [origin, CROSS_SITE, ("Access-Control-Request-Method", "GET")];
            let answer = get(&url, &headers[..2]).await;
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!((answer.status, allowed == "*"), (status, status == 200), "{origin:?}");
            assert_eq!(send("OPTIONS", &url, &headers).await.status, preflight, "{origin:?}");
        }
    });
}

#[test]
fn api_answers_under_its_host_name() {
    run(async {
        let stack = TestStack::shared().await;
        let api = stack.stack.outputs.api_url.rsplit('/').next().unwrap();
        for host in
            [format!("{api}.execute-api.localhost"), format!("{api}.execute-api.localhost:1")]
        {
            let head = format!("GET /images/info HTTP/1.1\nHost: {host}");
            let (status, answer) = exchange(address(stack), &head, "").await;
            assert_eq!(status, 200, "{answer}");
            assert!(answer.contains("contentTypes"), "{answer}");
        }
    });
}

#[test]
fn presigned_urls_are_for_pages_of_this_machine() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("fence/a b+ü&=?#'(1)!*.png");
        stack.upload(key, picture::png(1, 1, 0), "image/png").await;
        let url = presigned_upload(stack, key, SystemTime::now(), 60).await;
        assert_eq!(get(&url, &[]).await.status, 200);
        assert_eq!(get(&url, &[FRONT_END, CROSS_SITE]).await.status, 200);
        assert_eq!(get(&url, &[ATTACKER, CROSS_SITE]).await.status, 403);
        assert_eq!(get(&url, &[CROSS_SITE]).await.status, 403);
        let preflight = [FRONT_END, CROSS_SITE, ("Access-Control-Request-Method", "GET")];
        assert_ne!(send("OPTIONS", &url, &preflight).await.status, 403);
        let preflight = [FRONT_END, CROSS_SITE, ("Access-Control-Request-Method", "PUT")];
        assert_eq!(send("OPTIONS", &url, &preflight).await.status, 403);
    });
}

#[test]
fn a_signature_is_for_one_request_and_one_time() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("fence/signed.png");
        stack.upload(key, picture::png(1, 1, 0), "image/png").await;
        let now = SystemTime::now();
        let url = presigned_upload(stack, key, now, 600).await;
        assert_eq!(get(&url, &[]).await.status, 200);
        assert_eq!(get(&url.replace("signed.png", "other.png"), &[]).await.status, 403);
        assert_eq!(get(&url.replace("Expires=600", "Expires=601"), &[]).await.status, 403);
        assert_eq!(get(&format!("{url}&versionId=1"), &[]).await.status, 403);
        assert_eq!(get(&format!("{url}&X-Amz-Signature=00"), &[]).await.status, 403);
        assert_eq!(send("DELETE", &url, &[]).await.status, 403);
        let forged =
            ("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4");
        assert_eq!(get(&url, &[forged]).await.status, 403);
        let expired = presigned_upload(stack, key, now - Duration::from_secs(700), 600).await;
        assert_eq!(get(&expired, &[]).await.status, 403);
        let early = presigned_upload(stack, key, now + Duration::from_secs(1000), 600).await;
        assert_eq!(get(&early, &[]).await.status, 403);
    });
}

#[test]
fn health_is_for_everyone_but_pages() {
    run(async {
        let stack = TestStack::shared().await;
        let url = format!("{}/_ministack/health", stack.stack.aws.endpoint());
        assert_eq!(get(&url, &[]).await.status, 200);
        assert_eq!(get(&url, &[FRONT_END]).await.status, 403);
        assert_eq!(get(&url, &[CROSS_SITE]).await.status, 403);
    });
}

/// A presigned URL for an object, valid for one minute from now.
pub(super) async fn presigned(aws: &Aws, bucket: &str, key: &str) -> String {
    let minute = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    let get = aws.s3.get_object().bucket(bucket).key(key);
    get.presigned(minute).await.unwrap().uri().to_owned()
}

async fn presigned_upload(stack: &TestStack, key: &str, from: SystemTime, seconds: u64) -> String {
    let validity = PresigningConfig::builder().start_time(from);
    let validity = validity.expires_in(Duration::from_secs(seconds)).build().unwrap();
    let get = stack.stack.aws.s3.get_object().bucket(&stack.stack.outputs.bucket_name).key(key);
    get.presigned(validity).await.unwrap().uri().to_owned()
}
