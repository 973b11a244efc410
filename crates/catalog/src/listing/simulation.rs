//! Listings of made-up indexes, without a table.

use proptest::prelude::*;
use test_table::observed;

use super::position::Start;
use super::read::{Page, Read, Row};
use super::{ImagePage, ListQuery, Listing, Position, Sort};
use crate::item::{Attributes, KEY, as_number, text};
use crate::{ImageRecord, Shard, Shards};

/// The images of a made-up table. Each image is a row of the indexes `by-key` and `by-size`.
#[derive(Clone, Debug)]
struct Index {
    shards: Shards,
    rows: Vec<Row>,
    /// Maximum number of rows in one response. It stands for DynamoDB's limit of 1 MB.
    most: usize,
}

impl Index {
    /// Each pair in `images` is an image's size, and `true` for a PNG or `false` for a GIF. The
    /// image's key ends with the pair's place in `images`.
    fn new(shards: u32, images: &[(u64, bool)], most: usize) -> Self {
        let shards = Shards::new(shards).unwrap();
        let row = |(number, (size, is_png)): (usize, &(u64, bool))| {
            let key = format!("uploads/{}/{number:03}", number % 3);
            let image = observed::facts(if *is_png { "image/png" } else { "image/gif" });
            let shard = shards.of(&key);
            Row { key, record: ImageRecord { object: observed::object(*size), image, shard } }
        };
        let rows = images.iter().enumerate().map(row).collect();
        Self { shards, rows, most }
    }

    /// The rows of one shard, or of all shards, in the order of a listing.
    fn sorted(&self, sort: Sort, shard: Option<Shard>) -> Vec<Row> {
        let rows = self.rows.iter().filter(|row| shard.is_none_or(|it| row.record.shard == it));
        let mut rows: Vec<_> = rows.cloned().collect();
        let size = |row: &Row| row.record.object.size;
        rows.sort_by(|a, b| {
            let by_shard = a.record.shard.cmp(&b.record.shard);
            match sort {
                Sort::Key => a.key.cmp(&b.key),
                Sort::SmallestFirst => size(a).cmp(&size(b)).then(by_shard).then(a.key.cmp(&b.key)),
                Sort::LargestFirst => size(b).cmp(&size(a)).then(by_shard).then(b.key.cmp(&a.key)),
            }
        });
        rows
    }

    /// Responds to a request as DynamoDB does.
    fn respond(&self, query: &ListQuery, read: &Read) -> Page {
        let Start { size, after } = &read.start;
        let rows = self.sorted(query.sort, Some(read.shard)).into_iter();
        let mut rows: Vec<_> = rows
            .filter(|row| query.sort != Sort::Key || row.key.starts_with(&query.prefix))
            .filter(|row| {
                size.is_none_or(|(comparison, size)| match comparison {
                    ">" => row.record.object.size > size,
                    ">=" => row.record.object.size >= size,
                    "<" => row.record.object.size < size,
                    "<=" => row.record.object.size <= size,
                    other => panic!("{other} is no comparison"),
                })
            })
            .collect();
        if let Some(after) = after {
            // `after` need not be a row of this shard: in a listing by key, all shards continue
            // after the same key.
            let key = text(after, KEY);
            let size = after.get("size").and_then(as_number::<u64>);
            rows.retain(|row| {
                let this = (row.record.object.size, &row.key);
                match size {
                    None => row.key > key,
                    Some(size) if query.sort == Sort::SmallestFirst => this > (size, &key),
                    Some(size) => this < (size, &key),
                }
            });
        }
        let length = rows.len().min(read.limit).min(self.most);
        // A response that reaches its limit names its last row, even if no more rows follow.
        let is_cut = length == read.limit || length < rows.len();
        rows.truncate(length);
        let last = rows.last().filter(|_| is_cut).map(|row| position(query.sort, row));
        Page { bytes: rows.len() * 500, rows, last }
    }

    fn list(&self, query: &ListQuery) -> ImagePage {
        let mut listing = Listing::new(query, self.shards);
        while let Some(reads) = listing.reads() {
            assert!(reads.iter().all(|read| read.limit > 0));
            let pages = reads.iter().map(|read| self.respond(query, read)).collect();
            listing.accept(&reads, pages);
        }
        listing.finish()
    }
}

/// The `LastEvaluatedKey` that DynamoDB returns with a page that ends at `row`.
fn position(sort: Sort, row: &Row) -> Attributes {
    let (shard, size) = (row.record.shard.number(), row.record.object.size);
    let position = Position { sort, shard, size, key: row.key.clone() };
    position.start(row.record.shard).after.expect("the row's own shard starts after it")
}

fn sort() -> impl Strategy<Value = Sort> {
    prop_oneof![Just(Sort::Key), Just(Sort::SmallestFirst), Just(Sort::LargestFirst)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_add_up_to_the_sorted_rows_that_match(
        shards in 1..6_u32,
        images in prop::collection::vec((0..6_u64, any::<bool>()), 0..60),
        most in 1..9_usize,
        sort in sort(),
        limit in 1..9_usize,
        png_only in any::<bool>(),
        folder in prop::option::of(0..3_u8),
    ) {
        let index = Index::new(shards, &images, most);
        let mut query = ListQuery {
            sort,
            limit,
            content_type: png_only.then(|| "image/png".to_owned()),
            prefix: folder.map_or("uploads/".to_owned(), |folder| format!("uploads/{folder}/")),
            after: None,
        };
        let mut found = Vec::new();
        loop {
            let page = index.list(&query);
            prop_assert!(page.images.len() <= limit);
            prop_assert!(page.cost.items <= (10 * limit).max(shards as usize) as u64);
            found.extend(page.images.into_iter().map(|(key, _)| key));
            prop_assert!(page.next.is_none() || page.next != query.after, "it leads to itself");
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let expected = index.sorted(sort, None).into_iter();
        let expected = expected.filter(|row| query.matches(&row.key, &row.record));
        prop_assert_eq!(found, expected.map(|row| row.key).collect::<Vec<_>>());
    }
}

/// A page takes further rounds if responses are short or a filter drops rows. Each round doubles
/// the number of rows to read for each image that the page still lacks.
#[test]
fn further_rounds_read_more_rows_for_what_is_missing() {
    let images: Vec<_> = (0..400).map(|number| (number, number % 8 == 0)).collect();
    let (sort, prefix) = (Sort::SmallestFirst, "uploads/".to_owned());
    let query = |content_type| ListQuery {
        sort,
        limit: 20,
        content_type,
        prefix: prefix.clone(),
        after: None,
    };
    let cost = |index: Index, query| {
        let page = index.list(&query);
        (page.images.len(), page.cost.round_trips, page.cost.items)
    };
    let png = Some("image/png".to_owned());
    assert_eq!(cost(Index::new(2, &images, 1000), query(png)), (20, 6, 158));
    assert_eq!(cost(Index::new(2, &images, 7), query(None)), (20, 4, 28));
}

/// The second round divides the missing images only among the shards that may have more rows.
#[test]
fn a_shard_without_further_rows_is_left_out_of_the_estimate() {
    let images: Vec<_> = (0..100).map(|number| (number, true)).collect();
    let mut index = Index::new(2, &images, 1000);
    index.rows.retain(|row| row.record.shard.number() == 0);
    let (sort, prefix) = (Sort::SmallestFirst, "uploads/".to_owned());
    let query = ListQuery { sort, limit: 20, content_type: None, prefix, after: None };
    let page = index.list(&query);
    assert_eq!((page.images.len(), page.cost.round_trips), (20, 3));
    // The first round requests 10 + 2 × 3 + 1 rows of each of the two shards: half of the 20
    // images, two standard deviations and one row more. One shard is empty, so 3 images are
    // missing. The second round estimates 3 + 2 × 1 + 1 rows for them, and requests twice as many.
    assert_eq!(page.cost.items, 17 + 2 * (3 + 2 + 1));
}

#[test]
fn the_size_of_a_key_in_json_is_never_estimated_too_low() {
    for byte in 0..128_u8 {
        let text = format!("a{}é", char::from(byte));
        let exact = serde_json::to_string(&text).unwrap().len() - 2;
        // The estimate for an escaped character is six bytes, but some, such as a line feed, take
        // only two. All other estimates are exact.
        let estimate = super::json_bytes(&text);
        let is_short = exact == text.len() + 1;
        assert_eq!(estimate, if is_short { text.len() + 5 } else { exact }, "{byte}");
    }
}

#[test]
fn a_page_is_complete_after_one_request_of_each_shard() {
    let images: Vec<_> = (0..200).map(|number| (number, true)).collect();
    let index = Index::new(4, &images, 1000);
    for sort in [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst] {
        let (content_type, prefix) = (None, "uploads/".to_owned());
        let query = ListQuery { sort, limit: 20, content_type, prefix, after: None };
        let page = index.list(&query);
        assert_eq!((page.images.len(), page.cost.round_trips), (20, 4));
        // Each of the 4 shards returns 10 rows: a quarter of the page's 20 images, two standard
        // deviations (2 rows each) and one row more.
        assert_eq!(page.cost.items, 4 * (5 + 2 * 2 + 1));
        let expected = index.sorted(sort, None);
        assert_eq!(page.next.unwrap().key, expected[19].key);
    }
}
