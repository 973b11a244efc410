//! The oracle Chromium (or Chrome), which shows the files in a page and states their dimensions.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Facts, lines};

/// The names that the browser's executable may have.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Number of files in one page. The number is limited because the browser decodes all files of a
/// page at the same time.
const BATCH: usize = 50;

/// The template of the page. [`facts`] fills in the list of paths, which is empty in the template.
const PAGE: &str = include_str!("../oracles/chromium.html");

/// Shows the files in the browser, and returns the dimensions that the browser reports.
pub(super) fn facts(paths: &[PathBuf]) -> Result<Vec<Facts>, Box<dyn Error>> {
    let missing = "neither Chromium nor Chrome is on the PATH (Debian: apt-get install chromium)";
    let starts = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    let browser = NAMES.into_iter().find(starts).ok_or(missing)?;
    let directory = tempfile::tempdir()?;
    let page = directory.path().join("page.html");
    let mut facts = Vec::new();
    for batch in paths.chunks(BATCH) {
        let urls: Vec<String> = batch.iter().map(|path| url(path)).collect();
        let list = format!("const PATHS = {};", serde_json::to_string(&urls)?);
        fs::write(&page, PAGE.replace("const PATHS = [];", &list))?;
        let output = Command::new(browser)
            .args(["--headless", "--disable-gpu", "--no-sandbox", "--allow-file-access-from-files"])
            .arg(format!("--user-data-dir={}", directory.path().join("profile").display()))
            .args(["--virtual-time-budget=60000", "--dump-dom"])
            .arg(&page)
            .output()?;
        facts.extend(sizes(&String::from_utf8_lossy(&output.stdout))?);
    }
    Ok(facts)
}

/// Parses the answers in the HTML of the page, as printed by the browser.
fn sizes(page: &str) -> Result<Vec<Facts>, Box<dyn Error>> {
    let incomplete = "the browser has not shown every image in time";
    let (_, rest) = page.split_once(r#"<pre id="sizes">"#).ok_or(incomplete)?;
    let (answers, _) = rest.split_once("</pre>").ok_or(incomplete)?;
    answers.lines().map(|line| Ok(lines::facts(serde_json::from_str(line)?))).collect()
}

/// The URL of a file. Every byte of the path is encoded, except unreserved characters and slashes.
fn url(path: &Path) -> String {
    let encoded = path.as_os_str().as_encoded_bytes().iter().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    format!("file://{}", encoded.collect::<String>())
}
