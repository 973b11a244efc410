//! Listings that are read page by page while other steps take place.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Catalog, CatalogError, ListQuery, Position, Sort};

/// The orders of the listings.
pub(super) const SORTS: [Sort; 3] = [Sort::Key, Sort::SmallestFirst, Sort::LargestFirst];

/// The stack's key prefix. Some keys do not begin with it, as if the stack had had another prefix
/// before. The totals include the images of these keys, but listings do not.
const PREFIX: &str = "photos/2026/";

/// A listing that has not ended.
#[derive(Debug)]
pub(super) struct Walk {
    sort: Sort,
    after: Option<Position>,
    /// The keys on the pages that have been read.
    met: Vec<String>,
    /// The keys of the images that have existed, unchanged, since the listing began.
    stayed: BTreeSet<String>,
}

impl Walk {
    /// A listing before its first page, at a time when `images` exist.
    pub(super) fn new(sort: Sort, images: BTreeMap<String, u64>) -> Self {
        let stayed = images.into_keys().filter(|key| key.starts_with(PREFIX)).collect();
        Self { sort, after: None, met: Vec::new(), stayed }
    }

    /// Takes note that the record of a key was written.
    pub(super) fn wrote(&mut self, key: &str) {
        self.stayed.remove(key);
    }

    /// Reads the next page. Returns true if the listing has ended.
    pub(super) async fn next(&mut self, catalog: &Catalog, limit: u8) -> Result<bool, String> {
        let query = ListQuery {
            sort: self.sort,
            limit: limit.into(),
            content_type: None,
            prefix: PREFIX.to_owned(),
            after: self.after.clone(),
        };
        let page = match catalog.list(&query).await {
            Ok(page) => page,
            // `Operation::Edit` may have made an image's record invalid. This ends the listing.
            Err(CatalogError::MalformedItem { .. }) => return Ok(true),
            Err(error) => return Err(error.to_string()),
        };
        if page.images.len() > query.limit {
            return Err(format!("the page has {} images", page.images.len()));
        }
        if page.next.is_some() && page.next == self.after {
            return Err("the page leads to itself".to_owned());
        }
        self.met.extend(page.images.into_iter().map(|(key, _)| key));
        if let Some(outside) = self.met.iter().find(|key| !key.starts_with(PREFIX)) {
            return Err(format!("{outside} is in a listing of {PREFIX}"));
        }
        self.after = page.next;
        if self.after.is_some() {
            return Ok(false);
        }
        for key in &self.stayed {
            let times = self.met.iter().filter(|met| *met == key).count();
            if times != 1 {
                return Err(format!("{key} is {times} times in the listing {:?}", self.sort));
            }
        }
        Ok(true)
    }
}
