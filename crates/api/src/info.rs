//! The document of the overview.

use std::collections::BTreeMap;

use catalog::Overview;
use serde::Serialize;

/// What `GET /images/info` says: nulls and an empty map when there are no images.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    highest_size_image: Option<String>,
    lowest_size_image: Option<String>,
    content_types: BTreeMap<String, u64>,
    total_images: u64,
    total_bytes: u128,
}

impl From<Overview> for Info {
    fn from(overview: Overview) -> Self {
        Self {
            highest_size_image: overview.largest,
            lowest_size_image: overview.smallest,
            content_types: overview.content_types,
            total_images: overview.total_images,
            total_bytes: overview.total_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_catalog_is_nulls_and_an_empty_map() {
        let info = serde_json::to_value(Info::from(Overview::default())).unwrap();
        assert_eq!(
            info,
            json!({
                "highestSizeImage": null, "lowestSizeImage": null, "contentTypes": {},
                "totalImages": 0, "totalBytes": 0,
            })
        );
    }
}
