//! Permissions to invoke a Lambda function.

use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Target, outputs};

/// `aws:lambda:Permission`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Permission {
    action: String,
    function: String,
    principal: String,
    source_account: Option<String>,
    source_arn: Option<String>,
    /// Id of the statement. If it is absent, the local deploy uses the resource's name, whereas the
    /// provider generates an id.
    statement_id: Option<String>,
}

impl Resource for Permission {
    const OUTPUTS: &'static [&'static str] = &["id", "statementId"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let id = self.statement_id.clone().unwrap_or_else(|| to.name.to_owned());
        // An existing statement cannot be updated, so it is replaced.
        if !self.add(to, &id).await? {
            let call = to.aws.lambda.remove_permission().function_name(&self.function);
            call.statement_id(&id).send().await.during("RemovePermission")?;
            self.add(to, &id).await?;
        }
        Ok(outputs([("id", &id), ("statementId", &id)]))
    }
}

impl Permission {
    /// Adds the statement. Returns false if the function already has a statement with this id.
    async fn add(&self, to: &Target<'_>, id: &str) -> Result<bool, Failure> {
        let call = to
            .aws
            .lambda
            .add_permission()
            .function_name(&self.function)
            .statement_id(id)
            .action(&self.action)
            .principal(&self.principal)
            .set_source_account(self.source_account.clone())
            .set_source_arn(self.source_arn.clone());
        let added = call.send().await.unless("ResourceConflictException", "AddPermission")?;
        Ok(added.is_some())
    }
}
