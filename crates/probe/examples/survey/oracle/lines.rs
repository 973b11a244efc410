//! Oracles that read a path from each line of their input, and answer it with a line of JSON.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Map, Value};

use super::Facts;
use super::install::missing;

/// Runs the command, and returns its answer for each path.
pub(super) fn answers(command: Command, paths: &[PathBuf]) -> Result<Vec<Facts>, Box<dyn Error>> {
    let output = run(command, paths)?;
    output.lines().map(|line| Ok(facts(serde_json::from_str(line)?))).collect()
}

/// The facts in an answer. If the oracle could not read the file, the answer contains an error
/// instead.
pub(super) fn facts(mut answer: Map<String, Value>) -> Facts {
    match answer.remove("error") {
        Some(error) => Err(error.as_str().unwrap_or_default().to_owned()),
        None => Ok(answer),
    }
}

/// Runs the command, gives it the paths as lines of its input, and returns its output.
pub(super) fn run(mut command: Command, paths: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let program = command.get_program().to_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| missing(&program, &error))?;
    let lines: Vec<u8> = paths
        .iter()
        .flat_map(|path| [path.as_os_str().as_encoded_bytes(), b"\n"].concat())
        .collect();
    let input = child.stdin.take();
    // Writes the input while reading the output, because either may exceed the capacity of a pipe.
    let writer = thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(&lines)));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the thread that writes paths has panicked")??;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
