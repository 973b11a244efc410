//! The JSON of the events.

use api::Metadata;
use catalog::ImageRecord;
use serde::Serialize;

use crate::{Order, Rejected};

/// The `source` of every event. Subscribers' EventBridge rules select pixgauge's events by it.
pub const SOURCE: &str = "pixgauge";

/// Version of the events' JSON. It changes if a member is removed or changes its meaning, but not
/// if members are added (docs/EVENTS.md).
pub const VERSION: &str = "1";

/// Tells subscribers about one committed change to a key's result.
#[derive(Debug, PartialEq, Eq)]
pub struct ResultEvent {
    /// Time of the change in seconds since 1970; `None` if the stream's record has no time.
    pub time: Option<i64>,
    /// Kind and content of the event.
    pub detail: Detail,
}

/// The member `detail` of an event. The kind of the event determines the members of the detail.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Detail {
    /// A key that had no image now has one.
    ImageRecorded(Box<ImageRecorded>),
    /// The image of a key was replaced by another image, or the facts recorded about the image
    /// changed.
    ImageChanged(Box<ImageChanged>),
    /// The object of a key was rejected.
    ImageRejected(Box<ImageRejected>),
    /// A key now has neither an image nor a rejected object.
    ImageRemoved(Box<ImageRemoved>),
}

/// Members that every event has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Common {
    /// Version of the event's JSON: `1`.
    pub(crate) version: &'static str,
    /// Identifier of the change, from the table's stream. If an event is delivered again, it has
    /// the same `eventId`.
    pub(crate) event_id: String,
    /// 40 digits that order the events of a key. Of two events with the same key, the one with the
    /// greater `order`, compared as a string, is the later.
    #[cfg_attr(test, schema(value_type = String, pattern = "^[0-9]{40}$"))]
    pub(crate) order: Order,
    /// Name of the bucket.
    pub(crate) bucket: String,
    /// Full key of the object, with the stack's key prefix, not URL-encoded.
    pub(crate) key: String,
    /// Sequencer of the newest S3 event recorded for the key, padded with zeros on the right to 32
    /// digits. Absent if no sequencer has been recorded, or if something other than pixgauge
    /// removed the key's record.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9A-F]{32,128}$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sequencer: Option<String>,
}

/// A key that had no image now has one.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageRecorded {
    /// Members that every event has.
    #[serde(flatten)]
    pub(crate) common: Common,
    /// The image, as `GET /images/metadata/{s3objectkey}` describes it, without `execution`.
    #[cfg_attr(test, schema(value_type = Object))]
    pub(crate) image: Metadata,
    /// Size and dimensions as numbers, which EventBridge rules can compare.
    pub(crate) figures: Figures,
    /// The rejection that the image replaces; absent if there was none.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced: Option<Replaced>,
}

/// The image of a key was replaced by another image, or the facts recorded about the image changed.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageChanged {
    /// Members that every event has.
    #[serde(flatten)]
    pub(crate) common: Common,
    /// The image, as `GET /images/metadata/{s3objectkey}` describes it, without `execution`.
    #[cfg_attr(test, schema(value_type = Object))]
    pub(crate) image: Metadata,
    /// Size and dimensions as numbers, which EventBridge rules can compare.
    pub(crate) figures: Figures,
    /// The image before the change.
    pub(crate) replaced: Replaced,
}

/// The object of a key was rejected.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageRejected {
    /// Members that every event has.
    #[serde(flatten)]
    pub(crate) common: Common,
    /// The rejection.
    pub(crate) rejection: Rejected,
    /// The image or the earlier rejection that this rejection replaces; absent if there was
    /// neither.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced: Option<Replaced>,
}

/// A key now has neither an image nor a rejected object.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ImageRemoved {
    /// Members that every event has.
    #[serde(flatten)]
    pub(crate) common: Common,
    /// The key's image or rejection before the removal; absent if pixgauge could not read the
    /// removed record.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced: Option<Replaced>,
}

/// The result that a change replaced: either an image or a rejection.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Replaced {
    /// The image, as the API described it before the change, without `execution`.
    #[cfg_attr(test, schema(value_type = Option<Object>, nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<Metadata>,
    /// The rejection.
    #[cfg_attr(test, schema(nullable = false))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rejection: Option<Rejected>,
}

/// Numbers of an image, for the rules of subscribers. The image's document has size, width and
/// height only as strings, to which the `numeric` comparison of a rule does not apply.
///
/// EventBridge compares only numbers between -5.0e9 and 5.0e9
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Figures {
    /// Size of the file, in bytes.
    size: u64,
    /// Width in pixels as a decoder outputs it, before applying the EXIF orientation.
    width: u64,
    /// Height in pixels as a decoder outputs it, before applying the EXIF orientation.
    height: u64,
    /// Width times height.
    pixels: u64,
}

impl Figures {
    /// The numbers of a recorded image.
    #[must_use]
    pub fn of(ImageRecord { object, image, .. }: &ImageRecord) -> Self {
        let (width, height) = (image.width, image.height);
        Self { size: object.size, width, height, pixels: width.saturating_mul(height) }
    }
}

impl ResultEvent {
    /// Kind of the event, its `detail-type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.detail {
            Detail::ImageRecorded(_) => "ImageRecorded",
            Detail::ImageChanged(_) => "ImageChanged",
            Detail::ImageRejected(_) => "ImageRejected",
            Detail::ImageRemoved(_) => "ImageRemoved",
        }
    }

    /// The detail as JSON.
    ///
    /// # Errors
    /// Never: `serde_json` would fail only for a map whose keys are not strings, and a detail has
    /// no such map.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.detail)
    }
}
