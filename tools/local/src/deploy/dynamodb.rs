//! DynamoDB tables.

use aws_sdk_dynamodb::types as sdk;
use serde::Deserialize;

use super::dynamodb_index::{Index, key, same_indexes};
use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, outputs, string_map};
use super::wait::{State, until_ready};

/// `aws:dynamodb:Table`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Table {
    name: String,
    /// `PAY_PER_REQUEST`. The provider's default, `PROVISIONED`, needs read and write capacities,
    /// which the local deploy does not support.
    billing_mode: String,
    hash_key: String,
    range_key: Option<String>,
    attributes: Vec<Attribute>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
    stream_enabled: Option<bool>,
    /// For example `NEW_AND_OLD_IMAGES`.
    stream_view_type: Option<String>,
    ttl: Option<Ttl>,
    point_in_time_recovery: Option<PointInTimeRecovery>,
    server_side_encryption: Option<ServerSideEncryption>,
    deletion_protection_enabled: Option<bool>,
    table_class: Option<String>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Attribute {
    name: String,
    /// `S`, `N` or `B`.
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Ttl {
    attribute_name: String,
    enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PointInTimeRecovery {
    enabled: bool,
    recovery_period_in_days: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ServerSideEncryption {
    enabled: bool,
    kms_key_arn: Option<String>,
}

impl Resource for Table {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn", "streamArn"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let arn = match self.create(to).await? {
            Some(arn) => arn,
            None => self.update(to).await?,
        };
        self.ready(to).await?;
        self.stream_changes(to).await?;
        self.expire_items(to).await?;
        self.protect_against_loss(to).await?;
        let stream = self.describe(to).await?.latest_stream_arn.unwrap_or_default();
        let id = self.name.as_str();
        Ok(outputs([("id", id), ("name", id), ("arn", &arn), ("streamArn", &stream)]))
    }
}

impl Table {
    /// Creates the table. Returns its ARN, or `None` if a table with this name exists.
    async fn create(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let call = to
            .aws
            .dynamodb
            .create_table()
            .table_name(&self.name)
            .billing_mode(self.billing_mode.as_str().into())
            .set_key_schema(Some(self.key_schema()?))
            .set_attribute_definitions(Some(self.attribute_definitions()?))
            .set_global_secondary_indexes(self.indexes()?)
            .set_stream_specification(self.stream()?)
            .set_sse_specification(self.encryption())
            .set_deletion_protection_enabled(self.deletion_protection_enabled)
            .set_table_class(self.table_class.as_deref().map(sdk::TableClass::from))
            .set_tags(Some(self.tags()?));
        let created = call.send().await.unless("ResourceInUseException", "CreateTable")?;
        let arn = created.and_then(|response| response.table_description).map(|it| it.table_arn);
        arn.map(|arn| arn.required("CreateTable", "TableArn")).transpose()
    }

    /// Updates a table that exists. Fails if its keys or indexes differ from those in the program.
    async fn update(&self, to: &Target<'_>) -> Result<String, Failure> {
        let table = self.describe(to).await?;
        if table.key_schema() != self.key_schema()? {
            return Err(Failure::Immutable("hashKey or rangeKey"));
        }
        let indexes = self.indexes()?.unwrap_or_default();
        if !same_indexes(&indexes, table.global_secondary_indexes()) {
            return Err(Failure::Immutable("globalSecondaryIndexes"));
        }
        let call = to
            .aws
            .dynamodb
            .update_table()
            .table_name(&self.name)
            .billing_mode(self.billing_mode.as_str().into())
            .set_sse_specification(self.encryption())
            .set_deletion_protection_enabled(self.deletion_protection_enabled)
            .set_table_class(self.table_class.as_deref().map(sdk::TableClass::from));
        call.send().await.during("UpdateTable")?;
        let arn = table.table_arn.required("DescribeTable", "TableArn")?;
        if !self.tags.is_empty() {
            let call = to.aws.dynamodb.tag_resource().resource_arn(&arn);
            call.set_tags(Some(self.tags()?)).send().await.during("TagResource")?;
        }
        Ok(arn)
    }

    async fn describe(&self, to: &Target<'_>) -> Result<sdk::TableDescription, Failure> {
        let described = to.aws.dynamodb.describe_table().table_name(&self.name).send().await;
        described.during("DescribeTable")?.table.required("DescribeTable", "Table")
    }

    /// Enables the stream if the program wants one and the table has none. Does nothing if the
    /// table is as wanted: DynamoDB refuses to enable an enabled stream. Fails if the table has a
    /// stream, and the program wants none or another view type.
    async fn stream_changes(&self, to: &Target<'_>) -> Result<(), Failure> {
        let wanted = self.stream()?;
        let found = self.describe(to).await?.stream_specification;
        let enabled = found.as_ref().is_some_and(|stream| stream.stream_enabled);
        if found == wanted || (!enabled && !wanted.as_ref().is_some_and(|it| it.stream_enabled)) {
            return Ok(());
        }
        if enabled {
            return Err(Failure::Immutable("streamEnabled or streamViewType"));
        }
        let call = to.aws.dynamodb.update_table().table_name(&self.name);
        call.set_stream_specification(wanted).send().await.during("UpdateTable")?;
        self.ready(to).await
    }

    fn stream(&self) -> Result<Option<sdk::StreamSpecification>, Failure> {
        let Some(enabled) = self.stream_enabled else { return Ok(None) };
        let view = self.stream_view_type.as_deref().map(sdk::StreamViewType::from);
        let stream = sdk::StreamSpecification::builder().stream_enabled(enabled);
        Ok(Some(stream.set_stream_view_type(view).build()?))
    }

    /// Waits until the table accepts further changes.
    async fn ready(&self, to: &Target<'_>) -> Result<(), Failure> {
        let poll = async || {
            let call = to.aws.dynamodb.describe_table().table_name(&self.name);
            let table = call.send().await.during("DescribeTable")?.table;
            Ok(match table.as_ref().and_then(sdk::TableDescription::table_status) {
                Some(sdk::TableStatus::Active) => State::Ready,
                status => {
                    State::Pending(status.map_or("no status", sdk::TableStatus::as_str).to_owned())
                }
            })
        };
        until_ready(&self.name, poll).await
    }

    async fn expire_items(&self, to: &Target<'_>) -> Result<(), Failure> {
        let Some(ttl) = &self.ttl else { return Ok(()) };
        if self.expires_items_as(ttl, to).await? {
            return Ok(());
        }
        let specification = sdk::TimeToLiveSpecification::builder()
            .attribute_name(&ttl.attribute_name)
            .enabled(ttl.enabled)
            .build()?;
        let call = to.aws.dynamodb.update_time_to_live().table_name(&self.name);
        let call = call.time_to_live_specification(specification);
        call.send().await.during("UpdateTimeToLive")?;
        Ok(())
    }

    /// Returns true if the table already expires items as `ttl` says. The caller then sends no
    /// update, because DynamoDB refuses an update that changes nothing.
    async fn expires_items_as(&self, ttl: &Ttl, to: &Target<'_>) -> Result<bool, Failure> {
        let call = to.aws.dynamodb.describe_time_to_live().table_name(&self.name);
        let described = call.send().await.during("DescribeTimeToLive")?;
        let Some(found) = described.time_to_live_description() else { return Ok(!ttl.enabled) };
        let enabled = found.time_to_live_status() == Some(&sdk::TimeToLiveStatus::Enabled);
        let same = found.attribute_name() == Some(ttl.attribute_name.as_str());
        Ok(enabled == ttl.enabled && (same || !enabled))
    }

    async fn protect_against_loss(&self, to: &Target<'_>) -> Result<(), Failure> {
        let Some(recovery) = &self.point_in_time_recovery else { return Ok(()) };
        let specification = sdk::PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(recovery.enabled)
            .set_recovery_period_in_days(recovery.recovery_period_in_days)
            .build()?;
        let call = to.aws.dynamodb.update_continuous_backups().table_name(&self.name);
        let call = call.point_in_time_recovery_specification(specification);
        call.send().await.during("UpdateContinuousBackups")?;
        Ok(())
    }

    fn key_schema(&self) -> Result<Vec<sdk::KeySchemaElement>, Failure> {
        let range = self.range_key.as_ref().map(|name| (name, "RANGE"));
        let keys = std::iter::once((&self.hash_key, "HASH")).chain(range);
        keys.map(|(name, kind)| key(name, kind)).collect()
    }

    fn attribute_definitions(&self) -> Result<Vec<sdk::AttributeDefinition>, Failure> {
        let definition = |attribute: &Attribute| {
            Ok(sdk::AttributeDefinition::builder()
                .attribute_name(&attribute.name)
                .attribute_type(attribute.kind.as_str().into())
                .build()?)
        };
        self.attributes.iter().map(definition).collect()
    }

    /// Returns `None` if there are no indexes, because DynamoDB refuses an empty list.
    fn indexes(&self) -> Result<Option<Vec<sdk::GlobalSecondaryIndex>>, Failure> {
        if self.global_secondary_indexes.is_empty() {
            return Ok(None);
        }
        self.global_secondary_indexes.iter().map(Index::build).collect::<Result<_, _>>().map(Some)
    }

    fn encryption(&self) -> Option<sdk::SseSpecification> {
        let encryption = self.server_side_encryption.as_ref()?;
        let specification = sdk::SseSpecification::builder()
            .enabled(encryption.enabled)
            .set_kms_master_key_id(encryption.kms_key_arn.clone())
            .build();
        Some(specification)
    }

    fn tags(&self) -> Result<Vec<sdk::Tag>, Failure> {
        let tag = |(key, value)| Ok(sdk::Tag::builder().key(key).value(value).build()?);
        self.tags.iter().map(tag).collect()
    }
}
