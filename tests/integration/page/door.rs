//! Requests to the page with and without a session, and requests on behalf of other pages.

use harness::{TestStack, run};

use super::{host, serve};
use crate::client::{get, post};

#[test]
fn nothing_is_shown_or_done_without_a_session() {
    run(async {
        let page = serve(TestStack::shared().await, None);
        let (address, origin) = (page.address(), format!("http://{}", host(&page)));
        assert_eq!(get(&origin, &[]).await.status, 403);
        let first = get(&address, &[]).await;
        assert_eq!(first.status, 303, "{first:?}");
        let cookie = first.header("set-cookie").split(';').next().unwrap();
        let location = format!("{origin}{}", first.header("location"));
        let base = location.rsplit_once('/').unwrap().0;

        // The token in `address` has been used, so a browser without the cookie gets no session.
        let again = get(&address, &[]).await;
        assert_eq!((again.status, again.header("set-cookie")), (303, ""), "{again:?}");

        let own = get(&location, &[("Cookie", cookie)]).await;
        assert_eq!(own.status, 200, "{own:?}");
        let policy = own.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{own:?}");
        for headers in [
            &[][..],
            &[("Cookie", "pixgauge=0")],
            &[("Cookie", cookie), ("Host", "attacker.example")],
        ] {
            assert_eq!(get(&location, headers).await.status, 403, "{headers:?}");
        }

        // The session cookie alone permits no action: the request has to come from the page itself.
        for (origin, status) in [
            ("null", 403),
            ("http://attacker.example", 403),
            ("http://127.0.0.1:1", 403),
            (&origin, 303),
        ] {
            let form = ("Content-Type", "application/x-www-form-urlencoded");
            let headers = [("Cookie", cookie), ("Origin", origin), form];
            let response = post(&format!("{base}/reconciliations/start"), &headers, "").await;
            assert_eq!(response.status, status, "{origin}: {response:?}");
        }
    });
}
