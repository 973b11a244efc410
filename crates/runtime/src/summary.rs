//! The summary of an invocation.

/// Summary of one invocation. The handler fills it in, and [`run`](crate::run) logs it as one line.
///
/// The line leaves out a field that stays `None`, except `outcome`. If the invocation fails, the
/// line has the error's message as its `reason`.
#[derive(Debug, Default)]
pub struct Summary {
    /// Key of the object that the invocation handled.
    pub key: Option<String>,
    /// ARN of the execution that the invocation is part of.
    pub execution: Option<String>,
    /// Outcome in one word: `present`, `measured`, `recorded`, `stale`, `not-found`, … The line of
    /// an unexpected failure says `error` instead, and a line without an outcome says `done`.
    pub outcome: Option<&'static str>,
    /// Status that was observed: `image`, `rejected` or `absent`. If set, the observation is
    /// counted in the metric `observations`, by this status and by `outcome`.
    pub observed: Option<&'static str>,
    /// Format of the measured image. If set, `gets` and `bytes` are published as metrics, by
    /// format.
    pub format: Option<&'static str>,
    /// Reason for an error response, for the rejection of an object, for the refusal of events by
    /// the bus, or for a repair that is needed.
    pub reason: Option<String>,
    /// HTTP status of an API response.
    pub status: Option<u16>,
    /// Number of ranged GETs.
    pub gets: Option<u64>,
    /// Number of bytes read from the object.
    pub bytes: Option<u64>,
    /// Number of requests to the table.
    pub round_trips: Option<u64>,
    /// Number of items read from or written to the table.
    pub items: Option<u64>,
    /// Number of records in the batch from the table's stream.
    pub records: Option<u64>,
    /// Number of events put on the bus.
    pub published: Option<u64>,
    /// True if a record needs repair although the invocation succeeded. `reason` then names the
    /// record, and the level of the line is ERROR.
    pub needs_repair: bool,
}
