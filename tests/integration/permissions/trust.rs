//! Who may assume a role.

use harness::{TestStack, run};

use super::policy::{self, Request};
use super::roles::Role;

const ACCOUNT: &str = "000000000000";
const OTHER_ACCOUNT: &str = "111122223333";
const SERVICES: [&str; 7] = ["states", "events", "scheduler", "lambda", "apigateway", "ec2", "s3"];

/// The service that a role is for.
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
                let (here, there) = (
                    may_assume(&role, service, ACCOUNT),
                    may_assume(&role, service, OTHER_ACCOUNT),
                );
                assert_eq!(here, service == own, "{}: {service}", role.name);
                // Lambda takes only roles of the function's account, and says nothing of it.
                assert_eq!(there, service == own && own == "lambda", "{}: {service}", role.name);
            }
        }
    });
}
