//! Checks that the tables in the documents follow from the counts, prices and quotas.
//!
//! `UPDATE_EXPECT=1 cargo test --test documents` updates the tables.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot continue panics, as do the helpers of tests"
)]

use std::path::{Path, PathBuf};

use costs_and_scale::counts::{Counts, measured};
use costs_and_scale::document::with_block;
use costs_and_scale::report::{Block, cost_blocks, scale_blocks};

fn path(document: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(document)
}

#[track_caller]
fn assert_current(document: &str, blocks: fn(&Counts) -> Vec<Block>) {
    let path = path(document);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut current = text.clone();
    for Block { name, content, .. } in blocks(&measured().unwrap()) {
        current = with_block(&current, name, &content).unwrap();
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &current).unwrap();
        return;
    }
    assert!(
        text == current,
        "docs/{document} differs from the computed tables: run \
         `UPDATE_EXPECT=1 cargo test --test documents` and review the changes"
    );
}

#[test]
fn costs_are_what_counts_and_prices_give() {
    assert_current("COSTS.md", cost_blocks);
}

#[test]
fn scale_is_what_counts_and_quotas_give() {
    assert_current("SCALE.md", scale_blocks);
}
