//! Tests of the page with a stand-in for AWS: what each view shows, and how many calls to AWS the
//! view makes.

mod restart;
mod stand_in;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use self::stand_in::{HOSTILE, arn, serve};
use super::*;

/// The host and port of the page.
fn host(page: &Page) -> String {
    page.address().trim_start_matches("http://").split('/').next().unwrap().to_owned()
}

/// The `Cookie` header with the session.
fn cookie(page: &Page) -> String {
    format!("Cookie: {}", page.site.door.cookie().split(';').next().unwrap())
}

/// Sends a request, and returns the part of the response that arrives within `time`.
///
/// `head` has the request line and the headers, each with `\n` at its end. This function adds
/// `Host`, `Content-Length` and `Connection`.
async fn exchange_within(host: &str, head: &str, body: &str, time: Duration) -> String {
    let mut connection = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let head = format!("{head}Host: {host}\nContent-Length: {length}\nConnection: close\n\n");
    let request = head.replace('\n', "\r\n") + body;
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    let reading = async { while connection.read_buf(&mut response).await.unwrap() > 0 {} };
    let _timed_out = tokio::time::timeout(time, reading).await;
    String::from_utf8(response).unwrap()
}

/// Sends a request, and returns the whole response.
async fn exchange(host: &str, head: &str, body: &str) -> String {
    exchange_within(host, head, body, Duration::from_mins(1)).await
}

/// The head of a GET request with the session's cookie.
fn head(page: &Page, path: &str) -> String {
    format!("GET {} HTTP/1.1\n{}\n", page.site.href(path), cookie(page))
}

/// Sends a GET request with the session's cookie, and returns the whole response.
async fn get(page: &Page, path: &str) -> String {
    exchange(&host(page), &head(page, path), "").await
}

/// The cursor in the link to older executions.
fn cursor(html: &str) -> &str {
    let link = html.split("<a href=\"").find(|link| link.contains("rel=\"next\"")).unwrap();
    link.split_once("cursor=").unwrap().1.split('"').next().unwrap()
}

fn counts(calls: &[(&str, usize)]) -> BTreeMap<String, usize> {
    calls.iter().map(|(call, number)| ((*call).to_owned(), *number)).collect()
}

#[tokio::test]
async fn first_page_of_many_executions_is_one_call_and_one_for_each_row() {
    let (page, calls) = serve().await;
    let html = get(&page, "executions").await;
    assert_eq!(html.matches("<tr id=\"row-").count(), 25, "rows");
    let first = [("DescribeExecution", 25), ("ListExecutions", 1), ("ListStateMachines", 1)];
    assert_eq!(calls.take(), counts(&first));
    get(&page, "executions").await;
    assert_eq!(calls.take(), counts(&[("ListExecutions", 1)]), "those that have ended are known");

    let html = get(&page, &format!("executions?cursor={}", cursor(&html))).await;
    assert!(html.contains(">25.png<") && html.contains(">49.png<"), "{html}");
    assert_eq!(calls.take(), counts(&[("DescribeExecution", 25), ("ListExecutions", 1)]));
}

#[tokio::test]
async fn search_goes_on_where_it_has_stopped() {
    let (page, _) = serve().await;
    let html = get(&page, "executions?key=612.png").await;
    assert!(html.contains("None of 500 executions match"), "{html}");
    let html = get(&page, &format!("executions?key=612.png&cursor={}", cursor(&html))).await;
    assert!(html.contains(">612.png<"), "{html}");
}

#[tokio::test]
async fn markup_in_keys_and_errors_is_text_in_every_view() {
    let (page, _) = serve().await;
    let views = [
        "executions".to_owned(),
        format!("execution?arn={}", arn(0)),
        "logs?function=f&request=r-1&from=0&to=1".to_owned(),
        "images".to_owned(),
        format!("images?prefix={}", text::encode(HOSTILE)),
        "failures".to_owned(),
        "reconciliations".to_owned(),
    ];
    for view in &views {
        let html = get(&page, view).await;
        assert!(html.starts_with("HTTP/1.1 200 OK\r\n"), "{view}: {html}");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{view}: {html}");
        assert!(!html.contains("<img src=x"), "{view}: {html}");
        let shown = html.replace("value=\"uploads/", "");
        let is_field = view.contains("prefix=");
        assert!(is_field || !shown.contains('\u{202e}'), "{view}: {html}");
    }
}

#[tokio::test]
async fn failed_execution_shows_its_attempts_with_their_logs() {
    let (page, _) = serve().await;
    let html = get(&page, &format!("execution?arn={}", arn(0))).await;
    for expected in [
        "<g class=\"state caught\" id=\"graph-state%20PutMetadata\">",
        "<g class=\"state failed\" id=\"graph-state%20Failed\">",
        "<g class=\"state not-reached\" id=\"graph-state%20RecordAbsence\">",
        "Task · 1 retry",
        "request=r%2D1",
        "request=r%2D2",
        "2 attempts",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
}

#[tokio::test]
async fn stream_begins_with_the_present_state() {
    let (page, _) = serve().await;
    let (head, time) = (head(&page, "events"), Duration::from_secs(1));
    let stream = exchange_within(&host(&page), &head, "", time).await;
    assert!(stream.starts_with("HTTP/1.1 200 OK\r\n"), "{stream}");
    assert!(stream.contains("content-type: text/event-stream"), "{stream}");
    assert!(stream.contains("data: {\"version\":0,"), "{stream}");
}

#[tokio::test]
async fn scripts_and_styles_are_served_as_such() {
    let (page, _) = serve().await;
    let scripts = ["page.js", "resume.js", "worker.js"].map(|name| (name, "text/javascript"));
    for (name, content_type) in scripts.into_iter().chain([("page.css", "text/css")]) {
        let response = get(&page, &format!("assets/{name}")).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains(&format!("content-type: {content_type}")), "{response}");
        assert!(response.contains("worker-src 'self'"), "{response}");
    }
    assert!(get(&page, "assets/other").await.starts_with("HTTP/1.1 404"));
}
