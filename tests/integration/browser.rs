//! Chromium or Chrome without a window, driven through the `DevTools` protocol, and a server for
//! the pages of tests. The environment variable `BROWSER` has the browser's path.
//!
//! With `--remote-debugging-pipe`, the browser listens on no port. It reads commands from its file
//! descriptor 3 and writes answers to file descriptor 4. Each command and each answer is a JSON
//! document followed by a zero byte: <https://chromedevtools.github.io/devtools-protocol/>.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use base64::Engine as _;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{ChildStdin, ChildStdout};

/// Host name of an attacker's page. The browser maps it to this machine.
pub(crate) const ATTACKER: &str = "attacker.example";

/// Time limit for a page to meet a condition, and for a page's script to return its report.
const DEADLINE: Duration = Duration::from_mins(1);

/// Script that collects the problems of a page in `window.problems`. An image that cannot be shown
/// is not a problem, because some images of the tests consist of a header only.
const RECORD_PROBLEMS: &str = "
    window.problems = [];
    addEventListener('error', ({message, target}) => {
        if (target.nodeName !== 'IMG') problems.push(message || `not loaded: ${target.src}`);
    }, true);
    addEventListener('unhandledrejection', ({reason}) => problems.push(String(reason)));
    addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) =>
        problems.push(`${violatedDirective} ${blockedURI}`));
";

/// The browser's process. Dropping this value kills it.
pub(crate) struct Chromium {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The directory of the browser's profile. Dropping this value deletes it.
    _profile: TempDir,
    commands_sent: u64,
}

/// A tab of the browser.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    session: String,
}

impl Chromium {
    /// Starts the browser with a new profile.
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let script = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
        let mut command = Command::new("sh");
        command.args(["-c", script, &std::env::var("BROWSER").unwrap()]);
        command.args(["--remote-debugging-pipe", "--headless=new", "--no-first-run"]);
        command.args(["--disable-gpu", "--disable-sync", "--window-size=1280,900"]);
        command.arg("--disable-popup-blocking");
        command.arg(format!("--host-resolver-rules=MAP {ATTACKER} 127.0.0.1"));
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        if nix::unistd::geteuid().is_root() {
            // Chromium does not start as root unless its sandbox is off.
            command.arg("--no-sandbox");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn().unwrap();
        let commands = ChildStdin::from_std(child.stdin.take().unwrap()).unwrap();
        let answers = ChildStdout::from_std(child.stdout.take().unwrap()).unwrap();
        let answers = BufReader::new(answers);
        Self { child, commands, answers, _profile: profile, commands_sent: 0 }
    }

    /// Opens a tab with the page at `url`, and waits until the page has loaded.
    pub(crate) async fn open(&mut self, url: &str) -> Tab {
        let target = self.send(None, "Target.createTarget", json!({"url": "about:blank"})).await;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.send(None, "Target.attachToTarget", attach).await;
        let tab = Tab { session: session["sessionId"].as_str().unwrap().to_owned() };
        self.send(Some(&tab), "Page.enable", json!({})).await;
        let script = json!({"source": RECORD_PROBLEMS});
        self.send(Some(&tab), "Page.addScriptToEvaluateOnNewDocument", script).await;
        self.go(&tab, url).await;
        tab
    }

    /// Opens another page in the tab, and waits until it has loaded.
    pub(crate) async fn go(&mut self, tab: &Tab, url: &str) {
        self.send(Some(tab), "Page.navigate", json!({"url": url})).await;
        self.until(tab, "document.readyState === 'complete' && location.href !== 'about:blank'")
            .await;
    }

    /// Brings the tab to the front. A tab is hidden once another tab has been opened.
    pub(crate) async fn show(&mut self, tab: &Tab) {
        self.send(Some(tab), "Page.bringToFront", json!({})).await;
    }

    /// Evaluates an expression. If the result is a promise, waits for its value.
    pub(crate) async fn value(&mut self, tab: &Tab, expression: &str) -> Value {
        let parameters =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.send(Some(tab), "Runtime.evaluate", parameters).await;
        let exception = &answer["exceptionDetails"];
        assert!(exception.is_null(), "{expression}: {exception}");
        answer["result"]["value"].clone()
    }

    /// The text that the page shows.
    pub(crate) async fn text(&mut self, tab: &Tab) -> String {
        self.value(tab, "document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&mut self, tab: &Tab, expression: &str) {
        let waiting = async {
            // The expression may throw while the browser is replacing the page.
            let guarded =
                format!("(() => {{ try {{ return Boolean({expression}) }} catch {{}} }})()");
            while self.value(tab, &guarded).await != json!(true) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let in_time = tokio::time::timeout(DEADLINE, waiting).await.is_ok();
        let text = if in_time { String::new() } else { self.text(tab).await };
        assert!(in_time, "never true: {expression}\n{text}");
    }

    /// Clicks the first element that matches the selector, once there is one.
    pub(crate) async fn click(&mut self, tab: &Tab, selector: &str) {
        self.until(tab, &format!("document.querySelector({selector:?})")).await;
        self.value(tab, &format!("document.querySelector({selector:?}).click()")).await;
    }

    /// Presses and releases a key of the keyboard. `key` is `Enter` or the character that the key
    /// types.
    pub(crate) async fn press(&mut self, tab: &Tab, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let mut parameters = json!({"type": kind, "key": key});
            if key == "Enter" {
                parameters["windowsVirtualKeyCode"] = 13.into();
                parameters["text"] = "\r".into();
            } else if key.chars().count() == 1 {
                parameters["text"] = key.into();
            }
            self.send(Some(tab), "Input.dispatchKeyEvent", parameters).await;
        }
    }

    /// Acts as a user who prefers this color scheme: `light` or `dark`.
    pub(crate) async fn prefer(&mut self, tab: &Tab, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.send(Some(tab), "Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Writes a PNG file with a picture of the whole page or, if `whole` is false, of its visible
    /// part.
    pub(crate) async fn picture(&mut self, tab: &Tab, whole: bool, path: &Path) {
        let parameters = json!({"format": "png", "captureBeyondViewport": whole});
        let answer = self.send(Some(tab), "Page.captureScreenshot", parameters).await;
        let png = base64::engine::general_purpose::STANDARD
            .decode(answer["data"].as_str().unwrap())
            .unwrap();
        std::fs::write(path, png).unwrap();
    }

    /// True if the page, or a frame inside it, has an element with this id.
    pub(crate) async fn has_element(&mut self, tab: &Tab, id: &str) -> bool {
        self.send(Some(tab), "DOM.enable", json!({})).await;
        let whole = json!({"depth": -1, "pierce": true});
        let tree = self.send(Some(tab), "DOM.getFlattenedDocument", whole).await;
        let mut nodes = tree["nodes"].as_array().unwrap().iter();
        nodes.any(|node| {
            let attributes = node["attributes"].as_array().map(Vec::as_slice).unwrap_or_default();
            attributes.chunks(2).any(|pair| pair == ["id", id])
        })
    }

    async fn send(&mut self, tab: Option<&Tab>, method: &str, parameters: Value) -> Value {
        self.commands_sent += 1;
        let id = self.commands_sent;
        let mut command = json!({"id": id, "method": method, "params": parameters});
        if let Some(tab) = tab {
            command["sessionId"] = tab.session.clone().into();
        }
        let mut text = command.to_string().into_bytes();
        text.push(0);
        self.commands.write_all(&text).await.unwrap();
        loop {
            let mut answer = Vec::new();
            self.answers.read_until(0, &mut answer).await.unwrap();
            assert_eq!(answer.pop(), Some(0), "the browser has ended");
            let mut answer: Value = serde_json::from_slice(&answer).unwrap();
            // A message without this id is an event.
            if answer["id"] == id {
                let error = &answer["error"];
                assert!(error.is_null(), "{method}: {error}");
                return answer["result"].take();
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.child.id().try_into().unwrap());
        let _ended = killpg(group, Signal::SIGKILL);
        let _status = self.child.wait();
    }
}

/// Starts a server on a free port of this machine, and returns the port. `routes` gets the port,
/// and makes the server's routes. The server runs until the process ends.
pub(crate) async fn serve(routes: impl FnOnce(u16) -> Router) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(axum::serve(listener, routes(port)).into_future());
    port
}

/// Serves a page with this HTML under a host name, and opens it in a new browser. Runs `script`,
/// the body of an async function, in the page. Returns the text that the function returns, or its
/// error.
pub(crate) async fn report(host: &str, html: &str, script: &str) -> String {
    let page = Html(format!("<!DOCTYPE html><title>A page</title>{html}"));
    let port = serve(|_| Router::new().route("/", get(page))).await;
    let mut chromium = Chromium::start();
    let tab = chromium.open(&format!("http://{host}:{port}/")).await;
    let script = format!(
        "const wait = (time) => new Promise((done) => setTimeout(done, time));
        (async () => {{ {script} }})().catch((error) => `failed: ${{error}}`)"
    );
    let report = tokio::time::timeout(DEADLINE, chromium.value(&tab, &script)).await;
    let report = report.unwrap_or_else(|_| panic!("the page did not report"));
    report.as_str().unwrap_or_default().to_owned()
}
