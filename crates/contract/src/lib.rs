//! The contract between functions and state machines: the JSON passed between states, and the names
//! of errors.
//!
//! An S3 event is only a hint: it says *which* object changed ([`ObjectEvent`]) and *in what order*
//! ([`Sequencer`]). The functions read the rest from S3: `head-object` returns a [`Head`],
//! `read-dimensions` finds the [`ImageFacts`] in the header, and `put-metadata` records an
//! [`Observation`]. All of them pass through the state machine as JSON, so the Step Functions
//! console shows the same names as the code.
//!
//! A function fails with a [`NamedError`]. `Retry` and `Catch` match its name and log queries count
//! it, so a name stays the same when code moves. [`is_transient`] classifies failures of AWS calls.

mod aws_failure;
mod error;
mod event;
mod image_facts;
mod observation;
mod sequencer;

pub use aws_failure::{describe, is_transient};
pub use error::NamedError;
pub use event::{EventError, ObjectEvent, UPLOADS_PREFIX};
pub use image_facts::{ImageFacts, Location, MEASURING};
pub use observation::{Head, MAX_CONTENT_TYPE_BYTES, Observation, Rejection, StoredObject};
pub use sequencer::{Sequencer, SequencerError};
