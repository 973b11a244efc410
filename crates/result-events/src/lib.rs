//! Result events: what the stack tells subscribers when the committed result of a key changes.
//!
//! The table's stream has a record of each committed change of an item, with the item before and
//! after the change. [`publish`] turns such a stream record into an event, or into nothing. It is a
//! pure function: the event depends on nothing but the stream record and the bucket's name, so a
//! stream record that is delivered twice makes the same event twice.
//!
//! | item before → after | event |
//! |---|---|
//! | none, absent or invalid → image | [`ImageRecorded`] |
//! | rejected → image | [`ImageRecorded`], with the rejection that it replaces |
//! | image → image with another document | [`ImageChanged`], with the image that it replaces |
//! | any → rejected, unless the same rejection | [`ImageRejected`], with what it replaces |
//! | image or rejected → absent or none | [`ImageRemoved`], with what was removed |
//! | invalid → absent or none | [`ImageRemoved`] |
//! | image or rejected → the same | no event |
//! | none or absent → none or absent | no event |
//! | any → invalid | no event |
//! | any change of the table's own items, such as totals | no event |
//!
//! *None* means that the table has no item for the key, *absent* is a tombstone, and *invalid* is
//! an item that is not a valid record of the catalog, because something other than pixgauge has
//! written it. Subscribers do not learn that an item became invalid, so they keep the last result.
//! When the item is repaired, they get the event of a new result or of a removal, even if the
//! repair restores the last result.
//!
//! `stream_record.rs` reads a stream record, `transition.rs` chooses the event, and `detail.rs`
//! defines the JSON of each event. Tests derive `events/schemas` from the types of
//! `detail.rs`, and make the samples `events/result-*.json` with [`publish`].

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
