//! Lifecycle rules of a bucket, by which S3 deletes old objects and unfinished uploads.

use aws_sdk_s3::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Target, outputs};

/// `aws:s3:BucketLifecycleConfiguration`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketLifecycleConfiguration {
    bucket: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    id: String,
    status: String,
    filter: Option<Filter>,
    abort_incomplete_multipart_upload: Option<AbortIncompleteMultipartUpload>,
    expiration: Option<Expiration>,
    noncurrent_version_expiration: Option<NoncurrentVersionExpiration>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filter {
    /// Prefix of the keys that the rule applies to; empty for all keys.
    prefix: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AbortIncompleteMultipartUpload {
    days_after_initiation: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expiration {
    days: Option<i32>,
    expired_object_delete_marker: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NoncurrentVersionExpiration {
    noncurrent_days: Option<i32>,
    newer_noncurrent_versions: Option<i32>,
}

impl Resource for BucketLifecycleConfiguration {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let rules = self.rules.into_iter().map(Rule::build);
        let lifecycle = sdk::BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules.collect::<Result<_, _>>()?))
            .build()?;
        let call = to.aws.s3.put_bucket_lifecycle_configuration().bucket(&self.bucket);
        let call = call.lifecycle_configuration(lifecycle);
        call.send().await.during("PutBucketLifecycleConfiguration")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}

impl Rule {
    fn build(self) -> Result<sdk::LifecycleRule, Failure> {
        // S3 requires a filter in every rule. Without one, the provider sends an empty prefix.
        let prefix = self.filter.and_then(|filter| filter.prefix).unwrap_or_default();
        Ok(sdk::LifecycleRule::builder()
            .id(self.id)
            .status(self.status.as_str().into())
            .filter(sdk::LifecycleRuleFilter::builder().prefix(prefix).build())
            .set_abort_incomplete_multipart_upload(
                self.abort_incomplete_multipart_upload.map(AbortIncompleteMultipartUpload::build),
            )
            .set_expiration(self.expiration.map(Expiration::build))
            .set_noncurrent_version_expiration(
                self.noncurrent_version_expiration.map(NoncurrentVersionExpiration::build),
            )
            .build()?)
    }
}

impl AbortIncompleteMultipartUpload {
    fn build(self) -> sdk::AbortIncompleteMultipartUpload {
        sdk::AbortIncompleteMultipartUpload::builder()
            .set_days_after_initiation(self.days_after_initiation)
            .build()
    }
}

impl Expiration {
    fn build(self) -> sdk::LifecycleExpiration {
        sdk::LifecycleExpiration::builder()
            .set_days(self.days)
            .set_expired_object_delete_marker(self.expired_object_delete_marker)
            .build()
    }
}

impl NoncurrentVersionExpiration {
    fn build(self) -> sdk::NoncurrentVersionExpiration {
        sdk::NoncurrentVersionExpiration::builder()
            .set_noncurrent_days(self.noncurrent_days)
            .set_newer_noncurrent_versions(self.newer_noncurrent_versions)
            .build()
    }
}
