//! Saved queries of CloudWatch Logs Insights.

use serde::Deserialize;

use super::failure::{Answered, During, Failure};
use super::resource::{Outputs, Resource, Target, outputs};

/// What the emulator says to an operation that it does not have, as it does not have saved queries.
const UNKNOWN: &str = "InvalidOperationException";

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
    /// The id of the query of this name, if there is one; `None` where there are no saved queries.
    async fn find(&self, to: &Target<'_>) -> Result<Option<Option<String>>, Failure> {
        let call = to.aws.logs.describe_query_definitions();
        let call = call.query_definition_name_prefix(&self.name);
        let found = call.send().await.unless(UNKNOWN, "DescribeQueryDefinitions")?;
        Ok(found.map(|answer| {
            let same = |query: &&aws_sdk_cloudwatchlogs::types::QueryDefinition| {
                query.name() == Some(&self.name)
            };
            answer.query_definitions().iter().find(same)?.query_definition_id.clone()
        }))
    }

    /// Creates the query, or replaces the `known` one; returns its id.
    async fn put(&self, to: &Target<'_>, known: Option<String>) -> Result<String, Failure> {
        let call = to.aws.logs.put_query_definition().name(&self.name);
        let call = call.set_query_definition_id(known).query_string(&self.query_string);
        let call = call.set_log_group_names(Some(self.log_group_names.clone()));
        let put = call.send().await.during("PutQueryDefinition")?;
        put.query_definition_id.answered("PutQueryDefinition", "queryDefinitionId")
    }
}
