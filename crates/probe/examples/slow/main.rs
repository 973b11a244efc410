//! Measures the probe on objects made to be slow to parse. Their headers consist of tiny
//! structures, as many as the limits of the probe allow.
//!
//! ```text
//! cargo run --release -p probe --example slow [-- NAME…]
//! ```
//!
//! A child process probes each object, so that the memory of each probe is measured separately. If
//! valgrind is installed, a second child counts the instructions, a number that does not depend on
//! how busy the machine is. Time, memory and instructions include the generation of the object's
//! bytes. The program needs Linux.

mod measurement;
mod objects;

use std::error::Error;

use clap::Parser;
use measurement::Measurement;

/// Measures the probe on objects made to keep it busy.
#[derive(Parser)]
struct Arguments {
    /// Names of the objects; all if none is given.
    names: Vec<String>,
    /// Probe only this object, in this process. Passed to child processes.
    #[arg(long, hide = true)]
    child: Option<String>,
}

#[expect(clippy::print_stdout, reason = "prints its result")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let mut objects = objects::all();
    if let Some(name) = arguments.child {
        let object = objects.iter().find(|object| object.name == name);
        println!("{}", measurement::probe(object.ok_or("no object has this name")?)?);
        return Ok(());
    }
    if !arguments.names.is_empty() {
        objects.retain(|object| arguments.names.iter().any(|name| *name == object.name));
    }
    println!("{}", Measurement::HEADER);
    let mut worst = Measurement::default();
    for object in &objects {
        let measurement = Measurement::of(object)?;
        println!("{measurement}");
        worst.raise_to(&measurement);
    }
    println!("{worst}");
    Ok(())
}
