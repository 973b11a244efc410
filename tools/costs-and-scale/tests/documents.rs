//! Checks that the tables in the documents follow from the counts, prices and quotas.
//!
//! `UPDATE_EXPECT=1 cargo test --test documents` updates the tables.

use std::path::Path;

use costs_and_scale::counts::measured;
use costs_and_scale::document::with_block;
use costs_and_scale::report::{Block, cost_blocks, scale_blocks};

#[test]
fn tables_are_what_counts_prices_and_quotas_give() {
    let counts = measured().unwrap();
    for (document, blocks) in
        [("COSTS.md", cost_blocks(&counts)), ("SCALE.md", scale_blocks(&counts))]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(document);
        let text = std::fs::read_to_string(&path).unwrap();
        let current = blocks.iter().fold(text.clone(), |current, Block { name, content, .. }| {
            with_block(&current, name, content).unwrap()
        });
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, &current).unwrap();
            continue;
        }
        assert!(
            text == current,
            "docs/{document} differs from the computed tables: run \
             `UPDATE_EXPECT=1 cargo test --test documents` and review the changes"
        );
    }
}
