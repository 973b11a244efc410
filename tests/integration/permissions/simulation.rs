//! Checks that each role is allowed what [`table`] grants, and nothing else.
//!
//! Each role tries every action of [`Attempts`] on every resource of [`Attempts`]: those in
//! [`table`], and others. The evaluator in [`policy`] must decide each of these requests as
//! [`table`] says.
//!
//! To show that the evaluator is right, the emulator's `SimulatePrincipalPolicy` must decide as the
//! evaluator does. Both decide without condition keys, which this operation does not support.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt as _;
use harness::{TestStack, run};

use super::policy::{self, Request};
use super::roles::{Grant, Role};
use super::{MACHINES, functions, table};

/// Actions to try in addition to those of [`table`]. No role may perform them.
const MORE_ACTIONS: &[&str] = &[
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
    "dynamodb:ListTables",
    "dynamodb:UpdateTable",
    "events:DeleteRule",
    "iam:CreateRole",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "lambda:AddPermission",
    "lambda:UpdateFunctionCode",
    "logs:DeleteLogGroup",
    "s3:DeleteBucket",
    "s3:DeleteObject",
    "s3:GetBucketPolicy",
    "s3:GetObjectVersion",
    "s3:PutBucketPolicy",
    "s3:PutObject",
    "sqs:DeleteMessage",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "states:DeleteStateMachine",
    "states:UpdateStateMachine",
    "sts:AssumeRole",
];

/// Resources that no role may use, although their names look like those of the stack's resources.
/// Each entry is a service, a colon and a short name (see [`Grant`]).
const UNUSED: &[&str] = &[
    "s3:bucket/aws/lambda/1",
    "s3:bucket/private/cat.png",
    "s3:bucket/photos/2025/cat.png",
    "s3:bucket/photos/2026",
    "s3:set-aside/uploads/cat.png",
    "kms:key/other",
    "dynamodb:table/catalog/index/other",
    "dynamodb:table/other",
    "lambda:function:other",
    "sqs:other",
    "states:stateMachine:other",
    "states:execution:analyze-image:1",
    "events:rule/object-events",
    "logs:log-group:/aws/lambda/other:log-stream:1",
];

/// Resources outside the stack.
const FOREIGN: &[&str] = &[
    "arn:aws:s3:::other",
    "arn:aws:s3:::other/uploads/cat.png",
    "arn:aws:dynamodb:us-east-1:000000000000:table/pixgauge-other-catalog",
    "arn:aws:lambda:us-east-1:000000000000:function:pixgauge-other-head-object",
    "arn:aws:sqs:us-east-1:000000000000:pixgauge-other-failures",
    "arn:aws:states:us-east-1:000000000000:stateMachine:pixgauge-other-analyze-image",
    "arn:aws:iam::000000000000:role/admin",
];

/// The condition keys and values of requests that list or decrypt objects under the key prefix.
fn uploads(stack: &TestStack) -> [(&str, &str); 2] {
    let prefix = stack.stack.outputs.key_prefix.as_str();
    [("s3:prefix", prefix), ("kms:ViaService", "s3.us-east-1.amazonaws.com")]
}

/// The actions and resources to try.
struct Attempts {
    actions: Vec<String>,
    resources: Vec<String>,
}

impl Attempts {
    fn of(stack: &TestStack, grants: &[Grant]) -> Self {
        let actions =
            grants.iter().map(|it| it.action.as_str()).chain(MORE_ACTIONS.iter().copied());
        let own = grants.iter().map(|it| arn(stack, service(&it.action), &it.resource));
        let unused = UNUSED.iter().map(|it| {
            let (service, resource) = it.split_once(':').unwrap();
            arn(stack, service, resource)
        });
        let resources = own.chain(unused).map(|pattern| pattern.replace('*', "1"));
        let resources = resources.chain(FOREIGN.iter().map(|it| (*it).to_owned()));
        // The catalog's table in another region, and in another account.
        let table = arn(stack, "dynamodb", "table/catalog");
        let elsewhere = [
            table.replace("us-east-1", "eu-west-1"),
            table.replace("000000000000", "111122223333"),
        ];
        Self {
            actions: actions.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect(),
            resources: resources.chain(elsewhere).collect::<BTreeSet<_>>().into_iter().collect(),
        }
    }
}

/// The ARN that a short name stands for, built without the policies, which are under test.
fn arn(stack: &TestStack, service: &str, short: &str) -> String {
    if short == "*" {
        return short.to_owned();
    }
    if service == "s3" {
        let bucket = &stack.stack.outputs.bucket_name;
        let prefix = &stack.stack.outputs.key_prefix;
        let named = short.replacen("bucket/prefix/", &format!("bucket/{prefix}"), 1);
        let named = named.replacen("bucket", bucket, 1);
        return format!(
            "arn:aws:s3:::{}",
            named.replacen("set-aside", &stack.set_aside_bucket(), 1)
        );
    }
    if service == "kms" {
        return format!("arn:aws:kms:us-east-1:000000000000:{short}");
    }
    let named = ["table/", "function:", "stateMachine:", "execution:", "log-group:/aws/lambda/"];
    let kind = named.iter().find(|kind| short.starts_with(*kind)).copied().unwrap_or_default();
    let managed = short.starts_with("rule/StepFunctions");
    let prefix = if managed { String::new() } else { stack.function("") };
    let (kind, name) = short.split_at(kind.len());
    let kinds = ["rule/", "event-bus/"];
    let rule = kinds.iter().find(|kind| name.starts_with(*kind)).map_or(0, |kind| kind.len());
    let (rule, name) = name.split_at(rule);
    format!("arn:aws:{service}:us-east-1:000000000000:{kind}{rule}{prefix}{name}")
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap()
}

#[test]
fn a_role_may_do_what_the_table_says_and_nothing_else() {
    run(async {
        let stack = TestStack::shared().await;
        let roles = Role::all(stack).await;
        let grants = table::grants(&functions(&roles), &MACHINES);
        let grants: Vec<_> = grants.into_iter().map(|(grant, _)| grant).collect();
        let attempts = Attempts::of(stack, &grants);
        let (context, allowed) = (uploads(stack), AtomicUsize::new(0));
        let calls =
            roles.iter().flat_map(|role| attempts.resources.iter().map(move |it| (role, it)));
        futures_util::stream::iter(calls)
            .for_each_concurrent(8, async |(role, resource)| {
                let simulated = simulated(stack, role, &attempts.actions, resource).await;
                for action in &attempts.actions {
                    let expected = grants.iter().any(|it| {
                        it.role == role.name
                            && it.action == *action
                            && policy::matches(&arn(stack, service(action), &it.resource), resource)
                    });
                    let allows = |context| {
                        let request = Request { service: None, action, resource, context };
                        policy::allows(&role.policy, &request)
                    };
                    let at = || format!("{} {action} {resource}", role.name);
                    assert_eq!(allows(&context), expected, "{}", at());
                    assert_eq!(simulated[action], allows(&[]), "{}", at());
                    allowed.fetch_add(expected.into(), Ordering::Relaxed);
                }
            })
            .await;
        let tried = roles.len() * attempts.actions.len() * attempts.resources.len();
        println!("{tried} requests, {allowed:?} of them allowed, as expected");
    });
}

/// The emulator's decision on each action: true if the role may perform it on the resource.
async fn simulated(
    stack: &TestStack,
    role: &Role,
    actions: &[String],
    resource: &str,
) -> BTreeMap<String, bool> {
    let simulate = stack.stack.aws.iam.simulate_principal_policy().policy_source_arn(&role.arn);
    let simulate = simulate.set_action_names(Some(actions.to_vec())).resource_arns(resource);
    let results = simulate.send().await.unwrap().evaluation_results.unwrap_or_default();
    let pairs = results.into_iter();
    pairs.map(|it| (it.eval_action_name, it.eval_decision.as_str() == "allowed")).collect()
}

#[test]
fn listings_are_of_uploads_only() {
    run(async {
        let stack = TestStack::shared().await;
        let bucket = arn(stack, "s3", "bucket");
        let roles = Role::all(stack).await;
        let may = |role: &Role, context: &[(&str, &str)]| {
            let (action, resource) = ("s3:ListBucket", bucket.as_str());
            policy::allows(&role.policy, &Request { service: None, action, resource, context })
        };
        let listing: Vec<_> = roles.iter().filter(|role| may(role, &uploads(stack))).collect();
        assert_eq!(listing.len(), 5, "{listing:?}");
        for role in listing {
            assert!(!may(role, &[("s3:prefix", "photos/2025/")]), "{}", role.name);
            assert!(!may(role, &[("s3:prefix", "")]), "{}", role.name);
            // Before S3 responds with 404 to a request for an object, it checks `s3:ListBucket`
            // without the condition key `s3:prefix`. `reconcile` requests no objects, so its role
            // lacks this permission.
            assert_eq!(may(role, &[]), role.name != "reconcile", "{}", role.name);
        }
    });
}
