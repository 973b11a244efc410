//! What an invocation did.

/// What one invocation did: filled in by the handler, written once by [`run`](crate::run).
///
/// Fields that stay `None` are left out of the line.
#[derive(Debug, Default)]
pub struct Summary {
    /// Key of the object that the invocation was about.
    pub key: Option<String>,
    /// What came of it, in a word: `present`, `measured`, `recorded`, `stale`, `not-found`, …
    pub outcome: Option<&'static str>,
    /// What was observed of the object: `image`, `rejected` or `absent`. It makes the metric
    /// `observations`, by this and by `outcome`.
    pub observed: Option<&'static str>,
    /// Format of the image that was measured. It makes metrics of `gets` and `bytes`, by format.
    pub format: Option<&'static str>,
    /// Why it failed, when the failure became an answer, or why an object was rejected.
    pub reason: Option<String>,
    /// HTTP status of an API answer.
    pub status: Option<u16>,
    /// Ranged GETs made.
    pub gets: Option<u64>,
    /// Bytes of the object that were read.
    pub bytes: Option<u64>,
    /// Requests to the table.
    pub round_trips: Option<u64>,
    /// Items of the table that were read or written.
    pub items: Option<u64>,
}
