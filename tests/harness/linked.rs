//! Archives that start the functions where Cargo has built them.
//!
//! An archive with the function itself has 13 MB. For each stack, a test would encode and send all
//! of a stack's 145 MB, and the emulator would keep them. So only the stack that tests share gets
//! the archives of `cargo local`; the others get these.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use local::workspace::Workspace;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Writes an archive for each function, whose binary is in `binaries`. Returns the value of the
/// setting `artifacts` that names them.
pub(crate) fn archives(workspace: &Workspace, binaries: &Path) -> io::Result<PathBuf> {
    let artifacts = workspace.local().join("linked");
    for function in workspace.functions()? {
        let folder = artifacts.join(&function);
        std::fs::create_dir_all(&folder)?;
        let binary = binaries.join(function).canonicalize()?;
        // Tests of another process may read the archive at the same time.
        let unfinished = folder.join(format!("{}.unfinished", std::process::id()));
        std::fs::write(&unfinished, archive(&binary)?)?;
        std::fs::rename(&unfinished, folder.join("bootstrap.zip"))?;
    }
    Ok(artifacts)
}

/// An archive whose function is replaced by the binary as soon as it starts.
fn archive(binary: &Path) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file("bootstrap", options.unix_permissions(0o755))?;
    writeln!(archive, "#!/bin/sh\nexec '{}'", binary.display())?;
    Ok(archive.finish()?.into_inner())
}
