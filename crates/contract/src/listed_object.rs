//! Objects in a listing of the bucket.

/// An object, as described by a listing of the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Key.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    /// Entity tag, without quotes.
    pub etag: String,
    /// Time of writing, in seconds since 1970; `None` if the listing does not contain it.
    pub last_modified: Option<i64>,
}
