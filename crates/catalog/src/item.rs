//! The item of one key, and how it lies in the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{ImageFacts, Rejection, Sequencer, StoredObject};
use serde::{Deserialize, Serialize};

use crate::{CatalogError, Shard};

/// An item as the SDK has it.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// What the table holds about one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Key of the object.
    #[serde(rename = "s3objectkey")]
    pub key: String,
    /// Changes with every write: who has read a record can write on the condition that it has
    /// not changed since.
    pub revision: String,
    /// The newest event that was recorded; none when no event ever was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<Sequencer>,
    /// What was observed.
    #[serde(flatten)]
    pub state: RecordState,
}

/// What was observed under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum RecordState {
    /// An image.
    Image(ImageRecord),
    /// An object that is no image.
    Rejected {
        /// The object.
        #[serde(flatten)]
        object: StoredObject,
        /// Why it was rejected.
        #[serde(flatten)]
        rejection: Rejection,
    },
    /// No object: a tombstone, kept so that a late event cannot bring a ghost back.
    Absent {
        /// When DynamoDB may remove the item, in seconds since 1970.
        expires_at: u64,
    },
}

/// An image in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// The object that holds it.
    #[serde(flatten)]
    pub object: StoredObject,
    /// What its header says.
    #[serde(flatten)]
    pub image: ImageFacts,
    /// The shard whose totals count it.
    pub shard: Shard,
}

/// Name of the attribute that holds the key.
pub(crate) const KEY: &str = "s3objectkey";

/// Name of the attribute that [`Record::revision`] lies in.
pub(crate) const REVISION: &str = "revision";

impl Record {
    pub(crate) fn from_attributes(attributes: Attributes) -> Result<Self, CatalogError> {
        let key = text(&attributes, KEY);
        serde_dynamo::from_item(attributes)
            .map_err(|error| CatalogError::MalformedItem { key, message: error.to_string() })
    }

    pub(crate) fn to_attributes(&self) -> Result<Attributes, CatalogError> {
        serde_dynamo::to_item(self).map_err(|error| CatalogError::MalformedItem {
            key: self.key.clone(),
            message: error.to_string(),
        })
    }
}

/// A string attribute, or nothing where there is none.
pub(crate) fn text(attributes: &Attributes, name: &str) -> String {
    attributes.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
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
            animated: Some(false),
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
        RecordState::Rejected { object: samples::object(3), rejection: samples::rejection() }
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
    fn size_and_shard_are_numbers_as_the_index_needs_them() {
        let attributes = record(image()).to_attributes().unwrap();
        assert_eq!(attributes["size"], AttributeValue::N("828201".into()));
        assert!(matches!(attributes["shard"], AttributeValue::N(_)));
        assert_eq!(attributes["status"], AttributeValue::S("image".into()));
    }

    #[test]
    fn only_images_are_in_the_index() {
        for state in [rejected(), RecordState::Absent { expires_at: 1 }] {
            assert!(!record(state).to_attributes().unwrap().contains_key("shard"));
        }
    }

    #[test]
    fn a_foreign_item_is_an_error_that_names_it() {
        let foreign = Attributes::from([(KEY.into(), AttributeValue::S("uploads/x".into()))]);
        let error = Record::from_attributes(foreign).unwrap_err().to_string();
        assert!(error.contains("uploads/x"), "{error}");
    }
}
