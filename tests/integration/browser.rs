//! Opens pages in Chromium or Chrome. The environment variable `BROWSER` has the browser's path.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Host name of an attacker's page. The browser maps it to this machine.
pub(crate) const ATTACKER: &str = "attacker.example";

/// Time limit for a page to report.
const DEADLINE: Duration = Duration::from_mins(1);

/// The browser's process. Dropping this value kills it.
struct Browser(Child);

impl Browser {
    /// Opens a page, with a new profile in this directory.
    fn open(url: &str, profile: &Path) -> Self {
        let mut command = Command::new(std::env::var("BROWSER").unwrap());
        command.args(["--headless=new", "--no-first-run", "--disable-gpu", "--disable-sync"]);
        command.arg("--disable-popup-blocking");
        command.arg(format!("--host-resolver-rules=MAP {ATTACKER} 127.0.0.1"));
        command.arg(format!("--user-data-dir={}", profile.display()));
        if nix::unistd::geteuid().is_root() {
            // Chromium has no sandbox for root.
            command.arg("--no-sandbox");
        }
        command.arg(url).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        Self(command.spawn().unwrap())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.0.id().try_into().unwrap());
        let _ended = killpg(group, Signal::SIGKILL);
        let _status = self.0.wait();
    }
}

/// Serves a page under a host name, opens it in the browser, and returns the page's report. The
/// page runs `attack`, the body of an async function, and reports what the function returns.
pub(crate) async fn report(host: &str, html: &str, attack: &str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let page = format!(
        "<!DOCTYPE html><title>A page</title>{html}<script>
        const wait = (time) => new Promise((done) => setTimeout(done, time));
        async function attack() {{ {attack} }}
        attack().catch((error) => `failed: ${{error}}`)
            .then((report) => fetch('/report', {{method: 'POST', body: report}}));
        </script>"
    );
    let profile = std::env::temp_dir().join(format!("pixgauge-browser-{port}"));
    let browser = Browser::open(&format!("http://{host}:{port}/"), &profile);
    let serving = async {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            if let Some(report) = serve(connection, &page).await {
                return report;
            }
        }
    };
    let report = tokio::time::timeout(DEADLINE, serving).await;
    drop(browser);
    let _removed = std::fs::remove_dir_all(profile);
    report.unwrap_or_else(|_| panic!("the page did not report"))
}

/// Serves one request. If the request is a report, returns its body.
async fn serve(mut connection: TcpStream, page: &str) -> Option<String> {
    let mut request = Vec::new();
    let read = async {
        loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
                });
                if body.len() >= length.unwrap_or(0) {
                    return Some((head.to_owned(), body.to_owned()));
                }
            }
            if connection.read_buf(&mut request).await.ok()? == 0 {
                return None;
            }
        }
    };
    // The time limit ends connections that the browser opens in advance and does not use.
    let (head, body) = tokio::time::timeout(Duration::from_secs(2), read).await.ok()??;
    let is_report = head.starts_with("POST /report");
    let content = if head.starts_with("GET / ") { page } else { "" };
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{content}",
        content.len()
    );
    connection.write_all(answer.as_bytes()).await.ok()?;
    is_report.then_some(body)
}
