//! Result events: what the stack tells others when the committed result of a key changes.
//!
//! The table streams each committed change of an item, with the item before and after the change.
//! [`publish`] turns a record of that stream into an event, or into nothing. It is a pure function:
//! the event depends on nothing but the record and the bucket's name, so a record that is delivered
//! twice makes the same event twice.
//!
//! | item before → after | event |
//! |---|---|
//! | none, absent or invalid → image | [`ImageRecorded`] |
//! | rejected → image | [`ImageRecorded`], with the rejection that it replaces |
//! | image → image with another document | [`ImageChanged`], with the image that it replaces |
//! | any → rejected, unless the same rejection | [`ImageRejected`], with what it replaces |
//! | image, rejected or invalid → absent or none | [`ImageRemoved`], with what was removed |
//! | none or absent → absent, absent → none, the same document, any → invalid, totals | none |
//!
//! *None* means that there is no item, *absent* is a tombstone, and *invalid* is an item that is
//! not a valid record, because something other than pixgauge has written it. Subscribers do not
//! learn of an invalid item, so they keep the last result. When the item is repaired, they get an
//! event as for a new result.
//!
//! `stream_record.rs` reads a record, `transition.rs` implements the table above, and `detail.rs`
//! defines the JSON of each event. A test derives `events/schemas` and the samples in `events` from
//! these types.

mod detail;
#[cfg(test)]
mod documents;
mod order;
mod rejected;
#[cfg(test)]
mod samples;
mod state;
mod stream_record;
mod transition;

pub use detail::{
    Common, Detail, Figures, ImageChanged, ImageRecorded, ImageRejected, ImageRemoved, Replaced,
    ResultEvent, SOURCE, VERSION,
};
pub use order::{Order, OrderError};
pub use rejected::Rejected;
pub use stream_record::{Published, RecordError, publish};
