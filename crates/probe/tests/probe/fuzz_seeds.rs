//! Writes seeds for the fuzzer, which is in `fuzz/`. A seed consists of control bytes and a test
//! image. The control bytes make the range server of `adversary.rs` respond without faults.

use std::fs;
use std::path::Path;

use crate::adversary;
use crate::images::{self, others};

#[test]
#[ignore = "writes fuzz/corpus, which only the fuzzer reads"]
fn write_fuzz_seeds() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/probe");
    fs::create_dir_all(&directory).unwrap();
    let dib = ("dib", others::dib(40, 30));
    for (name, image) in images::all().into_iter().chain([dib]) {
        fs::write(directory.join(name), adversary::honest_input(name, &image)).unwrap();
    }
}
