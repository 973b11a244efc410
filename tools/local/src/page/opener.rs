//! Opens the page in the user's browser.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use maud::{DOCTYPE, html};
use tokio::process::Command;

use crate::private_file;

/// Programs that open a file in the browser: the first on Linux desktops, the second on macOS.
const PROGRAMS: [&str; 2] = ["xdg-open", "open"];

/// Time after which a program that is still running is assumed to be the browser. Without a desktop
/// environment, `xdg-open` runs the browser itself and ends only when the browser does.
const PATIENCE: Duration = Duration::from_secs(3);

/// The page could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("no browser could be opened ({0}): open the address yourself")]
pub struct OpenError(#[from] io::Error);

/// Opens `address` in the user's browser.
///
/// Writes a redirect to the address into `file`, and opens the file. Other users can see the
/// arguments of a process, but only this user can read the file.
///
/// # Errors
/// When `file` cannot be written, or no program can open it.
pub async fn open(address: &str, file: &Path) -> Result<(), OpenError> {
    open_with(&PROGRAMS, address, file).await
}

async fn open_with(programs: &[&str], address: &str, file: &Path) -> Result<(), OpenError> {
    let page = html! {
        (DOCTYPE)
        meta charset="utf-8";
        meta http-equiv="refresh" content=(format!("0;url={address}"));
        title { "pixgauge" }
        a href=(address) { "Open the page" }
    };
    private_file::write(file, page.into_string().as_bytes())?;
    let mut error = io::Error::from(io::ErrorKind::NotFound);
    for program in programs {
        match start(program, file).await {
            Ok(()) => return Ok(()),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(other) => error = other,
        }
    }
    Err(error.into())
}

/// Starts a program, and waits until it ends or [`PATIENCE`] has passed.
async fn start(program: &str, file: &Path) -> io::Result<()> {
    let mut command = Command::new(program);
    command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C in this terminal must not end the browser.
    let mut child = command.process_group(0).spawn()?;
    let Ok(status) = tokio::time::timeout(PATIENCE, child.wait()).await else { return Ok(()) };
    let status = status?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{program}: {status}"))) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    /// Writes an executable shell script, and returns its path.
    fn program(directory: &Path, name: &str, script: &str) -> PathBuf {
        let path = directory.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    #[tokio::test]
    async fn the_first_program_that_works_opens_the_page() {
        let directory = tempfile::tempdir().unwrap();
        let failing = program(directory.path(), "failing", "exit 3");
        let working = program(directory.path(), "working", "cp \"$1\" \"$1.opened\"");
        let (failing, working) = (failing.to_str().unwrap(), working.to_str().unwrap());
        let file = directory.path().join("page.html");
        open_with(&["/no/such/program", failing, working], "http://a/?token=1", &file)
            .await
            .unwrap();
        let opened = std::fs::read_to_string(file.with_extension("html.opened")).unwrap();
        assert!(opened.contains("url=http://a/?token=1"), "{opened}");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let error = open_with(&[failing], "http://a/", &file).await.unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("open the address yourself"));
        assert!(open_with(&["/no/such/program"], "http://a/", &file).await.is_err());
    }

    #[tokio::test]
    async fn a_browser_in_the_foreground_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let browser = program(directory.path(), "browser", "echo $$ > \"$1.id\"; exec sleep 600");
        let file = directory.path().join("page.html");
        open_with(&[browser.to_str().unwrap()], "http://a/", &file).await.unwrap();
        let id = std::fs::read_to_string(file.with_extension("html.id")).unwrap();
        let id = nix::unistd::Pid::from_raw(id.trim().parse().unwrap());
        // This call fails if the browser has ended.
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL).unwrap();
    }
}
