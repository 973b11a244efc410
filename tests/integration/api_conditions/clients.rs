//! The HTTP clients. When they follow a redirect, they repeat the headers of the first request.

use std::collections::BTreeMap;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::browser::report;
use crate::client::follow;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// The client that other tests use: `tests/integration/client.rs`.
    Plain,
    Curl,
    /// The Python package `requests`. The environment variable `PYTHON` names an interpreter that
    /// has this package.
    Requests,
    /// The function `fetch`, called by a script in a page in Chromium.
    Chromium,
}

/// A request to send.
#[derive(Debug, Serialize)]
pub(super) struct Exchange {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: BTreeMap<&'static str, String>,
}

/// A response: its status, its headers by lower-case name, and the length and CRC-32 of its body.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: BTreeMap<String, String>,
    pub(super) length: usize,
    pub(super) checksum: u32,
}

/// A Python script that sends the HTTP requests in its argument, and prints the responses.
const REQUESTS: &str = "
import json, sys, zlib
import requests
answers = []
for it in json.loads(sys.argv[1]):
    answer = requests.request(it['method'], it['url'], headers=it['headers'])
    headers = {name.lower(): value for name, value in answer.headers.items()}
    body = answer.content
    answers.append({'status': answer.status_code, 'headers': headers, 'length': len(body),
                    'checksum': zlib.crc32(body)})
json.dump(answers, sys.stdout)
";

/// A script for a page. It sends `requests` one after another, and reports the responses. It
/// computes a CRC-32 as PNG does (W3C PNG, third edition, annex D).
const PAGE: &str = "
const table = Uint32Array.from({length: 256}, (_, index) => {
    for (let bit = 0; bit < 8; bit += 1) index = index & 1 ? (index >>> 1) ^ 0xedb88320 : index >>> 1;
    return index;
});
const checksum = (bytes) => {
    let sum = 0xffffffff;
    for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
    return (sum ^ 0xffffffff) >>> 0;
};
const answers = [];
for (const {method, url, headers} of requests) {
    const answer = await fetch(url, {method, headers, cache: 'no-store'});
    const body = new Uint8Array(await answer.arrayBuffer());
    answers.push({
        status: answer.status, headers: Object.fromEntries(answer.headers), length: body.length,
        checksum: checksum(body),
    });
}
return JSON.stringify(answers);
";

impl Answer {
    /// The value of a header; empty if it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn new(status: u16, headers: BTreeMap<String, String>, body: &[u8]) -> Self {
        Self { status, headers, length: body.len(), checksum: crc32fast::hash(body) }
    }

    /// Parses the output of [`REQUESTS`] or [`PAGE`].
    fn all(text: &str) -> Vec<Self> {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

impl Client {
    /// Sends requests one after another.
    pub(super) async fn send(self, requests: &[Exchange]) -> Vec<Answer> {
        let all = || serde_json::to_string(requests).unwrap();
        match self {
            Self::Plain => {
                let mut answers = Vec::new();
                for Exchange { method, url, headers } in requests {
                    let pairs: Vec<_> = headers.iter().map(|(name, it)| (*name, &**it)).collect();
                    let response = follow(method, url, &pairs).await;
                    answers.push(Answer::new(response.status, response.headers, &response.body));
                }
                answers
            }
            Self::Curl => requests.iter().map(curl).collect(),
            Self::Requests => Answer::all(&python(&all())),
            Self::Chromium => {
                let script = format!("const requests = {};{PAGE}", all());
                Answer::all(&report("127.0.0.1", "", &script).await)
            }
        }
    }
}

fn curl(request: &Exchange) -> Answer {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--location", "--include", &request.url]);
    if request.method == "HEAD" {
        command.arg("--head");
    }
    for (name, value) in &request.headers {
        command.args(["--header", &format!("{name}: {value}")]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // curl prints the response of each redirect before the final response.
    let mut rest = &output.stdout[..];
    loop {
        let end = rest.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let body = &rest[end + 4..];
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap();
        let headers: BTreeMap<_, _> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        if status != 307 {
            return Answer::new(status, headers, body);
        }
        let length = headers.get("content-length").and_then(|it| it.parse::<usize>().ok());
        rest = &body[length.unwrap_or(0)..];
    }
}

fn python(requests: &str) -> String {
    let mut command = Command::new(std::env::var("PYTHON").unwrap());
    let output = command.args(["-c", REQUESTS, requests]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
