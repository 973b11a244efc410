//! Document of a listing.

use catalog::ImagePage;
use serde::Serialize;

use crate::{Metadata, cursor};

/// Body of `GET /images`: one page of images.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageList {
    /// The images, in the requested order. A page with a cursor may still be short or empty.
    images: Vec<Metadata>,
    /// Cursor of the next page; null on the last page.
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
