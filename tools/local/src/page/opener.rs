//! Opens the page in the user's browser.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use maud::{DOCTYPE, html};

use crate::private_file;

/// Programs that open a file in the browser: of Linux desktops and of macOS.
const PROGRAMS: [&str; 2] = ["xdg-open", "open"];

/// The page could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("no browser could be opened ({0}): open the address yourself")]
pub struct OpenError(#[from] io::Error);

/// Opens `address` in the user's browser.
///
/// Other users see the arguments of every process. So the browser gets the name of a file, which
/// only this user can read and which leads to the address.
///
/// # Errors
/// When `file` cannot be written, or there is no program that opens it.
pub fn open(address: &str, file: &Path) -> Result<(), OpenError> {
    let page = html! {
        (DOCTYPE)
        meta charset="utf-8";
        meta http-equiv="refresh" content=(format!("0;url={address}"));
        title { "pixgauge" }
        a href=(address) { "Open the page" }
    };
    private_file::write(file, page.into_string().as_bytes())?;
    let mut error = io::Error::from(io::ErrorKind::NotFound);
    for program in PROGRAMS {
        let mut command = Command::new(program);
        command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.status() {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => error = io::Error::other(format!("{program}: {status}")),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(other) => error = other,
        }
    }
    Err(error.into())
}
