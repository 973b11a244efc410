//! IAM roles and their inline policies.

use aws_sdk_iam::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure, Required};
use super::resource::{Outputs, Resource, Tags, Target, document, outputs, string_map};

/// `aws:iam:Role`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Role {
    name: String,
    #[serde(deserialize_with = "document")]
    assume_role_policy: String,
    description: Option<String>,
    /// ARN of a policy; empty for none.
    #[serde(default)]
    permissions_boundary: String,
    /// Seconds.
    max_session_duration: Option<i32>,
    #[serde(default, deserialize_with = "string_map")]
    tags: Tags,
}

impl Resource for Role {
    const OUTPUTS: &'static [&'static str] = &["id", "name", "arn", "uniqueId"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let role = match self.create(to).await? {
            Some(role) => role,
            None => self.update(to).await?,
        };
        Ok(outputs([
            ("id", role.role_name()),
            ("name", role.role_name()),
            ("arn", role.arn()),
            ("uniqueId", role.role_id()),
        ]))
    }
}

impl Role {
    /// Creates the role. Returns `None` if a role with this name exists.
    async fn create(&self, to: &Target<'_>) -> Result<Option<sdk::Role>, Failure> {
        let call = to
            .aws
            .iam
            .create_role()
            .role_name(&self.name)
            .assume_role_policy_document(&self.assume_role_policy)
            .set_description(self.description.clone())
            .set_permissions_boundary(self.boundary())
            .set_max_session_duration(self.max_session_duration)
            .set_tags(Some(self.tags()?));
        let created = call.send().await.unless("EntityAlreadyExists", "CreateRole")?;
        created.map(|response| response.role.required("CreateRole", "Role")).transpose()
    }

    async fn update(&self, to: &Target<'_>) -> Result<sdk::Role, Failure> {
        let iam = &to.aws.iam;
        let call = iam.update_assume_role_policy().role_name(&self.name);
        let call = call.policy_document(&self.assume_role_policy);
        call.send().await.during("UpdateAssumeRolePolicy")?;
        let call = iam.update_role().role_name(&self.name);
        let call = call.set_description(self.description.clone());
        let call = call.set_max_session_duration(self.max_session_duration);
        call.send().await.during("UpdateRole")?;
        self.update_boundary(to).await?;
        if !self.tags.is_empty() {
            let call = iam.tag_role().role_name(&self.name).set_tags(Some(self.tags()?));
            call.send().await.during("TagRole")?;
        }
        let role = iam.get_role().role_name(&self.name).send().await.during("GetRole")?;
        role.role.required("GetRole", "Role")
    }

    async fn update_boundary(&self, to: &Target<'_>) -> Result<(), Failure> {
        let Some(boundary) = self.boundary() else {
            let call = to.aws.iam.delete_role_permissions_boundary().role_name(&self.name);
            call.send().await.unless("NoSuchEntity", "DeleteRolePermissionsBoundary")?;
            return Ok(());
        };
        let call = to.aws.iam.put_role_permissions_boundary().role_name(&self.name);
        let call = call.permissions_boundary(boundary);
        call.send().await.during("PutRolePermissionsBoundary")?;
        Ok(())
    }

    fn boundary(&self) -> Option<String> {
        Some(self.permissions_boundary.clone()).filter(|arn| !arn.is_empty())
    }

    fn tags(&self) -> Result<Vec<sdk::Tag>, Failure> {
        let tag = |(key, value)| Ok(sdk::Tag::builder().key(key).value(value).build()?);
        self.tags.iter().map(tag).collect()
    }
}

/// `aws:iam:RolePolicy`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RolePolicy {
    name: String,
    role: String,
    #[serde(deserialize_with = "document")]
    policy: String,
}

impl Resource for RolePolicy {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let call = to.aws.iam.put_role_policy().role_name(&self.role).policy_name(&self.name);
        let call = call.policy_document(self.policy);
        call.send().await.during("PutRolePolicy")?;
        Ok(outputs([("id", &format!("{}:{}", self.role, self.name))]))
    }
}
