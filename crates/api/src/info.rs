//! The JSON document of the overview, `GET /images/info`.

use std::collections::BTreeMap;

use catalog::Overview;
use serde::Serialize;

/// Body of `GET /images/info`. Without images, the keys are null and `contentTypes` is empty.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Info {
    /// Key of the largest image.
    #[cfg_attr(test, schema(required))]
    highest_size_image: Option<String>,
    /// Key of the smallest image.
    #[cfg_attr(test, schema(required))]
    lowest_size_image: Option<String>,
    /// Number of images per content type.
    content_types: BTreeMap<String, u64>,
    /// Number of images.
    total_images: u64,
    /// Total size of all images, in bytes.
    #[cfg_attr(test, schema(value_type = u64))]
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
    use super::*;

    /// The documents are compared as text, because the API contract fixes the order of the
    /// members.
    #[test]
    fn an_overview_has_the_figures_of_the_catalog() {
        let overview = Overview {
            largest: Some("uploads/duck.gif".into()),
            smallest: Some("uploads/spider.jpg".into()),
            content_types: BTreeMap::from([("image/gif".into(), 1), ("image/jpeg".into(), 4)]),
            total_images: 5,
            total_bytes: u128::from(u64::MAX) + 1,
        };
        for (overview, expected) in [
            (
                overview,
                "{\"highestSizeImage\":\"uploads/duck.gif\",\
                 \"lowestSizeImage\":\"uploads/spider.jpg\",\
                 \"contentTypes\":{\"image/gif\":1,\"image/jpeg\":4},\"totalImages\":5,\
                 \"totalBytes\":18446744073709551616}",
            ),
            (
                Overview::default(),
                "{\"highestSizeImage\":null,\"lowestSizeImage\":null,\"contentTypes\":{},\
                 \"totalImages\":0,\"totalBytes\":0}",
            ),
        ] {
            assert_eq!(serde_json::to_string(&Info::from(overview)).unwrap(), expected);
        }
    }
}
