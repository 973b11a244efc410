//! Lets a page that was left open resume after the stack was stopped and started again.
//!
//! While the stack is stopped, another program can listen on its port. So the server first proves
//! that it has the checkout's resume key (`kept`). Before that, the page sends nothing that another
//! program could use. Then the page proves that it has the key, too, and the server gives it the
//! new session:
//!
//! 1. `POST /resume/challenge` with the page's nonce. The response has the server's nonce, and the
//!    server's proof.
//! 2. `POST /resume` with the server's nonce and the page's proof. The response sets the session's
//!    cookie. Its body is the first segment of the URLs that need the session.
//!
//! A proof is an HMAC-SHA-256 (<https://www.rfc-editor.org/rfc/rfc2104>) whose key is the resume
//! key. Its message has four lines: `server` or `client`, for the side that gives the proof; the
//! page's origin; and the two nonces, that of the other side first. The script,
//! `assets/resume.js`, computes its proofs with `WebCrypto`
//! (<https://www.w3.org/TR/WebCryptoAPI/#hmac>). A program that passes the requests on to a stack
//! at another port gets a proof for another origin, which the page refuses. On the stack's own
//! port, no program can stand between the page and the stack: see `port`.

pub(super) mod kept;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Form, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use super::door::{is_same, origin};
use super::{Shared, Site, error};
use crate::random;

/// Time in which a challenge has to be answered.
const LIFETIME: Duration = Duration::from_secs(10);

/// Maximum number of unanswered challenges.
const MOST: usize = 32;

/// Largest body of a request, in bytes. The page sends less than half of that.
pub(super) const LARGEST_BODY: usize = 512;

/// The resume key, and the challenges that pages have not answered yet.
#[derive(Debug)]
pub(super) struct Resumption {
    key: String,
    mac: Hmac<Sha256>,
    challenges: Mutex<Vec<Challenge>>,
}

/// The nonces of a page and of the server. The page has to answer before `expires`.
#[derive(Debug)]
struct Challenge {
    page: String,
    server: String,
    expires: Instant,
}

/// A page could not resume.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResumeError {
    /// The page's nonce does not have the form of a nonce.
    #[error("the nonce has to be 32 bytes as lowercase hexadecimal digits")]
    Nonce,
    /// Too many challenges wait for an answer.
    #[error("too many pages resume at once: try again in ten seconds")]
    TooMany,
    /// The challenge has expired, has been answered, or was not issued since the server started.
    #[error("this challenge is not valid, or not any more: ask for another one")]
    Challenge,
    /// The proof was not made with this stack's key for this challenge.
    #[error("the page has another key: open the address that `cargo local page` prints")]
    Proof,
    /// The operating system has no random numbers.
    #[error("the server has no random numbers: {0}")]
    Random(#[from] io::Error),
}

impl Resumption {
    /// Creates a [`Resumption`] without challenges. The HMAC's key is the text of `key`, not the
    /// bytes that the hexadecimal digits of this text stand for.
    pub(super) fn new(key: String) -> io::Result<Self> {
        let mac = Hmac::new_from_slice(key.as_bytes()).map_err(io::Error::other)?;
        Ok(Self { key, mac, challenges: Mutex::default() })
    }

    /// Creates a challenge for the page at `origin` whose nonce is `page`. Returns the server's
    /// nonce and the server's proof.
    fn challenge(
        &self,
        origin: &str,
        page: &str,
        now: Instant,
    ) -> Result<(String, String), ResumeError> {
        let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if page.len() != 64 || !page.bytes().all(is_digit) {
            return Err(ResumeError::Nonce);
        }
        let server = random::hex::<32>()?;
        let proof = self.proof(["server", origin, page, &server]);
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        challenges.retain(|challenge| now < challenge.expires);
        if challenges.len() >= MOST {
            return Err(ResumeError::TooMany);
        }
        let (page, expires) = (page.to_owned(), now + LIFETIME);
        challenges.push(Challenge { page, server: server.clone(), expires });
        Ok((server, proof))
    }

    /// Checks the proof of a page at `origin`. `server` is the server's nonce in the challenge. Any
    /// proof, even a wrong one, uses up the challenge.
    fn check(
        &self,
        origin: &str,
        server: &str,
        proof: &str,
        now: Instant,
    ) -> Result<(), ResumeError> {
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        let index = challenges.iter().position(|it| is_same(&it.server, server));
        let challenge = challenges.swap_remove(index.ok_or(ResumeError::Challenge)?);
        if now >= challenge.expires {
            return Err(ResumeError::Challenge);
        }
        let expected = self.proof(["client", origin, server, &challenge.page]);
        if is_same(proof, &expected) { Ok(()) } else { Err(ResumeError::Proof) }
    }

    /// The HMAC of the lines, as hexadecimal digits.
    fn proof(&self, lines: [&str; 4]) -> String {
        let mac = self.mac.clone().chain_update(lines.join("\n"));
        random::digits(&mac.finalize().into_bytes())
    }
}

impl IntoResponse for ResumeError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Nonce => StatusCode::BAD_REQUEST,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Challenge | Self::Proof => StatusCode::FORBIDDEN,
            Self::Random(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        error::page(status, "This page cannot resume", &self.to_string())
    }
}

/// Responds with the resume key. Only a page that has the session can request it.
pub(super) async fn key(State(site): Shared) -> String {
    site.resumption.key.clone()
}

/// The first request of a page that resumes: the page's nonce.
#[derive(Debug, Deserialize)]
pub(super) struct Opening {
    nonce: String,
}

/// Responds with the server's nonce and proof. Both are in headers, because the page reads no body
/// before it has checked the proof: another program could send an endless body.
pub(super) async fn challenge(
    State(site): Shared,
    headers: HeaderMap,
    Form(Opening { nonce }): Form<Opening>,
) -> Result<impl IntoResponse, ResumeError> {
    let (nonce, proof) = site.resumption.challenge(origin(&headers), &nonce, Instant::now())?;
    Ok((StatusCode::NO_CONTENT, [("resume-nonce", nonce), ("resume-proof", proof)]))
}

/// The second request of a page that resumes: the server's nonce and the page's proof.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    nonce: String,
    proof: String,
}

/// Checks the page's proof. Responds with the session's cookie, and with the first segment of all
/// paths that need the session.
pub(super) async fn enter(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Form(Answer { nonce, proof }): Form<Answer>,
) -> Result<impl IntoResponse, ResumeError> {
    site.resumption.check(origin(&headers), &nonce, &proof, Instant::now())?;
    Ok(([(SET_COOKIE, site.door.cookie())], site.door.base().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "http://127.0.0.1:4567";
    const NONCE: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn resumption() -> Resumption {
        Resumption::new("0f".repeat(32)).unwrap()
    }

    /// Begins an exchange. Returns the server's nonce, and the proof with which the page answers.
    fn challenge(resumption: &Resumption, now: Instant) -> (String, String) {
        let (server, _) = resumption.challenge(ORIGIN, NONCE, now).unwrap();
        let proof = resumption.proof(["client", ORIGIN, &server, NONCE]);
        (server, proof)
    }

    /// `expected` is what Python's `hmac` returns:
    /// `hmac.digest(b"0f" * 32, b"server\nhttp://127.0.0.1:4567\na\nb", "sha256").hex()`.
    #[test]
    fn proof_is_the_hmac_of_four_lines() {
        let expected = "8ac921c4454c88d41f4ae1a8de3e248dbbdb73f86be25763d516502bac0a44b0";
        assert_eq!(resumption().proof(["server", ORIGIN, "a", "b"]), expected);
    }

    #[test]
    fn server_proves_that_it_has_the_key() {
        let resumption = resumption();
        let (server, proof) = resumption.challenge(ORIGIN, NONCE, Instant::now()).unwrap();
        assert_eq!(proof, resumption.proof(["server", ORIGIN, NONCE, &server]));
        for invalid in ["", "00", &NONCE[1..], &NONCE.to_uppercase(), &format!("{}\n", &NONCE[1..])]
        {
            let refused = resumption.challenge(ORIGIN, invalid, Instant::now());
            assert!(matches!(refused, Err(ResumeError::Nonce)), "{invalid}");
        }
    }

    #[test]
    fn a_challenge_admits_once() {
        let (resumption, now) = (resumption(), Instant::now());
        let (server, proof) = challenge(&resumption, now);
        let (other, _) = challenge(&resumption, now);
        assert!(matches!(resumption.check(ORIGIN, &other, &proof, now), Err(ResumeError::Proof)));
        resumption.check(ORIGIN, &server, &proof, now).unwrap();
        for used in [&server, &other, "", NONCE] {
            let refused = resumption.check(ORIGIN, used, &proof, now);
            assert!(matches!(refused, Err(ResumeError::Challenge)), "{used}");
        }
    }

    #[test]
    fn only_the_page_s_own_proof_for_its_origin_admits() {
        let (resumption, now) = (resumption(), Instant::now());
        let other = Resumption::new("f0".repeat(32)).unwrap();
        let proofs: [&dyn Fn(&str) -> String; 5] = [
            &|_| String::new(),
            &|server| resumption.proof(["server", ORIGIN, NONCE, server]),
            &|server| resumption.proof(["client", "http://127.0.0.1:4568", server, NONCE]),
            &|server| resumption.proof(["client", "http://localhost:4567", server, NONCE]),
            &|server| other.proof(["client", ORIGIN, server, NONCE]),
        ];
        for proof in proofs {
            let (server, _) = challenge(&resumption, now);
            let refused = resumption.check(ORIGIN, &server, &proof(&server), now);
            assert!(matches!(refused, Err(ResumeError::Proof)));
        }
    }

    #[test]
    fn challenges_are_few_and_expire() {
        let (resumption, now) = (resumption(), Instant::now());
        let (server, proof) = challenge(&resumption, now);
        for _ in 1..MOST {
            challenge(&resumption, now);
        }
        let refused = resumption.challenge(ORIGIN, NONCE, now);
        assert!(matches!(refused, Err(ResumeError::TooMany)));
        let later = now + LIFETIME;
        let refused = resumption.check(ORIGIN, &server, &proof, later);
        assert!(matches!(refused, Err(ResumeError::Challenge)));
        challenge(&resumption, later);
        assert_eq!(resumption.challenges.lock().unwrap().len(), 1);
    }
}
