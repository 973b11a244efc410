//! Requests that users and their pages need, and similar requests that the fence refuses.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use harness::{TestStack, picture, run};
use local::aws::Aws;

use crate::client::{ORIGIN, get, send};
use crate::settings::configured;

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
            (&[ORIGIN, CROSS_SITE], 200),
            (&[("Origin", "http://127.0.0.1:8080"), SAME_SITE], 200),
            (&[("Origin", "http://[::1]:8080"), CROSS_SITE], 200),
            (&[GALLERY, CROSS_SITE], 200),
            // An `<img>` of a page on another port: no `Origin`, but a `Referer`.
            (&[image, SAME_SITE, ("Sec-Fetch-Mode", "no-cors")], 200),
            // The API's URL, typed by the user into the address bar.
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
        for (origin, status, preflight) in [(ORIGIN, 200, 204), (ATTACKER, 403, 403)] {
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
            let url = format!("{}/images/info", stack.stack.aws.endpoint());
            let response = get(&url, &[("Host", &host)]).await;
            assert_eq!(response.status, 200, "{response:?}");
            assert!(response.json()["contentTypes"].is_object(), "{response:?}");
        }
    });
}

#[test]
fn presigned_urls_are_for_pages_of_this_machine() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("fence/a b+ü&=?#'(1)!*.png");
        stack.upload(key, picture::png(1, 1, 0), "image/png").await;
        let bucket = &stack.stack.outputs.bucket_name;
        let url = presigned(&stack.stack.aws, bucket, key, SystemTime::now(), 60).await;
        assert_eq!(get(&url, &[]).await.status, 200);
        assert_eq!(get(&url, &[ORIGIN, CROSS_SITE]).await.status, 200);
        assert_eq!(get(&url, &[ATTACKER, CROSS_SITE]).await.status, 403);
        assert_eq!(get(&url, &[CROSS_SITE]).await.status, 403);
        let preflight = [ORIGIN, CROSS_SITE, ("Access-Control-Request-Method", "GET")];
        assert_ne!(send("OPTIONS", &url, &preflight).await.status, 403);
        let preflight = [ORIGIN, CROSS_SITE, ("Access-Control-Request-Method", "PUT")];
        assert_eq!(send("OPTIONS", &url, &preflight).await.status, 403);
    });
}

#[test]
fn a_signature_is_for_one_request_and_one_time() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("fence/signed.png");
        stack.upload(key, picture::png(1, 1, 0), "image/png").await;
        let (aws, bucket) = (&stack.stack.aws, &stack.stack.outputs.bucket_name);
        let now = SystemTime::now();
        let url = presigned(aws, bucket, key, now, 600).await;
        assert_eq!(get(&url, &[]).await.status, 200);
        for refused in [
            url.replace("signed.png", "other.png"),
            url.replace("Expires=600", "Expires=601"),
            format!("{url}&versionId=1"),
            format!("{url}&X-Amz-Signature=00"),
            presigned(aws, bucket, key, now - Duration::from_secs(700), 600).await,
            presigned(aws, bucket, key, now + Duration::from_secs(1000), 600).await,
        ] {
            assert_eq!(get(&refused, &[]).await.status, 403, "{refused}");
        }
        for seconds in ["0", "604801", "-1", ""] {
            let url = url.replace("Expires=600", &format!("Expires={seconds}"));
            let response = get(&url, &[]).await;
            assert_eq!(response.status, 403, "{response:?}");
            let text = String::from_utf8_lossy(&response.body);
            assert!(text.contains("from 1 to 604800"), "{text}");
        }
        assert_eq!(send("DELETE", &url, &[]).await.status, 403);
        let forged =
            ("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4");
        assert_eq!(get(&url, &[forged]).await.status, 403);
    });
}

#[test]
fn health_is_for_everyone_but_pages() {
    run(async {
        let stack = TestStack::shared().await;
        let url = format!("{}/_ministack/health", stack.stack.aws.endpoint());
        assert_eq!(get(&url, &[]).await.status, 200);
        assert_eq!(get(&url, &[ORIGIN]).await.status, 403);
        assert_eq!(get(&url, &[CROSS_SITE]).await.status, 403);
    });
}

/// A presigned URL for an object, valid for `seconds` seconds from the time `from`.
pub(super) async fn presigned(
    aws: &Aws,
    bucket: &str,
    key: &str,
    from: SystemTime,
    seconds: u64,
) -> String {
    let validity = PresigningConfig::builder().start_time(from);
    let validity = validity.expires_in(Duration::from_secs(seconds)).build().unwrap();
    let get = aws.s3.get_object().bucket(bucket).key(key);
    get.presigned(validity).await.unwrap().uri().to_owned()
}
