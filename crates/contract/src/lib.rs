//! What functions and state machines agree on: the JSON that states hand to each other, and the
//! names of errors.
//!
//! An S3 event is only a hint: it says *which* object ([`ObjectEvent`]) and *in what order*
//! ([`Sequencer`]). The functions ask S3 for the rest: [`Head`] is what `head-object` saw,
//! [`ImageFacts`] what `read-dimensions` found in the header, and [`Observation`] what
//! `put-metadata` records. They travel through the state machine as JSON, so the Step Functions
//! console shows the same names.
//!
//! A function fails with a [`NamedError`]. `Retry` and `Catch` match its name, the query API turns
//! it into a status, and log queries count it, so a name stays the same when code moves.

mod aws_failure;
mod error;
mod event;
mod observation;
mod sequencer;

pub use aws_failure::{describe, is_transient};
pub use error::NamedError;
pub use event::{EventError, ObjectEvent, UPLOADS_PREFIX};
pub use observation::{Head, ImageFacts, Observation, Rejection, StoredObject};
pub use sequencer::{Sequencer, SequencerError};
