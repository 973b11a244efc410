//! Chromium without a window, driven through the `DevTools` protocol.
//!
//! With `--remote-debugging-pipe`, the browser listens on no port. It reads commands from its file
//! descriptor 3 and writes answers to file descriptor 4. Each command and each answer is a JSON
//! document followed by a zero byte: <https://chromedevtools.github.io/devtools-protocol/>.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Time limit for anything on a page.
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
pub(super) struct Chromium {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Directory of the browser's profile.
    profile: std::path::PathBuf,
    commands_sent: u64,
}

/// A tab of the browser.
#[derive(Debug, Clone)]
pub(super) struct Tab {
    session: String,
}

impl Chromium {
    /// Starts the browser that the environment variable `BROWSER` names.
    pub(super) fn start() -> Self {
        let profile = std::env::temp_dir().join(format!("pixgauge-page-{}", std::process::id()));
        let script = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
        let mut command = Command::new("sh");
        command.args(["-c", script, &std::env::var("BROWSER").unwrap()]);
        command.args(["--remote-debugging-pipe", "--headless=new", "--no-first-run"]);
        command.args(["--disable-gpu", "--disable-sync", "--window-size=1280,900"]);
        command.arg(format!("--user-data-dir={}", profile.display()));
        if nix::unistd::geteuid().is_root() {
            // Chromium has no sandbox for root.
            command.arg("--no-sandbox");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn().unwrap();
        let (commands, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, commands, answers: BufReader::new(answers), profile, commands_sent: 0 }
    }

    /// Opens a tab.
    pub(super) async fn open(&mut self, url: &str) -> Tab {
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
    pub(super) async fn go(&mut self, tab: &Tab, url: &str) {
        self.send(Some(tab), "Page.navigate", json!({"url": url})).await;
        self.until(tab, "document.readyState === 'complete' && location.href !== 'about:blank'")
            .await;
    }

    /// Brings the tab to the front. A tab is hidden once another one has been opened.
    pub(super) async fn show(&mut self, tab: &Tab) {
        self.send(Some(tab), "Page.bringToFront", json!({})).await;
    }

    /// Evaluates an expression. If the result is a promise, waits for its value.
    pub(super) async fn value(&mut self, tab: &Tab, expression: &str) -> Value {
        let parameters =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.send(Some(tab), "Runtime.evaluate", parameters).await;
        let exception = &answer["exceptionDetails"];
        assert!(exception.is_null(), "{expression}: {exception}");
        answer["result"]["value"].clone()
    }

    /// The text that the page shows.
    pub(super) async fn text(&mut self, tab: &Tab) -> String {
        self.value(tab, "document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub(super) async fn until(&mut self, tab: &Tab, expression: &str) {
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

    /// Clicks the first element that matches the selector.
    pub(super) async fn click(&mut self, tab: &Tab, selector: &str) {
        self.until(tab, &format!("document.querySelector({selector:?})")).await;
        self.value(tab, &format!("document.querySelector({selector:?}).click()")).await;
    }

    /// Presses and releases a key that writes `key`.
    pub(super) async fn press(&mut self, tab: &Tab, key: &str) {
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

    /// Chooses the light or dark color scheme.
    pub(super) async fn prefer(&mut self, tab: &Tab, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.send(Some(tab), "Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Writes a picture of the whole page, or of its visible part, as PNG.
    pub(super) async fn picture(&mut self, tab: &Tab, whole: bool, path: &Path) {
        let parameters = json!({"format": "png", "captureBeyondViewport": whole});
        let answer = self.send(Some(tab), "Page.captureScreenshot", parameters).await;
        let png = base64::engine::general_purpose::STANDARD
            .decode(answer["data"].as_str().unwrap())
            .unwrap();
        std::fs::write(path, png).unwrap();
    }

    /// True if the page, or a frame inside it, has an element with this id.
    pub(super) async fn has_element(&mut self, tab: &Tab, id: &str) -> bool {
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
            // The other messages are events.
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
        if let Some(id) = self.child.id() {
            let _ended = killpg(Pid::from_raw(id.try_into().unwrap()), Signal::SIGKILL);
        }
        let _removed = std::fs::remove_dir_all(&self.profile);
    }
}
