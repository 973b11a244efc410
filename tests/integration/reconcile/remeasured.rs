//! Objects that an older version of pixgauge measured.

use aws_sdk_dynamodb::types::AttributeValue;
use harness::TestStack;
use local::reconciliation::remeasure;
use serde_json::json;

use super::bucket::Bucket;
use super::{reconciled, tally};

/// Attributes that the records of an older version of pixgauge lack.
const NEW: [&str; 5] = ["measuring", "hasAlpha", "colorSpace", "progressive", "frames"];

impl Bucket<'_> {
    /// Turns a record into one that the older version could have written: without the attributes
    /// [`NEW`], and with a wrong width.
    async fn age(&self, key: &str) {
        let names = NEW.map(|name| format!("#{name}"));
        let mut update = self
            .update(key)
            .update_expression(format!("SET width = :wrong REMOVE {}", names.join(", ")));
        for (name, attribute) in names.into_iter().zip(NEW) {
            update = update.expression_attribute_names(name, attribute);
        }
        let wrong = AttributeValue::N("7".to_owned());
        update.expression_attribute_values(":wrong", wrong).send().await.unwrap();
    }
}

/// Objects that an older version measured are measured again only on request.
pub(super) async fn is_measured_again_if_asked_for(stack: &TestStack, bucket: &Bucket<'_>) {
    let machine = &stack.stack.outputs.reconcile_state_machine_arn;
    let remeasured = async || remeasure(&stack.stack.aws.sfn, machine).await.unwrap();
    let (picture, text) = (stack.key("100%.png"), stack.key("notes.txt"));
    let (picture, text) = (picture.as_str(), text.as_str());
    let before = bucket.items().await;
    bucket.age(picture).await;
    bucket.age(text).await;

    assert_eq!(reconciled(stack).await.repaired, 0);
    assert_eq!(stack.metadata(picture).await.1["width"], "7");

    let report = remeasured().await;
    assert_eq!((report.objects, report.failed), (tally(6, 2, 0), 0));
    assert_eq!(report.totals, tally(8, 0, 0));
    let (status, metadata) = stack.metadata(picture).await;
    assert_eq!((status, &metadata["width"]), (200, &json!("30")));
    assert_eq!(metadata["colorSpace"], "RGB");
    let after = bucket.items().await;
    for (key, was) in &before {
        let (mut is, mut was) = (after[key].clone(), was.clone());
        if key == text {
            // The text is rejected again. A rejection has no width, so the wrong width is gone.
            assert!(!is.contains_key("width"), "{key}");
        }
        let same = is.remove("revision") == was.remove("revision");
        // The comparison leaves out which execution wrote the record, and when.
        for name in ["execution", "recordedAt"] {
            is.remove(name);
            was.remove(name);
        }
        assert_eq!(same, ![picture, text].contains(&&**key), "{key} is written only if it is old");
        assert_eq!(is, was, "{key}");
    }

    assert_eq!(remeasured().await.repaired, 0, "nothing is measured twice");
}
