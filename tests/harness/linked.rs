//! Function archives without the function: a script starts the binary that Cargo has built.
//!
//! Archives with functions take 13 MB each, and 145 MB for one stack. For each stack, tests would
//! have to encode and send these archives, and the emulator would have to keep them. So only
//! `TestStack::shared` gets such archives: those of `cargo local`. All other stacks get the
//! archives of this module.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use local::workspace::Workspace;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Writes an archive for each function of the workspace. `binaries` is the directory of the built
/// functions. Returns the directory of the archives, for the setting `artifacts`.
pub(crate) fn archives(workspace: &Workspace, binaries: &Path) -> io::Result<PathBuf> {
    let artifacts = workspace.local().join("linked");
    for function in workspace.functions()? {
        let folder = artifacts.join(&function);
        std::fs::create_dir_all(&folder)?;
        let binary = binaries.join(function).canonicalize()?;
        // The archive is renamed once it is complete, because tests in another process may read
        // `bootstrap.zip` at any time.
        let unfinished = folder.join(format!("{}.unfinished", std::process::id()));
        std::fs::write(&unfinished, archive(&binary)?)?;
        std::fs::rename(&unfinished, folder.join("bootstrap.zip"))?;
    }
    Ok(artifacts)
}

/// An archive with a script in place of the function. The script runs the binary with `exec`.
fn archive(binary: &Path) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file("bootstrap", options.unix_permissions(0o755))?;
    writeln!(archive, "#!/bin/sh\nexec '{}'", binary.display())?;
    Ok(archive.finish()?.into_inner())
}
