//! The contract between functions and state machines: the JSON that passes between states, and the
//! names of errors.
//!
//! An S3 event is only a hint: it says *which* object changed ([`ObjectEvent`]) and *in what order*
//! ([`Sequencer`]). Everything else about the object comes from S3: `head-object` describes the
//! object as a [`Head`], and `read-dimensions` finds the [`ImageFacts`] in the image's header.
//! `put-metadata` records the result, an [`Observation`]. All these types pass through the state
//! machine as JSON, so the Step Functions console shows their fields by name, in camel case.
//!
//! A stack measures the objects whose keys are under its [`KeyPrefix`]. A reconciliation walks over
//! all keys, one [`WalkPage`] at a time.
//!
//! A function fails with a [`NamedError`]. `Retry` and `Catch` match the error's name, and log
//! queries count errors by name, so the name must stay the same when the code changes. [`classify`]
//! classifies failures of AWS calls, and [`RetryTransient`] lets the SDK retry the transient ones.

mod aws_failure;
mod error;
mod event;
mod failure_class;
mod image_facts;
mod key_prefix;
mod listed_object;
mod observation;
mod retry;
mod sequencer;
mod walk;

pub use aws_failure::{classify, describe};
pub use error::NamedError;
pub use event::{EventError, ObjectEvent};
pub use failure_class::{
    CANCELLATION_REASONS, COMMON, DYNAMODB, EVENTBRIDGE, FailureClass, FailureCode, S3, Service,
    class_of,
};
pub use image_facts::{ImageFacts, Location, MEASURING};
pub use key_prefix::{KeyPrefix, KeyPrefixError, MAX_KEY_BYTES};
pub use listed_object::ListedObject;
pub use observation::{Head, MAX_CONTENT_TYPE_BYTES, Observation, Rejection, StoredObject};
pub use retry::{RetryTransient, backoff};
pub use sequencer::{Sequencer, SequencerError};
pub use walk::{PageKeys, WalkPage, WalkRequest};
