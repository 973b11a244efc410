//! Hostile files in Chromium: no script in an uploaded file runs, whether the API sends the file
//! directly or redirects to it. `tests/conformance/browser/run` runs this test.
//!
//! A script that runs sends a request to the test's own server. To show that each script would run
//! without protection, the browser first opens the same files from that server, each with the
//! content type for which its script was written.

mod files;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use harness::{TestStack, run};

use self::files::{FILES, File};
use crate::browser::{report, serve};

/// Number of bytes added to a file, so that the API redirects to the file instead of sending it.
const PADDING: usize = 5_000_000;

/// Time given to the scripts to run, after all files have been opened or embedded.
const WAIT: Duration = Duration::from_secs(10);

/// Opens the URL of every file as a separate page. Returns the indices in [`FILES`] of the files
/// that ran a script.
async fn opened(server: &Server, urls: &[String]) -> BTreeSet<usize> {
    let windows = urls.iter().map(|url| format!("window.open('{url}');"));
    let script = format!("{} await wait({})", windows.collect::<String>(), WAIT.as_millis());
    report("127.0.0.1", "", &script).await;
    server.take()
}

/// Embeds the URLs of all files into one page, each in four kinds of elements. Returns the indices
/// in [`FILES`] of the files that ran a script, and of those that the page showed in an `<img>`.
async fn embedded(server: &Server, urls: &[String]) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let elements = urls.iter().map(|url| {
        format!(
            "<iframe src='{url}'></iframe><object data='{url}'></object><embed src='{url}'>\
             <img src='{url}'>"
        )
    });
    let script = format!(
        "await wait({});
        const images = [...document.querySelectorAll('img')];
        return images.flatMap((image, number) => image.naturalWidth > 0 ? [number] : []).join();",
        WAIT.as_millis()
    );
    let shown = report("127.0.0.1", &elements.collect::<String>(), &script).await;
    let shown = shown.split(',').filter_map(|number| number.parse().ok());
    (server.take(), shown.collect())
}

/// Uploads every file, and returns the URLs at which the API serves them.
async fn upload(stack: &TestStack, server: &Server, padding: usize) -> Vec<String> {
    let mut urls = Vec::new();
    for (number, file) in FILES.iter().enumerate() {
        let key = stack.key(&format!("scripts/{padding}/{number}.{}", file.extension));
        stack.measure(&key, content(number, server.port, padding), file.content_type).await;
        urls.push(stack.stack.api().file_url(&key));
    }
    urls
}

#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn no_script_of_an_upload_runs() {
    run(async {
        let server = Server::start().await;
        let all: BTreeSet<_> = (0..FILES.len()).collect();
        let unprotected: Vec<_> = all.iter().map(|number| server.url(*number)).collect();
        assert_eq!(opened(&server, &unprotected).await, all, "some scripts do not run at all");
        assert_eq!(embedded(&server, &unprotected).await.0, all);
        println!("{} files run a script without protection", all.len());
        let stack = TestStack::own("scripts").await;
        for padding in [0, PADDING] {
            let urls = upload(&stack, &server, padding).await;
            assert_eq!(opened(&server, &urls).await, BTreeSet::new(), "{padding}");
            let (ran, shown) = embedded(&server, &urls).await;
            assert_eq!(ran, BTreeSet::new(), "{padding}");
            let images = all.iter().filter(|number| FILES[**number].is_shown).copied();
            assert_eq!(shown, images.collect(), "{padding}: images in <img>");
            let shown = shown.len();
            println!(
                "none does as an upload with {padding} more bytes; {shown} are shown in <img>"
            );
        }
    });
}

/// Serves [`FILES`] without protection from their scripts, and receives the scripts' reports.
struct Server {
    port: u16,
    /// Indices in [`FILES`] of the files that have run a script since the last [`Server::take`].
    ran: Arc<Mutex<BTreeSet<usize>>>,
}

impl Server {
    async fn start() -> Self {
        let ran = Arc::<Mutex<BTreeSet<usize>>>::default();
        let reported = Arc::clone(&ran);
        let report = async move |Path(number)| _ = reported.lock().unwrap().insert(number);
        let routes = |port| {
            let file = async move |Path(number): Path<usize>| {
                ([("content-type", FILES[number].content_type)], content(number, port, 0))
            };
            Router::new().route("/ran/{number}", get(report)).route("/file/{number}", get(file))
        };
        Self { port: serve(routes).await, ran }
    }

    /// The URL at which this server serves a file.
    fn url(&self, number: usize) -> String {
        format!("http://127.0.0.1:{}/file/{number}", self.port)
    }

    /// The indices in [`FILES`] of the files that have run a script since the last call of this
    /// method.
    fn take(&self) -> BTreeSet<usize> {
        std::mem::take(&mut self.ran.lock().unwrap())
    }
}

/// The content of the file `number`, with `padding` bytes of padding. The file's script reports to
/// the [`Server`] on `port`.
fn content(number: usize, port: u16, padding: usize) -> Vec<u8> {
    let File { template, .. } = FILES[number];
    let ran = format!("http://127.0.0.1:{port}/ran/{number}");
    // The script reports in three ways, because a content security policy may forbid one of them
    // without forbidding scripts.
    let script = format!("fetch('{ran}');new Image().src='{ran}';location='{ran}'");
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:h=\"http://www.w3.org/1999/xhtml\" \
        xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"9\" height=\"9\"";
    let mut content = template.replace("<SVG", svg).replace("SCRIPT", &script).into_bytes();
    if padding > 0 {
        content.extend(b"<!--");
        content.resize(content.len() + padding, b'x');
        content.extend(b"-->");
    }
    content
}
