//! The summary of an invocation.

/// Summary of one invocation, filled in by the handler and logged by [`run`](crate::run).
///
/// Fields that stay `None` are left out of the line.
#[derive(Debug, Default)]
pub struct Summary {
    /// Key of the object that the invocation handled.
    pub key: Option<String>,
    /// ARN of the execution that the invocation is part of.
    pub execution: Option<String>,
    /// Outcome in one word: `present`, `measured`, `recorded`, `stale`, `not-found`, …
    pub outcome: Option<&'static str>,
    /// Status of the observed object: `image`, `rejected` or `absent`. If set, the observation is
    /// counted in the metric `observations`, by this status and by `outcome`.
    pub observed: Option<&'static str>,
    /// Format of the measured image. If set, `gets` and `bytes` are metrics, by format.
    pub format: Option<&'static str>,
    /// Reason for an error response, or for the rejection of an object.
    pub reason: Option<String>,
    /// HTTP status of an API response.
    pub status: Option<u16>,
    /// Ranged GETs made.
    pub gets: Option<u64>,
    /// Bytes read from the object.
    pub bytes: Option<u64>,
    /// Requests to the table.
    pub round_trips: Option<u64>,
    /// Items read from or written to the table.
    pub items: Option<u64>,
    /// Records of the table's stream in the batch.
    pub records: Option<u64>,
    /// Events put on the bus.
    pub published: Option<u64>,
    /// True if something needs repair although the invocation succeeded. `reason` names what needs
    /// repair, and the level of the line is ERROR.
    pub needs_repair: bool,
}
