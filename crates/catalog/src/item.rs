//! Items of the table: the record of a key, and how attributes are read.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{ImageFacts, Rejection, Sequencer, StoredObject};
use serde::{Deserialize, Serialize};

use crate::{CatalogError, Shard};

/// An item, in the SDK's types.
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
    /// The state that was observed.
    #[serde(flatten)]
    pub state: RecordState,
}

/// The observed state of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", rename_all_fields = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "images are the usual case")]
pub enum RecordState {
    /// An image.
    Image(ImageRecord),
    /// An object that is not an image.
    Rejected {
        /// The object.
        #[serde(flatten)]
        object: StoredObject,
        /// The reason for the rejection.
        #[serde(flatten)]
        rejection: Rejection,
        /// Version of the measuring ([`contract::MEASURING`]); `None` before there were versions.
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

/// Name of the index over images with the keys `shard` and `size`.
pub(crate) const BY_SIZE: &str = "by-size";

/// Name of the index over images with the keys `shard` and `s3objectkey`.
pub(crate) const BY_KEY: &str = "by-key";

/// Name of the attribute that holds the key.
pub(crate) const KEY: &str = "s3objectkey";

/// Name of the attribute that holds [`Record::revision`].
pub(crate) const REVISION: &str = "revision";

impl Record {
    pub(crate) fn from_attributes(attributes: Attributes) -> Result<Self, CatalogError> {
        let key = text(&attributes, KEY);
        serde_dynamo::from_item(attributes).map_err(|error| malformed(key, error.to_string()))
    }

    pub(crate) fn to_attributes(&self) -> Result<Attributes, CatalogError> {
        serde_dynamo::to_item(self).map_err(|error| malformed(self.key.clone(), error.to_string()))
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
/// Records have no sets, lists and maps.
pub(crate) fn stored_bytes(item: &Attributes) -> usize {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => 1,
    };
    item.iter().map(|(name, it)| name.len() + value(it)).sum()
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

/// Parses the value of a number attribute; `None` if it is not a number or out of range.
pub(crate) fn as_number<N: FromStr>(value: &AttributeValue) -> Option<N> {
    value.as_n().ok()?.parse().ok()
}

fn malformed(key: String, message: String) -> CatalogError {
    CatalogError::MalformedItem { key, message }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    pub(crate) fn object(size: u64) -> StoredObject {
        StoredObject {
            size,
            etag: "9e107d9d372bb6826bd81d3542a419d6".into(),
            version_id: None,
            claimed_content_type: Some("application/octet-stream".into()),
            last_modified: Some("2024-05-01T12:00:00Z".into()),
        }
    }

    pub(crate) fn image(content_type: &str) -> ImageFacts {
        ImageFacts {
            format: content_type.rsplit('/').next().unwrap().into(),
            content_type: content_type.into(),
            width: 1680,
            height: 1050,
            orientation: Some(6),
            display_width: 1050,
            display_height: 1680,
            bits_per_channel: Some(8),
            channels: Some(3),
            has_alpha: Some(false),
            color_space: Some("RGB".into()),
            icc_profile: Some("Display P3".into()),
            progressive: Some(true),
            animated: Some(false),
            frames: Some(1),
            pages: Some(1),
            density_x: Some(300),
            density_y: Some(300),
            taken_at: Some("2024-05-01T12:00:00+02:00".into()),
            camera_make: Some("Canon".into()),
            camera_model: Some("Canon EOS R5".into()),
            lens_model: Some("EF50mm f/1.8 STM".into()),
            location: Some(contract::Location {
                latitude: "48.858222".into(),
                longitude: "2.2945".into(),
                altitude: Some("35.25".into()),
            }),
            content_credentials: true,
            measuring: Some(contract::MEASURING),
        }
    }

    pub(crate) fn rejection() -> Rejection {
        Rejection { reason: "CorruptImage".into(), message: "the header is cut short".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shards;

    fn record(state: RecordState) -> Record {
        Record {
            key: "uploads/é b.jpg".into(),
            revision: "r1".into(),
            sequencer: Some(Sequencer::parse("0062").unwrap()),
            state,
        }
    }

    fn image() -> RecordState {
        RecordState::Image(ImageRecord {
            object: samples::object(828_201),
            image: samples::image("image/jpeg"),
            shard: Shards::new(8).unwrap().of("uploads/é b.jpg"),
        })
    }

    fn rejected() -> RecordState {
        RecordState::Rejected {
            object: samples::object(3),
            rejection: samples::rejection(),
            measuring: Some(contract::MEASURING),
        }
    }

    #[test]
    fn a_record_survives_the_table() {
        for state in [image(), rejected(), RecordState::Absent { expires_at: 1_800_000_000 }] {
            let record = record(state);
            let attributes = record.to_attributes().unwrap();
            assert_eq!(Record::from_attributes(attributes).unwrap(), record);
        }
    }

    #[test]
    fn a_record_without_the_newer_facts_is_read() {
        let mut attributes = record(image()).to_attributes().unwrap();
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

    /// The size of an attribute value in bytes
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
    fn size(value: &AttributeValue) -> usize {
        match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(number) => number.trim_start_matches('-').len().div_ceil(2) + 2,
            AttributeValue::Bool(_) => 1,
            AttributeValue::M(map) => {
                3 + map.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>()
            }
            other => panic!("{other:?} is not expected in a record"),
        }
    }

    #[test]
    fn an_image_with_every_fact_takes_one_write_unit() {
        let RecordState::Image(ImageRecord { mut object, mut image, shard }) = image() else {
            panic!("it is an image")
        };
        object.version_id = Some("v".repeat(32));
        let longest = || Some("x".repeat(64));
        image.icc_profile = longest();
        image.camera_make = longest();
        image.camera_model = longest();
        image.lens_model = longest();
        let state = RecordState::Image(ImageRecord { object, image, shard });
        let record = Record {
            key: "k".repeat(100),
            revision: "r".repeat(32),
            sequencer: Some(Sequencer::parse("00663230F1A2B3C4D5").unwrap()),
            state,
        };
        let attributes = record.to_attributes().unwrap();
        let total: usize = attributes.iter().map(|(name, value)| name.len() + size(value)).sum();
        assert!(total <= 1024, "{total} bytes take two write units");
    }

    #[test]
    fn size_and_shard_are_numbers_as_the_indexes_require() {
        let attributes = record(image()).to_attributes().unwrap();
        assert_eq!(attributes["size"], AttributeValue::N("828201".into()));
        assert!(matches!(attributes["shard"], AttributeValue::N(_)));
        assert_eq!(attributes["status"], AttributeValue::S("image".into()));
    }

    /// A listing counts on it: see `listing/budget.rs`.
    #[test]
    fn the_largest_item_of_an_image_takes_half_a_read_unit() {
        let long = |bytes| "x".repeat(bytes);
        let RecordState::Image(mut image) = image() else { panic!("no image") };
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
        image.object.version_id = Some(long(1024));
        image.object.claimed_content_type = Some(long(contract::MAX_CONTENT_TYPE_BYTES));
        let mut record = record(RecordState::Image(image));
        record.key = long(1024);
        record.revision = long(32);
        let bytes = stored_bytes(&record.to_attributes().unwrap());
        assert!(bytes <= 4096, "{bytes}");
    }

    #[test]
    fn only_images_are_in_the_indexes() {
        for state in [rejected(), RecordState::Absent { expires_at: 1 }] {
            assert!(!record(state).to_attributes().unwrap().contains_key("shard"));
        }
    }

    #[test]
    fn the_error_of_a_foreign_item_names_it() {
        let foreign = Attributes::from([(KEY.into(), AttributeValue::S("uploads/x".into()))]);
        let error = Record::from_attributes(foreign).unwrap_err().to_string();
        assert!(error.contains("uploads/x"), "{error}");
    }
}
