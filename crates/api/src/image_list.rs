//! The document of a listing.

use catalog::ImagePage;
use serde::Serialize;

use crate::{Metadata, cursor};

/// What `GET /images` says: one page of images.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageList {
    /// The images, in order. A page may come back short, even empty, with a cursor.
    images: Vec<Metadata>,
    /// Leads to the next page; null on the last one.
    #[cfg_attr(test, schema(required))]
    cursor: Option<String>,
}

impl From<ImagePage> for ImageList {
    fn from(page: ImagePage) -> Self {
        let images = page.images.into_iter();
        Self {
            images: images.map(|(key, image)| Metadata::new(key, image)).collect(),
            cursor: page.next.as_ref().map(cursor::encode),
        }
    }
}
