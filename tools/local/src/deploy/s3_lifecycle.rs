//! Lifecycle rules of a bucket, by which S3 deletes old objects and unfinished uploads.

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_sdk_s3::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};

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
    /// Prefix of the keys, in the form that S3 had before filters.
    prefix: Option<String>,
    filter: Option<Filter>,
    abort_incomplete_multipart_upload: Option<AbortIncompleteMultipartUpload>,
    expiration: Option<Expiration>,
    #[serde(default)]
    transitions: Vec<Transition>,
    noncurrent_version_expiration: Option<NoncurrentVersionExpiration>,
    #[serde(default)]
    noncurrent_version_transitions: Vec<NoncurrentVersionTransition>,
}

/// Objects that a rule applies to: all, or those that meet its one condition.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filter {
    /// Prefix of the keys that the rule applies to; empty for all keys.
    prefix: Option<String>,
    tag: Option<Tag>,
    /// In bytes.
    object_size_greater_than: Option<i64>,
    /// In bytes.
    object_size_less_than: Option<i64>,
    and: Option<And>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    key: String,
    value: String,
}

/// Conditions that an object has to meet all of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct And {
    prefix: Option<String>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
    object_size_greater_than: Option<i64>,
    object_size_less_than: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AbortIncompleteMultipartUpload {
    days_after_initiation: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expiration {
    date: Option<String>,
    days: Option<i32>,
    expired_object_delete_marker: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Transition {
    date: Option<String>,
    days: Option<i32>,
    storage_class: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NoncurrentVersionExpiration {
    noncurrent_days: Option<i32>,
    newer_noncurrent_versions: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NoncurrentVersionTransition {
    noncurrent_days: Option<i32>,
    newer_noncurrent_versions: Option<i32>,
    storage_class: String,
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
    #[expect(deprecated, reason = "rules of old buckets have a prefix instead of a filter")]
    fn build(self) -> Result<sdk::LifecycleRule, Failure> {
        // S3 requires a filter or a prefix. Without both, the provider sends an empty filter.
        let prefix = self.prefix.filter(|prefix| !prefix.is_empty());
        let filter = match self.filter {
            None if prefix.is_some() => None,
            None => Some(sdk::LifecycleRuleFilter::builder().build()),
            Some(filter) => Some(filter.build()?),
        };
        let transitions = self.transitions.into_iter().map(Transition::build);
        let noncurrent = self.noncurrent_version_transitions.into_iter();
        let noncurrent = noncurrent.map(NoncurrentVersionTransition::build).collect::<Vec<_>>();
        Ok(sdk::LifecycleRule::builder()
            .id(self.id)
            .status(self.status.as_str().into())
            .set_prefix(prefix)
            .set_filter(filter)
            .set_abort_incomplete_multipart_upload(
                self.abort_incomplete_multipart_upload.map(AbortIncompleteMultipartUpload::build),
            )
            .set_expiration(self.expiration.map(Expiration::build).transpose()?)
            .set_transitions(some(transitions.collect::<Result<_, _>>()?))
            .set_noncurrent_version_expiration(
                self.noncurrent_version_expiration.map(NoncurrentVersionExpiration::build),
            )
            .set_noncurrent_version_transitions(some(noncurrent))
            .build()?)
    }
}

impl Filter {
    fn build(self) -> Result<sdk::LifecycleRuleFilter, Failure> {
        Ok(sdk::LifecycleRuleFilter::builder()
            .set_prefix(self.prefix)
            .set_tag(self.tag.map(|it| tag(it.key, it.value)).transpose()?)
            .set_object_size_greater_than(self.object_size_greater_than)
            .set_object_size_less_than(self.object_size_less_than)
            .set_and(self.and.map(And::build).transpose()?)
            .build())
    }
}

impl And {
    fn build(self) -> Result<sdk::LifecycleRuleAndOperator, Failure> {
        let tags = self.tags.into_iter().map(|(key, value)| tag(key, value));
        Ok(sdk::LifecycleRuleAndOperator::builder()
            .set_prefix(self.prefix)
            .set_tags(some(tags.collect::<Result<_, _>>()?))
            .set_object_size_greater_than(self.object_size_greater_than)
            .set_object_size_less_than(self.object_size_less_than)
            .build())
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
    fn build(self) -> Result<sdk::LifecycleExpiration, Failure> {
        Ok(sdk::LifecycleExpiration::builder()
            .set_date(self.date.as_deref().map(date).transpose()?)
            .set_days(self.days)
            .set_expired_object_delete_marker(self.expired_object_delete_marker)
            .build())
    }
}

impl Transition {
    fn build(self) -> Result<sdk::Transition, Failure> {
        Ok(sdk::Transition::builder()
            .set_date(self.date.as_deref().map(date).transpose()?)
            .set_days(self.days)
            .storage_class(self.storage_class.as_str().into())
            .build())
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

impl NoncurrentVersionTransition {
    fn build(self) -> sdk::NoncurrentVersionTransition {
        sdk::NoncurrentVersionTransition::builder()
            .set_noncurrent_days(self.noncurrent_days)
            .set_newer_noncurrent_versions(self.newer_noncurrent_versions)
            .storage_class(self.storage_class.as_str().into())
            .build()
    }
}

fn tag(key: String, value: String) -> Result<sdk::Tag, Failure> {
    Ok(sdk::Tag::builder().key(key).value(value).build()?)
}

/// Reads a date in the provider's form, such as `2030-01-01T00:00:00Z`.
fn date(text: &str) -> Result<DateTime, Failure> {
    DateTime::from_str(text, DateTimeFormat::DateTime)
        .map_err(|error| Failure::Invalid(format!("the date {text}: {error}")))
}

/// A list that S3 omits if it is empty.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
