//! The selection of images that a listing returns.

use super::position::{Position, Sort};
use crate::ImageRecord;

/// The filter, order, start and maximum length of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Order of the images.
    pub sort: Sort,
    /// Maximum number of images on the page; at least 1.
    pub limit: usize,
    /// Only images of this content type.
    pub content_type: Option<String>,
    /// Only images whose key starts with this text. To select all images, set it to the stack's key
    /// prefix.
    pub prefix: String,
    /// Only images after this position.
    pub after: Option<Position>,
}

impl ListQuery {
    pub(super) fn matches(&self, key: &str, record: &ImageRecord) -> bool {
        let wanted = self.content_type.as_ref();
        key.starts_with(&self.prefix)
            && wanted.is_none_or(|wanted| *wanted == record.image.content_type)
    }
}
