//! The policies in docs/DEPLOYING.md fit the program: the boundary covers every permission of the
//! stack's roles, and the deploy role may pass roles only to the services that assume them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::evaluated::{Deployed, document, statements, texts};
use crate::project::read;

/// The statement with this `Sid` in a JSON block of docs/DEPLOYING.md.
fn documented(sid: &str) -> Value {
    let text = read("docs/DEPLOYING.md");
    let blocks = text.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let policies = blocks.map(|block| serde_json::from_str::<Value>(block).unwrap());
    let mut statements =
        policies.flat_map(|policy| policy["Statement"].as_array().cloned().unwrap());
    statements
        .find(|statement| statement["Sid"] == sid)
        .unwrap_or_else(|| panic!("docs/DEPLOYING.md has no statement {sid}"))
}

fn covers(statement: &Value, action: &str) -> bool {
    texts(&statement["Action"]).iter().any(|allowed| match allowed.strip_suffix('*') {
        Some(service) => action.starts_with(service),
        None => *allowed == action,
    })
}

#[test]
fn the_boundary_covers_every_permission_of_the_stack() {
    let [own, rule, any] =
        ["ResourcesOfTheStack", "RuleOfStepFunctions", "LogsAndTraces"].map(documented);
    let deployed = Deployed::of("production");
    for statement in deployed.all("aws:iam:RolePolicy").into_iter().flat_map(statements) {
        for action in texts(&statement["Action"]) {
            for resource in texts(&statement["Resource"]) {
                let boundary = match resource {
                    "*" => &any,
                    rule_arn if rule_arn.contains(":rule/StepFunctionsGet") => &rule,
                    _ => &own,
                };
                assert!(covers(boundary, action), "{} lacks {action}", boundary["Sid"]);
            }
        }
    }
}

#[test]
fn the_deploy_role_passes_roles_to_the_services_that_assume_them() {
    let mut trusted = BTreeSet::new();
    for role in Deployed::of("production").all("aws:iam:Role") {
        for statement in document(role, "assumeRolePolicy")["Statement"].as_array().unwrap() {
            let services = texts(&statement["Principal"]["Service"]);
            trusted.extend(services.into_iter().map(str::to_owned));
        }
    }
    let condition = documented("OnlyToTheServicesUsed")["Condition"].clone();
    let services = texts(&condition["StringEquals"]["iam:PassedToService"]);
    assert_eq!(services, trusted.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn roles_are_created_with_the_boundary_only() {
    let statement = documented("OnlyWithTheBoundary");
    let boundary = &statement["Condition"]["StringEquals"]["iam:PermissionsBoundary"];
    assert_eq!(boundary, "arn:aws:iam::<ACCOUNT>:policy/pixgauge-production-boundary");
    for action in ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"] {
        assert!(covers(&statement, action), "{action}");
        assert!(!covers(&documented("RolesOfTheStack"), action), "{action}");
    }
    let denied = documented("NeverWithoutTheBoundary");
    assert_eq!(denied["Effect"], "Deny");
    assert!(covers(&denied, "iam:DeleteRolePermissionsBoundary"));
}

#[test]
fn every_role_takes_the_boundary_of_the_configuration() {
    let boundary = "arn:aws:iam::123456789012:policy/boundary";
    let deployed = Deployed::configured("production", "permissionsBoundary", boundary);
    let roles = deployed.all("aws:iam:Role");
    assert!(roles.len() > 10, "{}", roles.len());
    for role in roles {
        assert_eq!(role.inputs["permissionsBoundary"], boundary, "of {}", role.name);
    }
}
