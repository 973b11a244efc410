//! Trust policies of the roles, and policies of the queues.

use aws_sdk_sqs::types::QueueAttributeName::Policy;
use harness::{TestStack, run};
use serde_json::Value;

use super::policy::{self, Request};
use super::roles::Role;

const ACCOUNT: &str = "000000000000";
const OTHER_ACCOUNT: &str = "111122223333";
const SERVICES: [&str; 7] = ["states", "events", "scheduler", "lambda", "apigateway", "ec2", "s3"];

/// The service that assumes the role.
fn service_of(role: &Role) -> &'static str {
    match role.name.as_str() {
        "analyze-image" | "reconcile" => "states",
        "object-events" => "events",
        "reconcile-schedule" => "scheduler",
        _ => "lambda",
    }
}

fn may_assume(role: &Role, service: &str, account: &str) -> bool {
    let service = format!("{service}.amazonaws.com");
    let (action, resource, context) =
        ("sts:AssumeRole", &*role.arn, [("aws:sourceaccount", account)]);
    let request = Request { service: Some(&service), action, resource, context: &context };
    policy::allows(&role.trust, &request)
}

#[test]
fn a_role_is_assumed_by_its_own_service_and_for_this_account_only() {
    run(async {
        for role in Role::all(TestStack::shared().await).await {
            let own = service_of(&role);
            for service in SERVICES {
                let [here, there] =
                    [ACCOUNT, OTHER_ACCOUNT].map(|account| may_assume(&role, service, account));
                assert_eq!(here, service == own, "{}: {service}", role.name);
                // Trust policies for Lambda have no condition on `aws:SourceAccount`: Lambda does
                // not send this key, and accepts only roles of the function's own account.
                assert_eq!(there, service == own && own == "lambda", "{}: {service}", role.name);
            }
        }
    });
}

/// The policy of a queue; `None` if the queue has no policy. Without a policy, only roles of the
/// account have access.
async fn queue_policy(stack: &TestStack, queue: &str) -> Option<Value> {
    let sqs = &stack.stack.aws.sqs;
    let url = sqs.get_queue_url().queue_name(stack.function(queue)).send().await.unwrap();
    let attributes = sqs.get_queue_attributes().set_queue_url(url.queue_url);
    let response = attributes.attribute_names(Policy).send().await.unwrap();
    response.attributes?.get(&Policy).map(|policy| serde_json::from_str(policy).unwrap())
}

#[test]
fn only_the_rule_leaves_undelivered_events() {
    run(async {
        let stack = TestStack::shared().await;
        assert_eq!(queue_policy(stack, "failures").await, None);
        let policy = queue_policy(stack, "undelivered-events").await.unwrap();
        let may = |service: &str, action: &str, rule: &str| {
            let queue = stack.function("undelivered-events");
            let resource = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}");
            let context = [("aws:sourcearn", rule)];
            let service = Some(service);
            let request = Request { service, action, resource: &resource, context: &context };
            policy::allows(&policy, &request)
        };
        let (events, send) = ("events.amazonaws.com", "sqs:SendMessage");
        let own = stack.function("object-events");
        let own = format!("arn:aws:events:us-east-1:{ACCOUNT}:rule/{own}");
        assert!(may(events, send, &own));
        assert!(!may(events, send, &own.replace(ACCOUNT, OTHER_ACCOUNT)));
        assert!(!may(events, send, &format!("{own}-2")));
        assert!(!may("s3.amazonaws.com", send, &own));
        for action in ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"] {
            assert!(!may(events, action, &own), "{action}");
        }
    });
}
