//! Input: a batch of objects, as a Distributed Map lists them.

use catalog::ListedObject;
use serde::Deserialize;

/// A batch of a listing: items of `s3:listObjectsV2`, grouped by `ItemBatcher`
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html>).
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Items")]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    key: String,
    size: u64,
    /// Entity tag in quotes. Step Functions names it `Etag`, the S3 API `ETag`.
    #[serde(alias = "ETag")]
    etag: String,
    /// Seconds since 1970.
    #[serde(default)]
    last_modified: Option<f64>,
}

impl Batch {
    /// The objects, as the catalog compares them.
    pub(crate) fn into_objects(self) -> Vec<ListedObject> {
        self.items.into_iter().map(ListedObject::from).collect()
    }
}

impl From<Item> for ListedObject {
    fn from(item: Item) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "only whole seconds are compared")]
        let last_modified = item.last_modified.map(|seconds| seconds as i64);
        let etag = item.etag.trim_matches('"').to_owned();
        Self { key: item.key, size: item.size, etag, last_modified }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_a_listing_is_read() {
        let text = r#"{"Items": [{"Etag": "\"d8e8\"", "Key": "uploads/a b", "Size": 898,
            "LastModified": 1668699881, "StorageClass": "STANDARD"}]}"#;
        let batch: Batch = serde_json::from_str(text).unwrap();
        let expected = ListedObject {
            key: "uploads/a b".into(),
            size: 898,
            etag: "d8e8".into(),
            last_modified: Some(1_668_699_881),
        };
        assert_eq!(batch.into_objects(), [expected]);
    }
}
