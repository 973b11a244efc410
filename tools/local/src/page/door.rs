//! Decides which requests to the page are accepted.
//!
//! A browser sends requests on behalf of every page that the user has open. It sends a cookie for
//! `127.0.0.1` to every port of this machine, whichever program listens there. So a session cookie
//! alone is not enough, and the page also takes these measures:
//!
//! - All routes except those that give a session lie below a path that nobody can guess, and the
//!   cookie is for that path only. So a browser does not send the cookie to other servers on this
//!   machine, which could steal it (<https://www.rfc-editor.org/rfc/rfc6265#section-8.5>).
//! - A request that another page causes may open this page in a tab, and do nothing else. A request
//!   that changes something must have the origin of this page.
//! - The `Host` header must be `127.0.0.1` or `localhost`. Otherwise, another site could let its
//!   host name resolve to loopback. To the browser, this page would then belong to that site, and
//!   the site's scripts could read it.

use std::io;
use std::sync::{Mutex, PoisonError};

use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};

use crate::random;

/// Name of the cookie with the session.
const COOKIE_NAME: &str = "pixgauge";

/// The page's port, and the secrets of one run of the page's server.
#[derive(Debug)]
pub(super) struct Door {
    port: u16,
    /// First segment of all paths that need the session, with a slash before it.
    base: String,
    session: String,
    tokens: Mutex<Tokens>,
}

/// The tokens of this run. The first use of a token gives its bearer the session.
#[derive(Debug)]
struct Tokens {
    /// The token that has not been used.
    fresh: String,
    used: Vec<String>,
}

/// The right that a token gives to its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// The token is used for the first time: the bearer gets the session.
    Session,
    /// The token has been used before: the bearer gets only a redirect to the page. The page opens
    /// if the browser already has the session.
    Address,
}

/// Reason to refuse a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The `Host` header is missing or repeated, or names another host or port.
    #[error("this page answers only to 127.0.0.1 and localhost")]
    Host,
    /// The request would load the page into a frame.
    #[error("this page cannot be shown inside another page")]
    Frame,
    /// The request may come from another page, and does more than open this page in a tab.
    #[error("other pages may open this page, and nothing else")]
    Site,
    /// The request has no session, or the session of another run of the page's server.
    #[error("this browser has no session: open the address that `cargo local page` prints")]
    Session,
    /// The token belongs to another run of the page's server, or was made up.
    #[error(
        "this address is not of the running stack: open the one that `cargo local page` prints"
    )]
    Token,
}

impl Door {
    /// Creates the secrets for a page on `port`.
    pub(super) fn new(port: u16) -> io::Result<Self> {
        let tokens = Mutex::new(Tokens { fresh: random::hex::<16>()?, used: Vec::new() });
        let base = format!("/{}", random::hex::<8>()?);
        Ok(Self { port, base, session: random::hex::<32>()?, tokens })
    }

    /// First segment of all paths that need the session, with a slash before it.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The address with the fresh token. The browser that opens it first gets the session.
    pub(super) fn address(&self) -> String {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        format!("http://127.0.0.1:{}/?token={}", self.port, tokens.fresh)
    }

    /// Returns the right that `token` gives. If `token` is the fresh one, a new token replaces it.
    pub(super) fn enter(&self, token: &str) -> Result<Entry, Refusal> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if is_same(token, &tokens.fresh) {
            let fresh = random::hex::<16>().map_err(|_| Refusal::Token)?;
            let used = std::mem::replace(&mut tokens.fresh, fresh);
            tokens.used.push(used);
            return Ok(Entry::Session);
        }
        let is_used = tokens.used.iter().any(|used| is_same(token, used));
        if is_used { Ok(Entry::Address) } else { Err(Refusal::Token) }
    }

    /// The `Set-Cookie` header that gives a browser the session.
    ///
    /// The cookie is `Lax`, so that the browser also sends it when the user follows a link to this
    /// page from elsewhere.
    pub(super) fn cookie(&self) -> String {
        let Self { base, session, .. } = self;
        format!("{COOKIE_NAME}={session}; Path={base}/; HttpOnly; SameSite=Lax")
    }

    /// Checks that the `Host` header names this machine, and that this page or the user caused the
    /// request. Another page may only cause a request that opens this page in a tab.
    pub(super) fn check_initiator(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port));
        let host = only(headers, HOST.as_str()).unwrap_or_default();
        if !hosts.iter().any(|own| own == host) {
            return Err(Refusal::Host);
        }
        // The `Sec-Fetch` headers: https://www.w3.org/TR/fetch-metadata/
        let fetch = |name: &str| only(headers, name).unwrap_or_default();
        let destination = fetch("sec-fetch-dest");
        if matches!(destination, "iframe" | "frame" | "fencedframe" | "embed" | "object") {
            return Err(Refusal::Frame);
        }
        let site = fetch("sec-fetch-site");
        let is_own = matches!(site, "" | "none" | "same-origin");
        if matches!(*method, Method::GET | Method::HEAD) {
            let opens = fetch("sec-fetch-mode") == "navigate" && destination == "document";
            return if is_own || opens { Ok(()) } else { Err(Refusal::Site) };
        }
        // Browsers send the origin with every request that is not a GET or HEAD.
        let is_own = is_own && origin(headers) == format!("http://{host}");
        if is_own { Ok(()) } else { Err(Refusal::Site) }
    }

    /// Checks that a request has the session's cookie.
    pub(super) fn check_session(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut values = cookies
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter_map(|(name, value)| (name == COOKIE_NAME).then_some(value));
        let has_session = values.any(|value| is_same(value, &self.session));
        if has_session { Ok(()) } else { Err(Refusal::Session) }
    }
}

/// Returns a header's value if the request has this header exactly once and the value is text.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Returns the `Origin` header, or an empty text. In a POST request that
/// [`Door::check_initiator`] has admitted, the header is the origin of this page.
pub(super) fn origin(headers: &HeaderMap) -> &str {
    only(headers, ORIGIN.as_str()).unwrap_or_default()
}

/// Compares two secrets in a time that does not depend on where they differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 4567;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn initiator(method: &Method, lines: &[(&'static str, &str)]) -> Result<(), Refusal> {
        let mut headers = headers(lines);
        headers.entry("host").or_insert("127.0.0.1:4567".parse().unwrap());
        Door::new(PORT).unwrap().check_initiator(method, &headers)
    }

    #[test]
    fn token_gives_the_session_once() {
        let door = Door::new(PORT).unwrap();
        let address = door.address();
        let token = address.rsplit('=').next().unwrap();
        assert_eq!(door.enter(token), Ok(Entry::Session));
        assert_eq!(door.enter(token), Ok(Entry::Address));
        assert_ne!(door.address(), address);
        assert_eq!(door.enter(""), Err(Refusal::Token));
        assert_eq!(door.enter(&token[1..]), Err(Refusal::Token));
    }

    #[test]
    fn session_is_in_a_cookie_for_the_path_of_this_run() {
        let door = Door::new(PORT).unwrap();
        let cookie = door.cookie();
        assert!(cookie.contains(&format!("; Path={}/;", door.base())), "{cookie}");
        let pair = cookie.split(';').next().unwrap();
        let foreign = headers(&[("cookie", "other=1; pixgauge=0"), ("cookie", pair)]);
        assert_eq!(door.check_session(&foreign), Ok(()));
        for cookie in ["", "pixgauge=", "pixgauge=0", &pair[..pair.len() - 1], &pair[1..]] {
            let refused = door.check_session(&headers(&[("cookie", cookie)]));
            assert_eq!(refused, Err(Refusal::Session), "{cookie}");
        }
    }

    #[test]
    fn only_this_machine_is_a_host() {
        for host in ["127.0.0.1:4567", "localhost:4567"] {
            assert_eq!(initiator(&Method::GET, &[("host", host)]), Ok(()));
        }
        for host in ["attacker.example:4567", "127.0.0.1", "127.0.0.1:80", "x.localhost:4567", ""] {
            assert_eq!(initiator(&Method::GET, &[("host", host)]), Err(Refusal::Host), "{host}");
        }
        let two = [("host", "127.0.0.1:4567"), ("host", "127.0.0.1:4567")];
        assert_eq!(initiator(&Method::GET, &two), Err(Refusal::Host));
    }

    #[test]
    fn another_page_may_open_the_page_in_a_tab_only() {
        for site in ["cross-site", "same-site"] {
            let opens = [
                ("sec-fetch-site", site),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ];
            assert_eq!(initiator(&Method::GET, &opens), Ok(()));
            assert_eq!(initiator(&Method::POST, &opens), Err(Refusal::Site));
            let framed = [opens[0], opens[1], ("sec-fetch-dest", "iframe")];
            assert_eq!(initiator(&Method::GET, &framed), Err(Refusal::Frame));
            let fetched = [opens[0], ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")];
            assert_eq!(initiator(&Method::GET, &fetched), Err(Refusal::Site));
        }
    }

    #[test]
    fn acting_takes_the_page_s_own_origin() {
        let own = ("origin", "http://127.0.0.1:4567");
        assert_eq!(initiator(&Method::POST, &[own, ("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(initiator(&Method::POST, &[own]), Ok(()));
        for origin in ["null", "http://127.0.0.1:4568", "http://localhost:4567", ""] {
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let refused = initiator(&method, &[("origin", origin)]);
                assert_eq!(refused, Err(Refusal::Site), "{origin}");
            }
        }
        assert_eq!(initiator(&Method::POST, &[]), Err(Refusal::Site));
        assert_eq!(initiator(&Method::POST, &[own, own]), Err(Refusal::Site));
    }
}
