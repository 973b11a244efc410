//! Lifecycle rules of a bucket, by which S3 deletes or moves old objects, and deletes unfinished
//! uploads.

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
    /// Prefix of the keys that the rule applies to: the older form of [`Filter::prefix`].
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

/// Objects that a rule applies to. At most one field may be set; if none is, the rule applies to
/// all objects.
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

/// Conditions, all of which an object must meet.
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
        // S3 requires a filter or a prefix. If a rule has neither, the provider sends an empty
        // filter.
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

/// Returns `None` instead of an empty list, so that the request omits the list.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn built(rule: serde_json::Value) -> sdk::LifecycleRule {
        serde_json::from_value::<Rule>(rule).unwrap().build().unwrap()
    }

    #[test]
    #[expect(deprecated, reason = "rules of old buckets have a prefix instead of a filter")]
    fn a_rule_applies_to_a_prefix_or_a_filter_and_to_everything_without_both() {
        let rule = |more: serde_json::Value| {
            let mut rule = json!({"id": "a", "status": "Enabled"});
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            built(rule)
        };
        let everything = sdk::LifecycleRuleFilter::builder();
        let rule_of_old = rule(json!({"prefix": "tmp/"}));
        assert_eq!((rule_of_old.prefix(), rule_of_old.filter()), (Some("tmp/"), None));
        assert_eq!(rule(json!({})).filter, Some(everything.clone().build()));
        assert_eq!(rule(json!({"prefix": ""})).filter, Some(everything.clone().build()));
        let prefix = rule(json!({"filter": {"prefix": ""}}));
        assert_eq!(prefix.filter, Some(everything.clone().prefix("").build()));
        let tagged = rule(json!({"filter": {"tag": {"key": "k", "value": "v"}}}));
        let tag = tag("k".into(), "v".into()).unwrap();
        assert_eq!(tagged.filter, Some(everything.clone().tag(tag.clone()).build()));
        let and = json!({"prefix": "p", "tags": {"k": "v"}, "objectSizeLessThan": 9});
        let and = rule(json!({"filter": {"and": and, "objectSizeGreaterThan": 1}}));
        let both = sdk::LifecycleRuleAndOperator::builder().prefix("p").tags(tag);
        let both = both.object_size_less_than(9).build();
        let expected = everything.and(both).object_size_greater_than(1).build();
        assert_eq!(and.filter, Some(expected));
    }

    #[test]
    fn every_action_of_a_rule_is_sent() {
        let rule = built(json!({
            "id": "a", "status": "Disabled",
            "expiration": {"date": "2030-01-01T00:00:00Z"},
            "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
            "noncurrentVersionTransitions": [
                {"noncurrentDays": 5, "newerNoncurrentVersions": 2, "storageClass": "GLACIER"},
            ],
        }));
        let date = DateTime::from_secs(1_893_456_000);
        let expiration = sdk::LifecycleExpiration::builder().date(date).build();
        assert_eq!(rule.expiration, Some(expiration));
        let class = sdk::TransitionStorageClass::StandardIa;
        let transition = sdk::Transition::builder().days(30).storage_class(class).build();
        assert_eq!(rule.transitions, Some(vec![transition]));
        let noncurrent = sdk::NoncurrentVersionTransition::builder()
            .noncurrent_days(5)
            .newer_noncurrent_versions(2)
            .storage_class(sdk::TransitionStorageClass::Glacier)
            .build();
        assert_eq!(rule.noncurrent_version_transitions, Some(vec![noncurrent]));
        assert_eq!(rule.noncurrent_version_expiration, None);
    }

    #[test]
    fn a_date_that_is_none_is_refused() {
        let rule = json!({"id": "a", "status": "Enabled", "expiration": {"date": "tomorrow"}});
        let error = serde_json::from_value::<Rule>(rule).unwrap().build().unwrap_err().to_string();
        assert!(error.contains("the date tomorrow"), "{error}");
    }
}
