//! Requests to the page that no browser sends.

use harness::{TestStack, run};

use super::serve;
use crate::fence::exchange;

#[test]
fn nothing_is_shown_or_done_without_a_session() {
    run(async {
        let stack = TestStack::shared().await;
        let page = serve(stack);
        let address = page.address();
        let host = address.trim_start_matches("http://").split('/').next().unwrap();
        let query = address.rsplit('/').next().unwrap();

        let (status, answer) = exchange(host, &format!("GET / HTTP/1.1\nHost: {host}"), "").await;
        assert_eq!(status, 403, "{answer}");
        let (status, answer) =
            exchange(host, &format!("GET /{query} HTTP/1.1\nHost: {host}"), "").await;
        assert_eq!(status, 303, "{answer}");
        let header = |name: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name}: {answer}")).to_owned()
        };
        let (cookie, location) = (header("set-cookie: "), header("location: "));
        let cookie = cookie.split(';').next().unwrap();
        let base = location.rsplit_once('/').unwrap().0;

        // The token has been used, so it does not open the page for another browser.
        let (status, again) =
            exchange(host, &format!("GET /{query} HTTP/1.1\nHost: {host}"), "").await;
        assert_eq!((status, again.contains("set-cookie")), (303, false), "{again}");

        let get = |headers: &str| format!("GET {location} HTTP/1.1\nHost: {host}\n{headers}");
        let (status, answer) = exchange(host, &get(&format!("Cookie: {cookie}")), "").await;
        assert_eq!(status, 200, "{answer}");
        assert!(answer.contains("frame-ancestors 'none'"), "{answer}");
        for headers in ["", "Cookie: pixgauge=0"] {
            let (status, answer) = exchange(host, &get(headers), "").await;
            assert_eq!(status, 403, "{answer}");
        }
        let foreign = format!("GET {location} HTTP/1.1\nHost: attacker.example\nCookie: {cookie}");
        assert_eq!(exchange(host, &foreign, "").await.0, 403);

        // The session cookie alone permits no action: the request has to come from the page itself.
        let post = |origin: &str| {
            format!(
                "POST {base}/reconciliations/start HTTP/1.1\nHost: {host}\nCookie: {cookie}\n\
                 Content-Type: application/x-www-form-urlencoded\nOrigin: {origin}"
            )
        };
        for origin in ["null", "http://attacker.example", "http://127.0.0.1:1"] {
            assert_eq!(exchange(host, &post(origin), "").await.0, 403, "{origin}");
        }
        let own = exchange(host, &post(&format!("http://{host}")), "").await;
        assert_eq!(own.0, 303, "{}", own.1);
    });
}
