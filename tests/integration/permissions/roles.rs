//! The roles of a running stack, their policies, and the permissions in the policies.

use std::collections::BTreeSet;
use std::fmt;

use harness::TestStack;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::policy::texts;

/// A permission of a role: one action that the role's policy allows on one resource.
///
/// Resources have short names, without account, region and the stack's prefix. For example:
/// - `table/catalog` stands for the table's ARN,
/// - `bucket/prefix/*` for all objects under the key prefix,
/// - `set-aside` for the bucket of records that were set aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant {
    pub(super) role: String,
    pub(super) action: String,
    pub(super) resource: String,
}

impl Grant {
    pub(super) fn new(role: &str, action: &str, resource: &str) -> Self {
        Self { role: role.into(), action: action.into(), resource: resource.into() }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {}", self.role, self.action, self.resource)
    }
}

/// A role with its trust policy and its only permissions policy.
#[derive(Clone, Debug)]
pub(super) struct Role {
    /// The role's name without the stack's prefix.
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) trust: Value,
    policy_name: String,
    /// The permissions policy.
    pub(super) policy: Value,
}

impl Role {
    /// All roles of a stack.
    pub(super) async fn all(stack: &TestStack) -> Vec<Self> {
        let listed = stack.stack.aws.iam.list_roles().send().await.unwrap().roles;
        let prefix = stack.function("");
        let mut roles = Vec::new();
        for role in listed {
            if let Some(name) = role.role_name.strip_prefix(&prefix) {
                let trust = document(&role.assume_role_policy_document.unwrap_or_default());
                roles.push(Self::read(stack, name, role.arn, trust).await);
            }
        }
        roles
    }

    async fn read(stack: &TestStack, name: &str, arn: String, trust: Value) -> Self {
        let (iam, full) = (&stack.stack.aws.iam, stack.function(name));
        let attached = iam.list_attached_role_policies().role_name(&full).send().await.unwrap();
        assert_eq!(attached.attached_policies(), [], "{name}: managed policies are not tested");
        let policies = iam.list_role_policies().role_name(&full).send().await.unwrap();
        let [policy_name] = &policies.policy_names[..] else {
            panic!("{name} should have exactly one policy: {:?}", policies.policy_names);
        };
        let policy = iam.get_role_policy().role_name(&full).policy_name(policy_name);
        let policy = document(&policy.send().await.unwrap().policy_document);
        Self { name: name.into(), arn, trust, policy_name: policy_name.clone(), policy }
    }

    /// The permissions in the role's policy: each action with each resource of its statement.
    pub(super) fn grants(&self, stack: &TestStack) -> BTreeSet<Grant> {
        self.grants_of(stack, &self.policy)
    }

    /// The permissions that this role would have with `policy`.
    pub(super) fn grants_of(&self, stack: &TestStack, policy: &Value) -> BTreeSet<Grant> {
        pairs(policy)
            .map(|(action, resource)| Grant::new(&self.name, action, &short(stack, resource)))
            .collect()
    }

    /// Restores the role's deployed policy, except the permission `without`, if one is given.
    pub(super) async fn put(&self, stack: &TestStack, without: Option<&Grant>) {
        let policy = without.map_or_else(|| self.policy.clone(), |it| self.without(stack, it));
        let (iam, role) = (&stack.stack.aws.iam, stack.function(&self.name));
        if policy["Statement"] == json!([]) {
            // IAM rejects a policy without statements.
            let delete = iam.delete_role_policy().role_name(role).policy_name(&self.policy_name);
            delete.send().await.unwrap();
        } else {
            let put = iam.put_role_policy().role_name(role).policy_name(&self.policy_name);
            put.policy_document(policy.to_string()).send().await.unwrap();
        }
    }

    /// The role's policy without one permission.
    pub(super) fn without(&self, stack: &TestStack, grant: &Grant) -> Value {
        let mut policy = self.policy.clone();
        let statements = self.policy["Statement"].as_array().unwrap();
        let split = statements.iter().flat_map(|statement| {
            let pairs: Vec<_> = statement_pairs(statement).collect();
            let is_it = |(action, resource): &(&str, &str)| {
                *action == grant.action && short(stack, resource) == grant.resource
            };
            if !pairs.iter().any(is_it) {
                return vec![statement.clone()];
            }
            let others = pairs.into_iter().filter(|pair| !is_it(pair));
            others.map(|(action, resource)| with(statement, action, resource)).collect()
        });
        policy["Statement"] = split.collect();
        policy
    }
}

/// A copy of a statement with only this action and this resource.
fn with(statement: &Value, action: &str, resource: &str) -> Value {
    let mut one = statement.clone();
    one["Action"] = json!(action);
    one["Resource"] = json!(resource);
    one
}

fn pairs(policy: &Value) -> impl Iterator<Item = (&str, &str)> {
    policy["Statement"].as_array().into_iter().flatten().flat_map(statement_pairs)
}

fn statement_pairs(statement: &Value) -> impl Iterator<Item = (&str, &str)> {
    assert_eq!(statement["Effect"], "Allow", "roles here have no denials: {statement}");
    let resources = texts(&statement["Resource"]);
    texts(&statement["Action"])
        .into_iter()
        .flat_map(move |action| resources.clone().into_iter().map(move |it| (action, it)))
}

/// Parses a policy document, which IAM returns percent-encoded (RFC 3986).
fn document(text: &str) -> Value {
    serde_json::from_str(&percent_decode_str(text).decode_utf8().unwrap()).unwrap()
}

/// The short name of a resource (see [`Grant`]).
pub(super) fn short(stack: &TestStack, arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let resource = resource.replace(&stack.set_aside_bucket(), "set-aside");
    let (bucket, prefix) = (&stack.stack.outputs.bucket_name, &stack.stack.outputs.key_prefix);
    let resource = resource.replace(&format!("{bucket}/{prefix}"), "bucket/prefix/");
    resource.replace(bucket.as_str(), "bucket").replace(&stack.function(""), "")
}
