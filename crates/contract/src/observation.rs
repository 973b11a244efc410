//! The JSON that passes between states: objects and observations.

use serde::{Deserialize, Serialize};

use crate::{ImageFacts, Sequencer};

/// The current state of a key in S3: the output of `head-object`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Name of the bucket.
    pub bucket: String,
    /// Full key of the object, not URL-encoded.
    pub key: String,
    /// Position of the event that started the execution, among the events of this key. `None` if
    /// the execution's input states no position (see
    /// [`ObjectEvent::sequencer`](crate::ObjectEvent::sequencer)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<Sequencer>,
    /// True if S3 has an object under the key. Always false for a key outside the stack's key
    /// prefix, because S3 is then not asked.
    pub present: bool,
    /// The object; `None` if no object is present, or if S3 does not describe it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<StoredObject>,
    /// Reason why S3 does not describe an object that is present; `None` if S3 describes it, or if
    /// no object is present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
}

/// Maximum length in bytes of [`StoredObject::claimed_content_type`]: that of the longest valid
/// type without parameters (RFC 6838, section 4.2). The uploader may declare a longer text, which
/// is cut, because every read of the record would pay for its length.
pub const MAX_CONTENT_TYPE_BYTES: usize = 255;

/// One version of an object, as S3 describes it, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredObject {
    /// Size in bytes.
    pub size: u64,
    /// Entity tag, without quotes. Later reads of the object fail if its entity tag has changed.
    pub etag: String,
    /// Version ID, if the bucket has versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Content type that the uploader declared, cut to [`MAX_CONTENT_TYPE_BYTES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_content_type: Option<String>,
    /// Time at which the object was written, as RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl StoredObject {
    /// True if `self` and `other` describe the same version of an object. The content type is not
    /// compared, because it is only what the uploader declares.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let identity = |object: &Self| {
            let Self { size, etag, version_id, last_modified, .. } = object.clone();
            (size, etag, version_id, last_modified)
        };
        identity(self) == identity(other)
    }
}

/// Reason why an object cannot be measured as an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Name of the error: `UnsupportedImage`, `CorruptImage` or `UnreadableObject`.
    pub reason: String,
    /// Human-readable explanation.
    pub message: String,
}

impl Rejection {
    /// [`Rejection::reason`] of an object whose bytes S3 does not send: it is archived, or
    /// encrypted with a key that may not be used. Later, S3 may send the bytes, and the same
    /// version of the object may be measured as an image. A version that was rejected for any other
    /// reason can be measured only after a change of the measuring code
    /// ([`MEASURING`](crate::MEASURING)).
    pub const UNREADABLE: &str = "UnreadableObject";

    /// Rejects an object that cannot be read. `message` explains why, for a person.
    #[must_use]
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self { reason: Self::UNREADABLE.to_owned(), message: message.into() }
    }

    /// True if the object could not be read.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.reason == Self::UNREADABLE
    }
}

/// Observation of a key by an execution, ready to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
#[expect(clippy::large_enum_variant, reason = "images are the usual case")]
pub enum Observation {
    /// An image.
    Image {
        /// The object that contains the image.
        object: StoredObject,
        /// Facts from the image's header.
        image: ImageFacts,
    },
    /// An object that is not an image, is a corrupt image, or cannot be read.
    Rejected {
        /// The object; `None` if S3 refuses even HEAD requests for it, for example because it is
        /// encrypted with SSE-C.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<StoredObject>,
        /// Reason for the rejection.
        rejection: Rejection,
    },
    /// No object.
    Absent,
}

impl Observation {
    /// Name of the variant, as in records, executions' outputs and the log: `image`, `rejected` or
    /// `absent`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::Image { .. } => "image",
            Self::Rejected { .. } => "rejected",
            Self::Absent => "absent",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_value};

    use super::*;

    fn object() -> StoredObject {
        StoredObject {
            size: 9,
            etag: "a1".into(),
            version_id: Some("v1".into()),
            claimed_content_type: Some("image/png".into()),
            last_modified: Some("2024-05-01T12:00:00Z".into()),
        }
    }

    fn object_json() -> Value {
        json!({
            "size": 9, "etag": "a1", "versionId": "v1", "claimedContentType": "image/png",
            "lastModified": "2024-05-01T12:00:00Z",
        })
    }

    #[test]
    fn two_descriptions_are_of_one_version_whatever_type_the_uploader_declared() {
        let declared = |text: &str| Some(text.to_owned());
        let same = StoredObject { claimed_content_type: declared("text/plain"), ..object() };
        assert!(object().is_same(&same) && object().is_same(&object()));
        for other in [
            StoredObject { size: 8, ..object() },
            StoredObject { etag: "b2".into(), ..object() },
            StoredObject { version_id: None, ..object() },
            StoredObject { last_modified: declared("2024-05-01T12:00:01Z"), ..object() },
        ] {
            assert!(!object().is_same(&other), "{other:?}");
        }
    }

    /// `analyze-image.asl.json` uses the members of a [`Head`] by their names. The state
    /// `IsPresent?` uses three of them, `sequencer`, `present` and `rejection`, to choose the next
    /// state.
    #[test]
    fn states_exchange_an_object_by_the_names_of_its_members() {
        let (bucket, key) = ("photos".to_owned(), "uploads/a".to_owned());
        let sequencer = Some(Sequencer::parse("0062").unwrap());
        let present =
            Head { bucket, key, sequencer, present: true, object: Some(object()), rejection: None };
        let written = json!({
            "bucket": "photos", "key": "uploads/a", "sequencer": format!("{:0<32}", "0062"),
            "present": true, "object": object_json(),
        });
        assert_eq!(to_value(&present).unwrap(), written);
        assert_eq!(from_value::<Head>(written).unwrap(), present);
        let unreadable = Head {
            sequencer: None,
            object: None,
            rejection: Some(Rejection::unreadable("archived")),
            ..present
        };
        let written = json!({
            "bucket": "photos", "key": "uploads/a", "present": true,
            "rejection": {"reason": "UnreadableObject", "message": "archived"},
        });
        assert_eq!(to_value(&unreadable).unwrap(), written);
    }

    #[test]
    fn an_observation_is_read_by_its_status() {
        let rejection = json!({"reason": "CorruptImage", "message": "cut short"});
        let image = json!({
            "format": "png", "contentType": "image/png", "width": 3, "height": 2,
            "displayWidth": 3, "displayHeight": 2,
        });
        for (status, input) in [
            ("image", json!({"status": "image", "object": object_json(), "image": image})),
            ("rejected", json!({"status": "rejected", "rejection": rejection})),
            ("absent", json!({"status": "absent"})),
        ] {
            let observation: Observation = from_value(input.clone()).unwrap();
            assert_eq!(observation.status(), status);
            assert_eq!(to_value(&observation).unwrap(), input, "nothing is added or lost");
        }
    }

    #[test]
    fn only_an_object_that_was_not_read_may_become_an_image_later() {
        assert!(Rejection::unreadable("archived").is_unreadable());
        let corrupt = Rejection { reason: "CorruptImage".into(), message: "cut short".into() };
        assert!(!corrupt.is_unreadable());
    }
}
