//! Seeds for the fuzzer in `fuzz/`: the test images, served honestly.

use std::fs;
use std::path::Path;

use crate::{adversary, images};

#[test]
#[ignore = "writes fuzz/corpus, which only the fuzzer reads"]
fn write_fuzz_seeds() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/probe");
    fs::create_dir_all(&directory).unwrap();
    for (name, image) in images::all() {
        fs::write(directory.join(name), adversary::honest_input(&image)).unwrap();
    }
}
