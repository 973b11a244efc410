//! Tests of a restart: a page that was left open in the browser gets a session of the new run. A
//! page of another origin does not.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::stand_in::serve_with;
use super::*;
use crate::random;

/// The nonce that the open page sends.
const NONCE: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Posts a form as if from a page of `origin`. `headers` has additional headers, each with `\n` at
/// its end.
async fn post(host: &str, path: &str, origin: &str, headers: &str, form: &str) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\n{headers}Origin: {origin}\n\
         Content-Type: application/x-www-form-urlencoded\n"
    );
    exchange(host, &head, form).await
}

fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap()
}

fn header<'a>(response: &'a str, name: &str) -> &'a str {
    let line = response.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name}: {response}"))
}

fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").unwrap().1
}

/// The HMAC of `lines`, as hexadecimal digits. It proves that its sender, the server or the open
/// page, has `key`.
fn proof(key: &str, lines: [&str; 4]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    random::digits(&mac.chain_update(lines.join("\n")).finalize().into_bytes())
}

/// Stops the page's server, and waits until its port refuses connections.
async fn stop(page: Page) {
    let host = host(&page);
    drop(page);
    while TcpStream::connect(&host).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Requests the resume key as the page's script does. Asserts that a request without the session's
/// cookie, from another origin, or with the method GET is refused.
async fn key(page: &Page) -> String {
    let (host, path) = (host(page), page.site.href("resume-key"));
    let (origin, session) = (format!("http://{host}"), cookie(page) + "\n");
    for (origin, session) in [(&*origin, ""), ("http://127.0.0.1:1", &session)] {
        assert_eq!(status(&post(&host, &path, origin, session, "").await), "403");
    }
    let get = format!("GET {path} HTTP/1.1\n{session}");
    assert_eq!(status(&exchange(&host, &get, "").await), "405");
    body(&post(&host, &path, &origin, &session, "").await).to_owned()
}

/// Exchanges proofs with the server at `host`, as an open page does. Asserts that the page's proof
/// cannot be used again. Returns the response to the first use of the page's proof.
async fn resume(host: &str, key: &str) -> String {
    let origin = format!("http://{host}");
    let form = format!("nonce={NONCE}");
    let response = post(host, "/resume/challenge", &origin, "", &form).await;
    assert_eq!(status(&response), "204", "{response}");
    let nonce = header(&response, "resume-nonce");
    let form = format!("nonce={nonce}&proof={}", proof(key, ["client", &origin, nonce, NONCE]));
    let is_proved =
        header(&response, "resume-proof") == proof(key, ["server", &origin, NONCE, nonce]);
    let response = post(host, "/resume", &origin, "", &form).await;
    assert_eq!(is_proved, status(&response) == "200", "{response}");
    let again = post(host, "/resume", &origin, "", &form).await;
    assert_eq!((status(&again), again.contains("set-cookie")), ("403", false), "{again}");
    response
}

#[tokio::test]
async fn a_page_that_was_left_open_gets_the_session_of_the_next_run() {
    let directory = tempfile::tempdir().unwrap();
    let address = || Some(directory.path().join(ADDRESS_FILE));
    let (first, _) = serve_with(address()).await;
    let (host, key) = (host(&first), key(&first).await);
    let old = (first.site.href("executions"), cookie(&first));
    stop(first).await;

    let (second, _) = serve_with(address()).await;
    assert_eq!(super::host(&second), host, "another port");
    let path = second.site.href("executions");
    for (path, session) in [(&old.0, &old.1), (&path, &old.1)] {
        let head = format!("GET {path} HTTP/1.1\n{session}\n");
        let response = exchange(&host, &head, "").await;
        assert!(matches!(status(&response), "403" | "404"), "{response}");
    }
    let response = resume(&host, &key).await;
    let session = header(&response, "set-cookie").split(';').next().unwrap();
    let head = format!("GET {}/executions HTTP/1.1\nCookie: {session}\n", body(&response));
    let response = exchange(&host, &head, "").await;
    assert_eq!(status(&response), "200", "{response}");

    // Without the file that keeps the resume key, the next run has another key, so the open page
    // gets no session.
    stop(second).await;
    std::fs::remove_file(directory.path().join(kept::FILE)).unwrap();
    let (third, _) = serve_with(address()).await;
    let response = resume(&super::host(&third), &key).await;
    assert_eq!((status(&response), response.contains("set-cookie")), ("403", false), "{response}");
}

#[tokio::test]
async fn only_the_page_s_own_origin_can_resume() {
    let (page, _) = serve_with(None).await;
    let host = host(&page);
    let (form, large) = (format!("nonce={NONCE}"), "0".repeat(600));
    for origin in ["null", "http://attacker.example", "http://127.0.0.1:1"] {
        for path in ["/resume/challenge", "/resume"] {
            assert_eq!(status(&post(&host, path, origin, "", &form).await), "403", "{origin}");
        }
    }
    let own = format!("http://{host}");
    for (headers, form, expected) in [
        ("Sec-Fetch-Site: cross-site\n", &*form, "403"),
        ("", &large, "413"),
        ("", "nonce=0", "400"),
    ] {
        let refused = post(&host, "/resume/challenge", &own, headers, form).await;
        assert_eq!(status(&refused), expected, "{refused}");
    }
}
