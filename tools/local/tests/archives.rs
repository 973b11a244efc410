//! `cargo build-functions` (`.cargo/config.toml`) builds the functions and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

const ALIASES: &str = include_str!("../../../.cargo/config.toml");

#[test]
fn build_functions_excludes_everything_that_is_not_deployed() {
    let words: Vec<&str> = ALIASES.split_ascii_whitespace().collect();
    let excluded: BTreeSet<String> = words
        .windows(2)
        .filter(|pair| pair[0] == "--exclude")
        .map(|pair| pair[1].trim_end_matches('"').to_owned())
        .collect();

    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut not_deployed: BTreeSet<String> = std::fs::read_dir(tools)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    not_deployed.extend(["integration", "test-table"].map(str::to_owned));

    assert_eq!(excluded, not_deployed);
}
