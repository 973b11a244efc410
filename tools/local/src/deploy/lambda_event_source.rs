//! Event source mappings, by which Lambda reads a stream and invokes a function.

use aws_sdk_lambda::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Target, outputs};

/// `aws:lambda:EventSourceMapping` on a stream.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventSourceMapping {
    event_source_arn: String,
    function_name: String,
    enabled: Option<bool>,
    /// `TRIM_HORIZON` or `LATEST`.
    starting_position: String,
    batch_size: Option<i32>,
    maximum_batching_window_in_seconds: Option<i32>,
    filter_criteria: Option<FilterCriteria>,
    #[serde(default)]
    function_response_types: Vec<String>,
    bisect_batch_on_function_error: Option<bool>,
    /// With -1, Lambda retries until the record expires.
    maximum_retry_attempts: Option<i32>,
    maximum_record_age_in_seconds: Option<i32>,
    parallelization_factor: Option<i32>,
    destination_config: Option<DestinationConfig>,
    metrics_config: Option<MetricsConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filter {
    pattern: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DestinationConfig {
    on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OnFailure {
    destination_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MetricsConfig {
    metrics: Vec<String>,
}

impl Resource for EventSourceMapping {
    const OUTPUTS: &'static [&'static str] = &["id", "uuid"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let uuid = match self.existing(to).await? {
            Some(uuid) => self.update(to, uuid).await?,
            None => self.create(to).await?,
        };
        Ok(outputs([("id", &uuid), ("uuid", &uuid)]))
    }
}

impl EventSourceMapping {
    /// Returns the id of the existing mapping from the same stream to the same function. Mappings
    /// have no names to find them by.
    async fn existing(&self, to: &Target<'_>) -> Result<Option<String>, Failure> {
        let call = to.aws.lambda.list_event_source_mappings();
        let call = call.event_source_arn(&self.event_source_arn).function_name(&self.function_name);
        let listed = call.send().await.during("ListEventSourceMappings")?;
        Ok(listed.event_source_mappings().first().and_then(|mapping| mapping.uuid.clone()))
    }

    async fn create(&self, to: &Target<'_>) -> Result<String, Failure> {
        let call = to
            .aws
            .lambda
            .create_event_source_mapping()
            .event_source_arn(&self.event_source_arn)
            .function_name(&self.function_name)
            .starting_position(self.starting_position.as_str().into())
            .set_enabled(self.enabled)
            .set_batch_size(self.batch_size)
            .set_maximum_batching_window_in_seconds(self.maximum_batching_window_in_seconds)
            .set_filter_criteria(self.filters())
            .set_function_response_types(Some(self.response_types()))
            .set_bisect_batch_on_function_error(self.bisect_batch_on_function_error)
            .set_maximum_retry_attempts(self.maximum_retry_attempts)
            .set_maximum_record_age_in_seconds(self.maximum_record_age_in_seconds)
            .set_parallelization_factor(self.parallelization_factor)
            .set_destination_config(self.destination())
            .set_metrics_config(self.metrics());
        let created = call.send().await.during("CreateEventSourceMapping")?;
        created.uuid.required("CreateEventSourceMapping", "UUID")
    }

    async fn update(&self, to: &Target<'_>, uuid: String) -> Result<String, Failure> {
        let call = to
            .aws
            .lambda
            .update_event_source_mapping()
            .uuid(&uuid)
            .function_name(&self.function_name)
            .set_enabled(self.enabled)
            .set_batch_size(self.batch_size)
            .set_maximum_batching_window_in_seconds(self.maximum_batching_window_in_seconds)
            .set_filter_criteria(self.filters())
            .set_function_response_types(Some(self.response_types()))
            .set_bisect_batch_on_function_error(self.bisect_batch_on_function_error)
            .set_maximum_retry_attempts(self.maximum_retry_attempts)
            .set_maximum_record_age_in_seconds(self.maximum_record_age_in_seconds)
            .set_parallelization_factor(self.parallelization_factor)
            .set_destination_config(self.destination())
            .set_metrics_config(self.metrics());
        call.send().await.during("UpdateEventSourceMapping")?;
        Ok(uuid)
    }

    fn filters(&self) -> Option<sdk::FilterCriteria> {
        let filters = self.filter_criteria.as_ref()?.filters.iter();
        let filters = filters.map(|it| sdk::Filter::builder().pattern(&it.pattern).build());
        Some(sdk::FilterCriteria::builder().set_filters(Some(filters.collect())).build())
    }

    fn response_types(&self) -> Vec<sdk::FunctionResponseType> {
        self.function_response_types.iter().map(|name| name.as_str().into()).collect()
    }

    fn destination(&self) -> Option<sdk::DestinationConfig> {
        let arn = &self.destination_config.as_ref()?.on_failure.destination_arn;
        let failure = sdk::OnFailure::builder().destination(arn).build();
        Some(sdk::DestinationConfig::builder().on_failure(failure).build())
    }

    fn metrics(&self) -> Option<sdk::EventSourceMappingMetricsConfig> {
        let metrics = self.metrics_config.as_ref()?.metrics.iter();
        let metrics = metrics.map(|name| name.as_str().into()).collect();
        let config = sdk::EventSourceMappingMetricsConfig::builder();
        Some(config.set_metrics(Some(metrics)).build())
    }
}
