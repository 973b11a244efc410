//! A page that is left open while the stack stops and is started again.

use std::time::{Duration, Instant};

use harness::{TestStack, run};
use local::page::Page;
use serde_json::json;
use tokio::net::TcpStream;

use super::super::{host, serve};
use super::assert_no_problems;
use super::squatter::{CHALLENGE, Squatter};
use crate::browser::{Chromium, Tab};

/// Stops serving the page, and waits until nothing listens on its port.
async fn stop(page: Page) {
    let host = host(&page);
    drop(page);
    while TcpStream::connect(&host).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn text(chromium: &mut Chromium, tab: &Tab, expression: &str) -> String {
    chromium.value(tab, expression).await.as_str().unwrap().to_owned()
}

/// Asserts that the document does not contain the resume key, and that the browser stores nothing
/// that scripts of the page's origin can read.
async fn assert_key_is_nowhere(chromium: &mut Chromium, tab: &Tab, key: &str) {
    let document = text(chromium, tab, "document.documentElement.outerHTML").await;
    assert!(!document.contains(key), "{document}");
    let stores = "JSON.stringify([localStorage, sessionStorage, document.cookie])";
    assert_eq!(text(chromium, tab, stores).await, r#"[{},{},""]"#);
    let databases = "(async () => [await indexedDB.databases(), await caches.keys()])()";
    assert_eq!(chromium.value(tab, databases).await, json!([[], []]));
}

#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn a_page_resumes_after_a_restart_and_trusts_nobody_in_between() {
    run(async {
        let stack = TestStack::own("restart").await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("page-resume.json");
        let first = serve(&stack, Some(directory.path()));
        let (address, host_before) = (first.address(), host(&first));
        let kept = directory.path().join("before");
        std::fs::copy(&file, &kept).unwrap();
        let content = std::fs::read_to_string(&file).unwrap();
        let content: serde_json::Value = serde_json::from_str(&content).unwrap();
        let key = content["key"].as_str().unwrap();

        let mut chromium = Chromium::start();
        let tab = chromium.open(&address).await;
        chromium.press(&tab, "g").await;
        chromium.press(&tab, "r").await;
        chromium.until(&tab, "document.querySelector('h1').textContent === 'Reconcile'").await;
        chromium.until(&tab, "document.querySelector('#connection.live')").await;
        let url = text(&mut chromium, &tab, "location.href").await;
        let base = text(&mut chromium, &tab, "document.body.dataset.base").await;
        assert_key_is_nowhere(&mut chromium, &tab, key).await;

        stop(first).await;
        let banner = "document.querySelector('#banner').innerText";
        chromium.until(&tab, &format!("{banner}.includes('resumes when')")).await;

        // Another program takes the page's port, so the page is then served at a different port.
        let squatter = Squatter::start(&host_before).await;
        let elsewhere = serve(&stack, Some(directory.path()));
        assert_ne!(host(&elsewhere), host_before);
        squatter.relay_to(host(&elsewhere));
        chromium.until(&tab, &format!("{banner}.includes('something else answers')")).await;
        // The open page repeats its challenge after pauses of at most five seconds.
        let deadline = Instant::now() + Duration::from_mins(1);
        while squatter.relayed().len() < 2 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(squatter.relayed(), [204, 204]);
        for leaving in ["nav a", "form.actions button"] {
            chromium.click(&tab, leaving).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        for (head, body) in squatter.requests() {
            assert_eq!((head.method.as_str(), head.uri.path()), ("POST", CHALLENGE));
            assert!(!head.headers.contains_key("cookie"), "{head:?}");
            assert_eq!(body.len(), "nonce=".len() + 64, "{body}");
        }
        assert_eq!(text(&mut chromium, &tab, "location.href").await, url);
        assert!(!chromium.text(&tab).await.contains("hacked"));
        assert_key_is_nowhere(&mut chromium, &tab, key).await;

        // Without the squatter, the page is served at its first port again.
        drop(squatter);
        stop(elsewhere).await;
        std::fs::copy(&kept, &file).unwrap();
        let second = serve(&stack, Some(directory.path()));
        assert_eq!(host(&second), host_before);
        chromium.until(&tab, &format!("!location.href.includes({base:?})")).await;
        chromium.until(&tab, "document.querySelector('#connection.live')").await;
        let base_after = text(&mut chromium, &tab, "document.body.dataset.base").await;
        let url_after = text(&mut chromium, &tab, "location.href").await;
        assert_eq!(url_after, url.replace(&base, &base_after));
        chromium.click(&tab, "form.actions button").await;
        let succeeded = "document.querySelector('.reconciliation > header .status.succeeded')";
        chromium.until(&tab, succeeded).await;
        assert_no_problems(&mut chromium, &tab).await;

        // A hidden tab resumes only once it is shown.
        chromium.open("about:blank#another").await;
        chromium.until(&tab, "document.hidden").await;
        stop(second).await;
        chromium.until(&tab, "document.querySelector('#connection.lost')").await;
        let _third = serve(&stack, Some(directory.path()));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(text(&mut chromium, &tab, "location.href").await, url_after);
        chromium.show(&tab).await;
        chromium.until(&tab, &format!("!location.href.includes({base_after:?})")).await;
        chromium.until(&tab, "document.querySelector('#connection.live')").await;
    });
}
