//! Runs the peers in child processes. `peers.rs` lists the peers: other crates that read image
//! headers. Child processes are needed because some peers panic. In release builds of this
//! workspace, a panic aborts the process.

use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::peers::{Peer, PeerAnswer};
use crate::storage::Cost;

/// In the child: skips the first `skip` files, then measures each file with the peer `name` and
/// prints a line for it.
pub(crate) fn serve(
    name: &str,
    root: &Path,
    files: &[PathBuf],
    skip: usize,
) -> Result<(), Box<dyn Error>> {
    let peer = Peer::named(name).ok_or_else(|| format!("no peer is named {name}"))?;
    std::panic::set_hook(Box::new(|_| {}));
    let mut output = io::stdout().lock();
    for file in files.iter().skip(skip) {
        let (answer, cost) = peer.measure(&fs::read(root.join(file))?);
        let (width, height) = match answer {
            PeerAnswer::Dimensions(width, height) => (width, height),
            PeerAnswer::Refused | PeerAnswer::Panicked => (0, 0),
        };
        writeln!(output, "{} {} {width} {height}", cost.gets, cost.bytes)?;
    }
    Ok(())
}

/// In the parent: returns one answer for each file. If a child fails, the first file without an
/// answer counts as one on which the peer panicked, and a new child continues after this file.
pub(crate) fn answers(
    peer: &Peer,
    root: &Path,
    files: usize,
) -> Result<Vec<(PeerAnswer, Cost)>, Box<dyn Error>> {
    let mut answers = Vec::with_capacity(files);
    while answers.len() < files {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(root)
            .args(["--peer", peer.name, "--skip", &answers.len().to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines() {
                answers.push(parse(&line?)?);
            }
        }
        if !child.wait()?.success() {
            answers.push((PeerAnswer::Panicked, Cost::default()));
        } else if answers.len() < files {
            return Err(format!("peer {} did not answer for every file", peer.name).into());
        }
    }
    answers.truncate(files);
    Ok(answers)
}

/// Parses a line that a child printed for a file: GETs, bytes, width and height. Width and height
/// are 0 if the peer returned an error.
fn parse(line: &str) -> Result<(PeerAnswer, Cost), Box<dyn Error>> {
    let numbers: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[gets, bytes, width, height] = &numbers[..] else {
        return Err(format!("a peer printed {line:?} instead of four numbers").into());
    };
    let answer = match (width, height) {
        (0, 0) => PeerAnswer::Refused,
        _ => PeerAnswer::Dimensions(width, height),
    };
    Ok((answer, Cost { gets: u32::try_from(gets)?, bytes }))
}
