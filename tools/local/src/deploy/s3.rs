//! S3 buckets. Since version 7 of the provider, each setting of a bucket is a separate resource.

use aws_sdk_s3::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Tags, Target, document, outputs, string_map};
use crate::aws::REGION;

/// `aws:s3:Bucket`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Bucket {
    bucket: String,
    /// Ignored: it affects only `pulumi destroy`, and no request to S3 contains it.
    #[serde(default, rename = "forceDestroy")]
    _force_destroy: bool,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for Bucket {
    const OUTPUTS: &'static [&'static str] =
        &["id", "bucket", "arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let s3 = &to.aws.s3;
        // An existing bucket is adopted, as after `pulumi import`. `CreateBucket` is not called for
        // an existing bucket: in us-east-1, S3 accepts that call and resets the bucket's ACL.
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        let existing = s3.head_bucket().bucket(&self.bucket).send().await;
        if existing.unless("NotFound", "HeadBucket")?.is_none() {
            s3.create_bucket().bucket(&self.bucket).send().await.during("CreateBucket")?;
        }
        self.tag(to).await?;
        Ok(outputs([
            ("id", &self.bucket),
            ("bucket", &self.bucket),
            ("arn", &format!("arn:aws:s3:::{}", self.bucket)),
            ("bucketDomainName", &format!("{}.s3.amazonaws.com", self.bucket)),
            ("bucketRegion", REGION),
            ("bucketRegionalDomainName", &format!("{}.s3.{REGION}.amazonaws.com", self.bucket)),
        ]))
    }
}

impl Bucket {
    async fn tag(&self, to: &Target<'_>) -> Result<(), Failure> {
        if self.tags.is_empty() {
            return Ok(());
        }
        let tags = self.tags.iter().map(|(key, value)| sdk::Tag::builder().key(key).value(value));
        let tags = tags.map(sdk::builders::TagBuilder::build).collect::<Result<Vec<_>, _>>()?;
        let tagging = sdk::Tagging::builder().set_tag_set(Some(tags)).build()?;
        let call = to.aws.s3.put_bucket_tagging().bucket(&self.bucket).tagging(tagging);
        call.send().await.during("PutBucketTagging")?;
        Ok(())
    }
}

/// `aws:s3:BucketPublicAccessBlock`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketPublicAccessBlock {
    bucket: String,
    block_public_acls: Option<bool>,
    block_public_policy: Option<bool>,
    ignore_public_acls: Option<bool>,
    restrict_public_buckets: Option<bool>,
}

impl Resource for BucketPublicAccessBlock {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let block = sdk::PublicAccessBlockConfiguration::builder()
            .set_block_public_acls(self.block_public_acls)
            .set_block_public_policy(self.block_public_policy)
            .set_ignore_public_acls(self.ignore_public_acls)
            .set_restrict_public_buckets(self.restrict_public_buckets)
            .build();
        let call = to.aws.s3.put_public_access_block().bucket(&self.bucket);
        let call = call.public_access_block_configuration(block);
        call.send().await.during("PutPublicAccessBlock")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}

/// `aws:s3:BucketOwnershipControls`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketOwnershipControls {
    bucket: String,
    rule: OwnershipRule,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnershipRule {
    object_ownership: String,
}

impl Resource for BucketOwnershipControls {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let rule = sdk::OwnershipControlsRule::builder()
            .object_ownership(self.rule.object_ownership.as_str().into())
            .build()?;
        let controls = sdk::OwnershipControls::builder().rules(rule).build()?;
        let call = to.aws.s3.put_bucket_ownership_controls().bucket(&self.bucket);
        let call = call.ownership_controls(controls);
        call.send().await.during("PutBucketOwnershipControls")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}

/// `aws:s3:BucketVersioning`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketVersioning {
    bucket: String,
    versioning_configuration: VersioningConfiguration,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VersioningConfiguration {
    status: String,
}

impl Resource for BucketVersioning {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let status = self.versioning_configuration.status;
        // `Disabled` is the provider's value for a bucket that was never versioned. S3 has no call
        // to set it.
        if status == "Disabled" {
            return never_versioned(to, self.bucket).await;
        }
        let versioning =
            sdk::VersioningConfiguration::builder().status(status.as_str().into()).build();
        let call = to.aws.s3.put_bucket_versioning().bucket(&self.bucket);
        let call = call.versioning_configuration(versioning);
        call.send().await.during("PutBucketVersioning")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}

/// Fails if the bucket has ever been versioned, because versioning cannot be removed, only
/// suspended.
async fn never_versioned(to: &Target<'_>, bucket: String) -> Result<Outputs, Failure> {
    let call = to.aws.s3.get_bucket_versioning().bucket(&bucket);
    let versioning = call.send().await.during("GetBucketVersioning")?;
    match versioning.status() {
        None => Ok(outputs([("id", &bucket)])),
        Some(_) => Err(Failure::Immutable("versioningConfiguration.status")),
    }
}

/// `aws:s3:BucketServerSideEncryptionConfiguration`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketServerSideEncryptionConfiguration {
    bucket: String,
    rules: Vec<EncryptionRule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EncryptionRule {
    apply_server_side_encryption_by_default: Option<EncryptionByDefault>,
    blocked_encryption_types: Option<Vec<String>>,
    bucket_key_enabled: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EncryptionByDefault {
    sse_algorithm: String,
    kms_master_key_id: Option<String>,
}

impl Resource for BucketServerSideEncryptionConfiguration {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let rules = self.rules.into_iter().map(EncryptionRule::build);
        let configuration = sdk::ServerSideEncryptionConfiguration::builder()
            .set_rules(Some(rules.collect::<Result<_, _>>()?))
            .build()?;
        let call = to.aws.s3.put_bucket_encryption().bucket(&self.bucket);
        let call = call.server_side_encryption_configuration(configuration);
        call.send().await.during("PutBucketEncryption")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}

impl EncryptionRule {
    fn build(self) -> Result<sdk::ServerSideEncryptionRule, Failure> {
        let default = self.apply_server_side_encryption_by_default.map(|default| {
            sdk::ServerSideEncryptionByDefault::builder()
                .sse_algorithm(default.sse_algorithm.as_str().into())
                .set_kms_master_key_id(default.kms_master_key_id)
                .build()
        });
        let blocked = self.blocked_encryption_types.map(|types| {
            let types = types.iter().map(|name| name.as_str().into()).collect();
            sdk::BlockedEncryptionTypes::builder().set_encryption_type(Some(types)).build()
        });
        Ok(sdk::ServerSideEncryptionRule::builder()
            .set_apply_server_side_encryption_by_default(default.transpose()?)
            .set_blocked_encryption_types(blocked)
            .set_bucket_key_enabled(self.bucket_key_enabled)
            .build())
    }
}

/// `aws:s3:BucketPolicy`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketPolicy {
    bucket: String,
    #[serde(deserialize_with = "document")]
    policy: String,
}

impl Resource for BucketPolicy {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let call = to.aws.s3.put_bucket_policy().bucket(&self.bucket).policy(self.policy);
        call.send().await.during("PutBucketPolicy")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}
