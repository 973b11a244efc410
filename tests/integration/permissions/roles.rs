//! The roles of a running stack, their policies, and single permissions in them.

use std::collections::BTreeSet;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::policy::texts;
use harness::TestStack;

/// One action on one resource, as a role's policy allows it.
///
/// Names are short: without account, region and the stack's prefix, so `table/catalog` is the
/// table's ARN and `bucket/uploads/*` what the bucket holds under `uploads/`.
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

/// A role with its only policy.
#[derive(Clone, Debug)]
pub(super) struct Role {
    /// Its name without the stack's prefix.
    pub(super) name: String,
    /// Its ARN.
    pub(super) arn: String,
    /// Who may assume it.
    pub(super) trust: Value,
    policy_name: String,
    /// What it may do.
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
        assert_eq!(attached.attached_policies(), [], "{name}: policies of others are not proven");
        let policies = iam.list_role_policies().role_name(&full).send().await.unwrap();
        let [policy_name] = &policies.policy_names[..] else {
            panic!("{name} has not one policy: {:?}", policies.policy_names);
        };
        let policy = iam.get_role_policy().role_name(&full).policy_name(policy_name);
        let policy = document(&policy.send().await.unwrap().policy_document);
        Self { name: name.into(), arn, trust, policy_name: policy_name.clone(), policy }
    }

    /// The actions that its policy allows, each with each of its resources.
    pub(super) fn grants(&self, stack: &TestStack) -> BTreeSet<Grant> {
        self.grants_of(stack, &self.policy)
    }

    /// The same of another policy.
    pub(super) fn grants_of(&self, stack: &TestStack, policy: &Value) -> BTreeSet<Grant> {
        pairs(policy)
            .map(|(action, resource)| Grant::new(&self.name, action, &short(stack, resource)))
            .collect()
    }

    /// Gives the role the policy that it was deployed with, or one without this permission.
    pub(super) async fn put(&self, stack: &TestStack, without: Option<&Grant>) {
        let policy = without.map_or_else(|| self.policy.clone(), |it| self.without(stack, it));
        let (iam, role) = (&stack.stack.aws.iam, stack.function(&self.name));
        if policy["Statement"] == json!([]) {
            // IAM refuses a policy without statements.
            let delete = iam.delete_role_policy().role_name(role).policy_name(&self.policy_name);
            delete.send().await.unwrap();
        } else {
            let put = iam.put_role_policy().role_name(role).policy_name(&self.policy_name);
            put.policy_document(policy.to_string()).send().await.unwrap();
        }
    }

    /// The policy without one action on one resource, and with all the rest.
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

/// A statement about one action and one resource.
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
    assert_eq!(statement["Effect"], "Allow", "a role's policy here only allows: {statement}");
    let resources = texts(&statement["Resource"]);
    texts(&statement["Action"])
        .into_iter()
        .flat_map(move |action| resources.clone().into_iter().map(move |it| (action, it)))
}

/// IAM returns documents as RFC 3986 encodes them.
fn document(text: &str) -> Value {
    serde_json::from_str(&percent_decode_str(text).decode_utf8().unwrap()).unwrap()
}

/// An ARN without what every ARN of the stack has.
pub(super) fn short(stack: &TestStack, arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    resource.replace(&stack.stack.outputs.bucket_name, "bucket").replace(&stack.function(""), "")
}
