//! Writes the project's own test images as seeds for the fuzzer.
//!
//! ```text
//! cargo run -p probe --example fuzz-seeds -- crates/probe/fuzz/corpus/probe
//! ```

#![expect(clippy::unwrap_used, clippy::panic, reason = "shared with the tests")]
#![expect(clippy::trivially_copy_pass_by_ref, reason = "byte strings are references")]
#![expect(clippy::cast_possible_truncation, reason = "test images are small")]

#[path = "../../tests/probe/adversary.rs"]
#[expect(dead_code, reason = "only the input's layout is used here")]
mod adversary;
#[path = "../../tests/probe/images/mod.rs"]
#[expect(dead_code, reason = "some images are too large for seeds")]
mod images;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).map(PathBuf::from);
    let directory = directory.ok_or("name the directory to write the seeds to")?;
    fs::create_dir_all(&directory)?;
    for (name, image) in images::all() {
        fs::write(directory.join(name), adversary::honest_input(&image))?;
    }
    Ok(())
}
