//! Runs peers in processes of their own: some of them panic, and a release build of this workspace
//! aborts on that.

use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::peers::{Peer, PeerAnswer};
use crate::storage::Cost;

/// In the child: asks one peer about every file from the `skip`th on, and prints a line for each
/// answer.
pub(crate) fn serve(
    name: &str,
    root: &Path,
    files: &[PathBuf],
    skip: usize,
) -> Result<(), Box<dyn Error>> {
    let peer = Peer::named(name).ok_or_else(|| format!("there is no peer named {name}"))?;
    std::panic::set_hook(Box::new(|_| {}));
    let mut output = io::stdout().lock();
    for file in files.iter().skip(skip) {
        let (answer, cost) = peer.ask(&fs::read(root.join(file))?);
        let (width, height) = match answer {
            PeerAnswer::Dimensions(width, height) => (width, height),
            PeerAnswer::Refused | PeerAnswer::Panicked => (0, 0),
        };
        writeln!(output, "{} {} {width} {height}", cost.gets, cost.bytes)?;
    }
    Ok(())
}

/// In the parent: one answer for each file. A child that dies has panicked on the file after the
/// last it answered for; another one goes on behind that.
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
            return Err(format!("{} left files out", peer.name).into());
        }
    }
    answers.truncate(files);
    Ok(answers)
}

fn parse(line: &str) -> Result<(PeerAnswer, Cost), Box<dyn Error>> {
    let numbers: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[gets, bytes, width, height] = &numbers[..] else {
        return Err(format!("a peer answered {line:?}").into());
    };
    let answer = match (width, height) {
        (0, 0) => PeerAnswer::Refused,
        _ => PeerAnswer::Dimensions(width, height),
    };
    Ok((answer, Cost { gets: u32::try_from(gets)?, bytes }))
}
