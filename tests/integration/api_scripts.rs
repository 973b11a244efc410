//! Hostile files in Chromium: whatever is uploaded, no script runs, in front of the redirect or behind
//! it. `tests/conformance/browser/run` runs this test.
//!
//! A script that runs sends a request to the test's own server. To show that each of them would, the
//! browser first opens the same files from that server, with the type for which they were made and
//! without any protection.

mod files;
mod server;

use std::collections::BTreeSet;
use std::time::Duration;

use harness::{TestStack, run};

use self::files::{FILES, File};
use self::server::Server;
use crate::browser::{Browser, report};

/// Bytes that are appended to a file so that it is sent by a redirect.
const PADDING: usize = 5_000_000;

/// Time for scripts to run after all pages have been opened.
const WAIT: Duration = Duration::from_secs(10);

/// The files that ran a script within [`WAIT`] when each is opened in a tab of its own.
async fn opened(server: &Server, urls: &[String]) -> BTreeSet<usize> {
    let profile = std::env::temp_dir().join(format!("pixgauge-tabs-{}", server.port));
    let browser = Browser::open(urls, &profile);
    tokio::time::sleep(WAIT).await;
    drop(browser);
    let _removed = std::fs::remove_dir_all(profile);
    server.take()
}

/// The files that ran a script when each is embedded into a page in every way, and the number of
/// those that the page showed in an `<img>`.
async fn embedded(server: &Server, urls: &[String]) -> (BTreeSet<usize>, usize) {
    let elements = urls.iter().map(|url| {
        format!(
            "<iframe src='{url}'></iframe><object data='{url}'></object><embed src='{url}'>\
             <img src='{url}'>"
        )
    });
    let script = format!(
        "await wait({});
        const images = [...document.querySelectorAll('img')];
        return String(images.filter((image) => image.naturalWidth > 0).length);",
        WAIT.as_millis()
    );
    let shown = report("127.0.0.1", &elements.collect::<String>(), &script).await;
    (server.take(), shown.parse().unwrap())
}

/// Uploads every file, and returns the URLs of the API.
async fn upload(stack: &TestStack, server: &Server, padding: usize) -> Vec<String> {
    let mut urls = Vec::new();
    for (number, file) in FILES.iter().enumerate() {
        let key = format!("uploads/scripts/{padding}/{number}.{}", file.extension);
        stack.measure(&key, server.content(number, padding), file.content_type).await;
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
            let images = FILES.iter().filter(|file| file.is_shown).count();
            assert_eq!(shown, images, "{padding}: images in <img>");
            println!("none of them with {padding} more bytes, while {shown} are shown in <img>");
        }
    });
}

impl Server {
    /// The content of a file: its scripts report to this server.
    fn content(&self, number: usize, padding: usize) -> Vec<u8> {
        let File { template, .. } = FILES[number];
        let ran = format!("http://127.0.0.1:{}/ran/{number}", self.port);
        // Three ways, because a policy may forbid some of them without forbidding scripts.
        let script = format!("fetch('{ran}');new Image().src='{ran}';location='{ran}'");
        let mut content = template.replace("SCRIPT", &script).into_bytes();
        if padding > 0 {
            content.extend(b"<!--");
            content.resize(content.len() + padding, b'x');
            content.extend(b"-->");
        }
        content
    }
}
