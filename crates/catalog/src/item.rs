//! The record of a key, as an item of the table, and functions that read the attributes of any
//! item.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{ImageFacts, Rejection, Sequencer, StoredObject};
use serde::{Deserialize, Serialize};

use crate::totals::is_content_type;
use crate::{CatalogError, Shard};

/// An item: values by attribute name, in the SDK's types.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// The record of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Key of the object.
    #[serde(rename = "s3objectkey")]
    pub key: String,
    /// Random, and new with every write: a writer that has read the record can write on the
    /// condition that the revision is still the same.
    pub revision: String,
    /// Sequencer of the newest recorded event; `None` if no event has been recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<Sequencer>,
    /// The execution that wrote the record; `None` if no execution wrote the record, or if the
    /// record is older than this field.
    #[serde(flatten)]
    pub written: Option<Written>,
    /// The state that was observed.
    #[serde(flatten)]
    pub state: RecordState,
}

/// The write of a record by an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// ARN of the execution.
    pub execution: String,
    /// Time of the write, in seconds since 1970.
    pub recorded_at: u64,
}

/// The observed state of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", rename_all_fields = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "images are the usual case")]
pub enum RecordState {
    /// An image.
    Image(ImageRecord),
    /// An object that is not a supported image, is corrupt, or cannot be read.
    Rejected {
        /// The object; `None` if S3 did not describe it.
        #[serde(flatten)]
        object: Option<StoredObject>,
        /// The reason for the rejection.
        #[serde(flatten)]
        rejection: Rejection,
        /// Version of the measuring code ([`contract::MEASURING`]); `None` if the record is older
        /// than the version numbers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measuring: Option<u32>,
    },
    /// No object: a tombstone, kept so that a late event cannot bring the object back.
    Absent {
        /// Time after which DynamoDB may delete the item, in seconds since 1970.
        expires_at: u64,
    },
}

/// An image in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// The object that contains the image.
    #[serde(flatten)]
    pub object: StoredObject,
    /// Facts from the image's header.
    #[serde(flatten)]
    pub image: ImageFacts,
    /// The shard whose totals include the image.
    pub shard: Shard,
}

/// Name of the index of images by shard and size. Its key attributes are `shard` and `size`.
pub(crate) const BY_SIZE: &str = "by-size";

/// Name of the index of images by shard and S3 key. Its key attributes are `shard` and
/// `s3objectkey`.
pub(crate) const BY_KEY: &str = "by-key";

/// Name of the table's partition key, the attribute that contains an item's key.
pub const KEY: &str = "s3objectkey";

/// True if a key is reserved for the table's own items, such as the totals `#totals/0`. No record
/// has such a key.
#[must_use]
pub fn is_internal(key: &str) -> bool {
    key.starts_with('#')
}

/// Name of the attribute that contains [`Record::revision`].
pub(crate) const REVISION: &str = "revision";

impl Record {
    pub(crate) fn from_attributes(attributes: Attributes) -> Result<Self, CatalogError> {
        let key = text(&attributes, KEY);
        let record: Self = serde_dynamo::from_item(attributes)
            .map_err(|error| malformed(key.clone(), error.to_string()))?;
        match &record.state {
            RecordState::Image(image) if !is_content_type(&image.image.content_type) => {
                Err(malformed(key, "contentType is not a content type".to_owned()))
            }
            _ => Ok(record),
        }
    }

    pub(crate) fn to_attributes(&self) -> Result<Attributes, CatalogError> {
        serde_dynamo::to_item(self).map_err(|error| malformed(self.key.clone(), error.to_string()))
    }

    /// The reason why the object could not be read; `None` if the record is not the rejection of an
    /// unreadable object. An unreadable object may become readable without an event, for example if
    /// its KMS key is enabled.
    #[must_use]
    pub fn unreadable_reason(&self) -> Option<&str> {
        match &self.state {
            RecordState::Rejected { rejection, .. } => {
                rejection.is_unreadable().then_some(rejection.message.as_str())
            }
            RecordState::Image(_) | RecordState::Absent { .. } => None,
        }
    }

    /// Reads a record from an item of the table's stream: the record before or after a change.
    ///
    /// # Errors
    /// [`CatalogError::MalformedItem`] if the item is not a valid record.
    pub fn from_stream_item(item: serde_dynamo::Item) -> Result<Self, CatalogError> {
        Self::from_attributes(item.into())
    }

    /// Key and image of a record that was read from an index, which contains only images.
    pub(crate) fn into_image(self) -> Result<(String, ImageRecord), CatalogError> {
        match self.state {
            RecordState::Image(image) => Ok((self.key, image)),
            RecordState::Rejected { .. } | RecordState::Absent { .. } => {
                Err(malformed(self.key, "it has a shard but is not an image".to_owned()))
            }
        }
    }
}

/// The size in bytes for which DynamoDB bills an item: names and values of its attributes
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
/// Counts a set or a list as one byte, because records have none.
pub(crate) fn stored_bytes(item: &Attributes) -> usize {
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.trim_start_matches('-').len().div_ceil(2) + 2,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        // Besides its names and values, a map takes 3 bytes, and one more for each member.
        AttributeValue::M(map) => 3 + map.len() + stored_bytes(map),
        _ => 1,
    }
}

/// Reads a string attribute; empty if it is missing or not a string.
pub(crate) fn text(attributes: &Attributes, name: &str) -> String {
    attributes.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

/// Reads a number attribute.
///
/// # Errors
/// [`CatalogError::MalformedItem`] if it is missing, not a number, or out of range.
pub(crate) fn number<N: FromStr>(attributes: &Attributes, name: &str) -> Result<N, CatalogError> {
    let number = attributes.get(name).and_then(as_number);
    number.ok_or_else(|| malformed(text(attributes, KEY), format!("{name} is not a number")))
}

/// Parses the value of a number attribute; `None` if it is not a number or is out of range.
pub(crate) fn as_number<N: FromStr>(value: &AttributeValue) -> Option<N> {
    value.as_n().ok()?.parse().ok()
}

fn malformed(key: String, message: String) -> CatalogError {
    CatalogError::MalformedItem { key, message }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// A record without a sequencer and without the execution that wrote it.
    pub(crate) fn record(state: RecordState) -> Record {
        Record {
            key: "uploads/a".into(),
            revision: "r".into(),
            sequencer: None,
            written: None,
            state,
        }
    }

    pub(crate) fn rejection() -> Rejection {
        Rejection { reason: "CorruptImage".into(), message: "the header is cut short".into() }
    }
}

#[cfg(test)]
mod tests {
    use test_table::observed;

    use super::*;
    use crate::Shard;

    fn record(state: RecordState) -> Record {
        // EventBridge gives executions names of this length.
        let name = "0f4ac1d1-3a83-48b1-b3b8-5a3b3b0f2c11_7c8e2a51-9f3b-4d5c-8a6e-1b2c3d4e5f60";
        let machine =
            "arn:aws:states:us-east-1:123456789012:execution:pixgauge-production-analyze-image";
        Record {
            key: "uploads/é b.jpg".into(),
            revision: "r1".into(),
            sequencer: Some(Sequencer::parse("0062").unwrap()),
            written: Some(Written {
                execution: format!("{machine}:{name}"),
                recorded_at: 1_714_564_800,
            }),
            state,
        }
    }

    /// An image with every fact. Profile, camera and lens have names of the maximum length that the
    /// probe allows, 64 bytes.
    fn image() -> ImageRecord {
        let long = || Some("x".repeat(64));
        let image = ImageFacts {
            orientation: Some(6),
            icc_profile: long(),
            animated: Some(false),
            frames: Some(1),
            pages: Some(1),
            camera_make: long(),
            camera_model: long(),
            lens_model: long(),
            location: Some(contract::Location {
                latitude: "48.858222".into(),
                longitude: "2.2945".into(),
                altitude: Some("35.25".into()),
            }),
            content_credentials: true,
            ..observed::facts("image/jpeg")
        };
        ImageRecord { object: observed::object(828_201), image, shard: Shard::numbered(7) }
    }

    fn rejected() -> RecordState {
        RecordState::Rejected {
            object: Some(observed::object(3)),
            rejection: samples::rejection(),
            measuring: Some(contract::MEASURING),
        }
    }

    fn unreadable(object: Option<StoredObject>) -> RecordState {
        let rejection = Rejection::unreadable("it is archived");
        RecordState::Rejected { object, rejection, measuring: None }
    }

    #[test]
    fn a_record_survives_the_table() {
        let states = [
            RecordState::Image(image()),
            rejected(),
            unreadable(Some(observed::object(3))),
            unreadable(None),
            RecordState::Absent { expires_at: 1_800_000_000 },
        ];
        for state in states {
            for written in [None, record(state.clone()).written] {
                let record = Record { written, ..record(state.clone()) };
                let attributes = record.to_attributes().unwrap();
                assert_eq!(Record::from_attributes(attributes).unwrap(), record);
            }
        }
    }

    #[test]
    fn a_record_without_the_newer_facts_is_read() {
        let mut attributes = record(RecordState::Image(image())).to_attributes().unwrap();
        let old = ["etag", "format", "contentType", "width", "height", "displayWidth"];
        let old =
            [&old[..], &["displayHeight", "shard", "size", "status", "revision", KEY]].concat();
        attributes.retain(|name, _| old.contains(&name.as_str()));
        let RecordState::Image(image) = Record::from_attributes(attributes).unwrap().state else {
            panic!("it is an image")
        };
        assert_eq!((image.image.measuring, image.image.taken_at), (None, None));
        assert!(!image.image.content_credentials);
    }

    /// Size in bytes of a record of this image in the table. The record's key has `key` bytes.
    fn bytes(image: ImageRecord, key: usize) -> usize {
        let record = record(RecordState::Image(image));
        let record = Record { key: "k".repeat(key), revision: "r".repeat(32), ..record };
        stored_bytes(&record.to_attributes().unwrap())
    }

    /// Outside a transaction, a write of up to 1 KB takes one unit in the table, and one in each
    /// index. The ICC profile, the camera and the lens have names of the length that is usual for a
    /// photo from a phone. The image has no location, as in a stack with default settings.
    #[test]
    fn an_ordinary_image_takes_one_write_unit() {
        let ImageRecord { mut object, mut image, shard } = image();
        object.version_id = Some("v".repeat(32));
        image.icc_profile = Some("Display P3".into());
        image.camera_make = Some("NIKON CORPORATION".into());
        image.camera_model = Some("iPhone 15 Pro Max".into());
        image.lens_model = Some("iPhone 15 Pro Max back triple camera 6.765mm f/1.78".into());
        image.location = None;
        let bytes = bytes(ImageRecord { object, image, shard }, 100);
        assert!(bytes <= 1024, "{bytes} bytes take two write units");
    }

    /// Listings rely on this limit (`listing/budget.rs`).
    #[test]
    fn the_largest_item_of_an_image_takes_half_a_read_unit() {
        let ImageRecord { mut object, image, shard } = image();
        // A version ID has at most 1,024 bytes
        // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html).
        object.version_id = Some("v".repeat(1024));
        object.claimed_content_type = Some("x".repeat(contract::MAX_CONTENT_TYPE_BYTES));
        let bytes = bytes(ImageRecord { object, image, shard }, 1024);
        assert!(bytes <= 4096, "{bytes}");
    }

    /// An attribute's name takes its length in UTF-8, and so does a string. A number takes one byte
    /// for every two digits, plus two bytes. The page linked at [`stored_bytes`] has the rules.
    #[test]
    fn the_stored_size_follows_the_rule() {
        let text = AttributeValue::S("é".into());
        let map = AttributeValue::M(Attributes::from([("k".into(), text.clone())]));
        let sizes = [
            (text, 2),
            (AttributeValue::N("7".into()), 3),
            (AttributeValue::N("-12345".into()), 5),
            (AttributeValue::B(vec![1, 2, 3, 4].into()), 4),
            (AttributeValue::Bool(true), 1),
            // 3 bytes for the map, 1 for its one member, 1 for the member's name, 2 for the value.
            (map, 3 + 1 + 1 + 2),
        ];
        for (value, size) in sizes {
            let item = Attributes::from([("name".into(), value.clone()), ("b".into(), value)]);
            assert_eq!(stored_bytes(&item), 5 + 2 * size, "{item:?}");
        }
    }

    #[test]
    fn the_error_of_an_item_that_is_not_a_record_names_it_and_says_why() {
        let mut spoiled = record(RecordState::Image(image())).to_attributes().unwrap();
        spoiled.insert("contentType".into(), AttributeValue::S("changes".into()));
        let foreign = Attributes::from([(KEY.into(), AttributeValue::S("uploads/x".into()))]);
        for (item, key, reason) in [
            (spoiled, "uploads/é b.jpg", "contentType is not a content type"),
            (foreign, "uploads/x", "missing field"),
        ] {
            let error = Record::from_attributes(item).unwrap_err().to_string();
            assert!(error.contains(key) && error.contains(reason), "{error}");
        }
    }

    #[test]
    fn only_the_rejection_of_an_object_that_cannot_be_read_has_the_reason_for_that() {
        assert_eq!(record(unreadable(None)).unreadable_reason(), Some("it is archived"));
        for state in
            [RecordState::Image(image()), rejected(), RecordState::Absent { expires_at: 1 }]
        {
            assert_eq!(record(state).unreadable_reason(), None);
        }
    }
}
