//! Saved queries of CloudWatch Logs Insights.

use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Target, outputs};

/// The emulator's error code for an operation that it does not implement. The emulator implements
/// no operation on saved queries.
const NOT_IMPLEMENTED: &str = "InvalidOperationException";

/// `aws:cloudwatch:QueryDefinition`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct QueryDefinition {
    name: String,
    log_group_names: Vec<String>,
    query_string: String,
}

impl Resource for QueryDefinition {
    const OUTPUTS: &'static [&'static str] = &["id", "queryDefinitionId"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let id = match self.find(to).await? {
            Some(known) => self.put(to, known).await?,
            None => self.name,
        };
        Ok(outputs([("id", &id), ("queryDefinitionId", &id)]))
    }
}

impl QueryDefinition {
    /// Returns the id of the query with this name. The inner `None` means that no query has this
    /// name, and the outer `None` that the endpoint does not implement saved queries.
    async fn find(&self, to: &Target<'_>) -> Result<Option<Option<String>>, Failure> {
        let call = to.aws.logs.describe_query_definitions();
        let call = call.query_definition_name_prefix(&self.name);
        let found = call.send().await.unless(NOT_IMPLEMENTED, "DescribeQueryDefinitions")?;
        Ok(found.map(|response| {
            let same = |query: &&aws_sdk_cloudwatchlogs::types::QueryDefinition| {
                query.name() == Some(&self.name)
            };
            response.query_definitions().iter().find(same)?.query_definition_id.clone()
        }))
    }

    /// Creates the query, or replaces the one with the id `known`. Returns its id.
    async fn put(&self, to: &Target<'_>, known: Option<String>) -> Result<String, Failure> {
        let call = to.aws.logs.put_query_definition().name(&self.name);
        let call = call.set_query_definition_id(known).query_string(&self.query_string);
        let call = call.set_log_group_names(Some(self.log_group_names.clone()));
        let put = call.send().await.during("PutQueryDefinition")?;
        put.query_definition_id.required("PutQueryDefinition", "queryDefinitionId")
    }
}
