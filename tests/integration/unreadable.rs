//! Objects that S3 has but does not send: archived, encrypted with a customer's key, or encrypted
//! with a KMS key that denies access.
//!
//! The emulator archives and restores objects itself. It sends objects under a customer's key to
//! anyone, and has no KMS keys that deny access. So a proxy refuses requests as S3 would: HEAD and
//! GET for a customer's key, and only GET for a KMS key. Tests of `crates/storage` cover every
//! reason why an object cannot be read.

use aws_sdk_s3::types::{GlacierJobParameters, RestoreRequest, StorageClass, Tier};
use catalog::RecordState;
use harness::faulty::route_through;
use harness::proxy::{Fault, Rule};
use harness::{FaultyStack, TestStack, picture, run};
use local::executions::{Execution, Outcome};

/// The response to a HEAD or GET request that lacks the encryption key of an object under SSE-C
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html>).
const SSE_C: Fault = Fault::Refused(400, "InvalidRequest");

/// The response to GET if the object's KMS key does not allow the role to decrypt.
const KEY_DENIES: Fault = Fault::Refused(403, "AccessDenied");

const BOTH: &[&str] = &["HeadObject", "GetObject"];
const GET: &[&str] = &["GetObject"];

fn rejected() -> Outcome {
    Outcome::Rejected("UnreadableObject".into())
}

/// Uploads an image in the storage class GLACIER, and waits until the execution for the upload has
/// ended.
async fn archive(stack: &TestStack, key: &str) -> Execution {
    let request = stack.put_object(key, picture::png(3, 2, 0)).storage_class(StorageClass::Glacier);
    request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
    stack.ended(key, 1).await.swap_remove(0)
}

#[test]
fn an_archived_object_is_recorded_and_measured_once_it_is_restored() {
    run(async {
        let stack = TestStack::shared().await;
        let key = &stack.key("unreadable/archived.png");
        let execution = archive(stack, key).await;
        assert_eq!(execution.outcome(), rejected(), "{execution:?}");
        let (status, body) = stack.metadata(key).await;
        assert_eq!((status, &body["reason"]), (404, &"UnreadableObject".into()), "{body}");
        assert!(body["error"].as_str().unwrap().contains("archived"), "{body}");

        let tier = GlacierJobParameters::builder().tier(Tier::Expedited).build().unwrap();
        let restore = RestoreRequest::builder().days(1).glacier_job_parameters(tier).build();
        let request = stack.stack.aws.s3.restore_object().bucket(&stack.stack.outputs.bucket_name);
        request.key(key).restore_request(restore).send().await.unwrap();
        // The event *Object Restore Completed* has no sequencer.
        let restored = stack.ended(key, 2).await.swap_remove(0);
        assert_eq!(restored.outcome(), Outcome::Image, "{restored:?}");
        assert_eq!(restored.input["detail-type"], "Object Restore Completed");
        assert!(restored.input["detail"]["object"].get("sequencer").is_none(), "{restored:?}");
        assert_eq!(stack.metadata(key).await.1["width"], "3");
        assert_eq!(stack.file(key).await.status, 200);
    });
}

#[test]
fn an_object_that_cannot_be_read_is_recorded_with_the_reason() {
    run(async {
        let stack = FaultyStack::shared().await;
        for (name, fault, operations, why) in
            [("sse-c", SSE_C, BOTH, "SSE-C"), ("denied", KEY_DENIES, GET, "kms:Decrypt")]
        {
            let key = stack.stack.key(&format!("unreadable/{name}.png"));
            stack.stack.upload(&key, picture::png(3, 2, 0), "image/png").await;
            stack.proxy.inject(Rule::new(fault, operations, &key, usize::MAX));
            let event = stack.stack.event("Object Created", &key, Some("01"));
            let execution = stack.stack.execute(&event).await;
            assert_eq!(execution.outcome(), rejected(), "{name}: {execution:?}");
            let record = stack.stack.snapshot().await.records.remove(&key).unwrap();
            assert!(record.unreadable_reason().is_some(), "{record:?}");
            let RecordState::Rejected { object, rejection, .. } = record.state else {
                panic!("{name} is not a rejection")
            };
            assert_eq!(object.is_some(), operations == GET, "{name}: HEAD describes the object");
            assert!(rejection.message.contains(why), "{name}: {rejection:?}");
            let (status, body) = stack.stack.metadata(&key).await;
            assert_eq!((status, &body["reason"]), (404, &"UnreadableObject".into()), "{body}");
        }
    });
}

#[test]
fn an_image_that_becomes_unreadable_keeps_its_record() {
    run(async {
        let stack = FaultyStack::shared().await;
        let of = &stack.stack;
        let key = &of.key("unreadable/revoked.png");
        of.upload(key, picture::png(3, 2, 0), "image/png").await;
        let execution = of.execute(&of.event("Object Created", key, Some("01"))).await;
        assert_eq!(execution.outcome(), Outcome::Image, "{execution:?}");
        let before = of.snapshot().await;
        route_through(of, "get-image", &stack.proxy.endpoint()).await;
        assert_eq!(of.file(key).await.status, 200);

        stack.proxy.inject(Rule::new(KEY_DENIES, GET, key, usize::MAX));
        let execution = of.execute(&of.event("Object Created", key, None)).await;
        assert_eq!(execution.output.as_ref().unwrap()["outcome"], "unchanged", "{execution:?}");
        assert_eq!(of.snapshot().await.records[key], before.records[key]);
        // A newer event advances the record's sequencer, and changes nothing else.
        of.execute(&of.event("Object Created", key, Some("02"))).await;
        let after = of.snapshot().await;
        assert_eq!(after.records[key].state, before.records[key].state);
        after.assert_totals_are_a_recount();

        assert_eq!(of.metadata(key).await.0, 200);
        let response = of.file(key).await;
        assert_eq!(response.status, 409);
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["reason"], "UnreadableObject", "{body}");
        assert!(body["error"].as_str().unwrap().contains("kms:Decrypt"), "{body}");
    });
}
