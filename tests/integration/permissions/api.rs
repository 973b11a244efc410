//! Resource policies of the functions behind the API. The policy of a function lets only the
//! function's own routes invoke it.

use harness::{TestStack, run};
use serde_json::{Value, json};

use super::policy::{self, Request};
use super::roles::Role;
use crate::client::get;

/// Functions behind the API, with a path for each permission in their resource policies. `openapi`
/// has one permission for all paths, because it serves each path that no other function serves.
const PATHS: [(&str, &str); 7] = [
    ("get-image", "/images/file"),
    ("get-image", "/images/file/a.png"),
    ("get-metadata", "/images/metadata"),
    ("get-metadata", "/images/metadata/a.png"),
    ("info-images", "/images/info"),
    ("list-images", "/images"),
    ("openapi", "/openapi.json"),
];

const GATEWAY: &str = "apigateway.amazonaws.com";
const INVOKE: &str = "lambda:InvokeFunction";

/// The id of the stack's API.
async fn api_id(stack: &TestStack) -> String {
    let apis = stack.stack.aws.apigateway.get_apis().send().await.unwrap().items.unwrap();
    let name = stack.function("");
    let own = apis.into_iter().find(|api| api.name() == Some(name.trim_end_matches('-')));
    own.unwrap().api_id.unwrap()
}

/// The ARN that API Gateway names as the source when it invokes a function for a GET of this path.
fn source(account: &str, api: &str, path: &str) -> String {
    format!("arn:aws:execute-api:us-east-1:{account}:{api}/$default/GET{path}")
}

/// The statements of a function's resource policy; empty if the function has none.
async fn statements(stack: &TestStack, function: &str) -> Vec<Value> {
    let request = stack.stack.aws.lambda.get_policy().function_name(stack.function(function));
    let Ok(response) = request.send().await else { return Vec::new() };
    let policy: Value = serde_json::from_str(&response.policy.unwrap()).unwrap();
    policy["Statement"].as_array().unwrap().clone()
}

async fn status(stack: &TestStack, path: &str) -> u16 {
    get(&format!("{}{path}", stack.stack.outputs.api_url), &[]).await.status
}

/// Removes each permission of the API to invoke a function, one at a time, and checks that the API
/// then responds 500.
pub(super) async fn each_is_needed(stack: &TestStack) {
    let id = api_id(stack).await;
    for (function, path) in PATHS {
        let before = status(stack, path).await;
        let call = source("000000000000", &id, path);
        let mut statements = statements(stack, function).await;
        statements.retain(|one| may(&json!({"Statement": [one]}), GATEWAY, INVOKE, &call));
        let [statement] = &statements[..] else {
            panic!("{function} should have exactly one permission for {path}");
        };
        let (lambda, name) = (&stack.stack.aws.lambda, stack.function(function));
        let sid = statement["Sid"].as_str().unwrap();
        let remove = lambda.remove_permission().function_name(&name).statement_id(sid);
        remove.send().await.unwrap();
        assert_ne!(before, 500, "{function}");
        assert_eq!(status(stack, path).await, 500, "{function} {path}");
        let source = &statement["Condition"]["ArnLike"]["AWS:SourceArn"];
        let add = lambda.add_permission().function_name(&name).statement_id(sid);
        let add = add.action(INVOKE).principal(GATEWAY);
        add.source_arn(source.as_str().unwrap()).send().await.unwrap();
        assert_eq!(status(stack, path).await, before, "{function}");
    }
}

/// True if a function's resource policy allows a service to perform this action for this source.
fn may(policy: &Value, service: &str, action: &str, source: &str) -> bool {
    let resource = policy["Statement"][0]["Resource"].as_str().unwrap();
    let context = [("aws:sourcearn", source)];
    policy::allows(policy, &Request { service: Some(service), action, resource, context: &context })
}

#[test]
fn a_function_is_called_by_its_own_routes_of_this_api_only() {
    run(async {
        let stack = TestStack::shared().await;
        let id = &api_id(stack).await;
        for (function, own) in PATHS {
            let policy = json!({"Statement": statements(stack, function).await});
            for (other, path) in PATHS {
                let expected = other == function || function == "openapi";
                let source = source("000000000000", id, path);
                assert_eq!(may(&policy, GATEWAY, INVOKE, &source), expected, "{source} {policy}");
            }
            let here = source("000000000000", id, own);
            for foreign in [source("000000000000", "other", own), source("111122223333", id, own)] {
                assert!(!may(&policy, GATEWAY, INVOKE, &foreign), "{function} {foreign}");
            }
            assert!(!may(&policy, GATEWAY, "lambda:UpdateFunctionCode", &here), "{function}");
            assert!(!may(&policy, "s3.amazonaws.com", INVOKE, &here), "{function}");
        }
    });
}

#[test]
fn nobody_may_call_the_other_functions() {
    run(async {
        let stack = TestStack::shared().await;
        for function in super::functions(&Role::all(stack).await) {
            let is_of_api = PATHS.iter().any(|(name, _)| *name == function);
            assert_eq!(!statements(stack, &function).await.is_empty(), is_of_api, "{function}");
        }
    });
}
