//! Objects that an older version of pixgauge measured.

use aws_sdk_dynamodb::types::AttributeValue;
use harness::TestStack;
use local::reconciliation::remeasure;

use super::bucket::Bucket;
use super::reconciled;

/// Attributes of a record that the previous version did not write.
const NEW: [&str; 5] = ["measuring", "hasAlpha", "colorSpace", "progressive", "frames"];

impl Bucket<'_> {
    /// Turns a record into one that the previous version could have written: without the newer
    /// facts, and with a wrong width.
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

/// Objects that an older version measured are measured again only on request. `picture` is the key of
/// an image, `text` that of an object that is rejected.
pub(super) async fn is_measured_again_if_asked_for(
    stack: &TestStack,
    bucket: &Bucket<'_>,
    (picture, text): (&str, &str),
) {
    let machine = &stack.stack.outputs.reconcile_state_machine_arn;
    let remeasured = async || remeasure(&stack.stack.aws.sfn, machine).await.unwrap();
    let before = bucket.items().await;
    bucket.age(picture).await;
    bucket.age(text).await;
    assert_eq!(reconciled(stack).await.repaired, 0);
    assert_eq!(bucket.items().await[picture]["width"], AttributeValue::N("7".to_owned()));

    let report = remeasured().await;
    assert_eq!((report.repaired, report.failed), (2, 0));
    for (key, mut is) in bucket.items().await {
        let mut was = before[&key].clone();
        let same = is.remove("revision") == was.remove("revision");
        // These attributes tell who wrote the record, and when.
        for name in ["execution", "recordedAt"] {
            is.remove(name);
            was.remove(name);
        }
        assert_eq!(same, ![picture, text].contains(&&*key), "{key} is written only if it is old");
        assert_eq!(is, was, "{key}");
    }
    assert_eq!(remeasured().await.repaired, 0, "nothing is measured twice");
}
