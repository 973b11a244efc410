//! Resource policies of the functions behind the API: each lets only its own routes invoke it.

use harness::{TestStack, run};
use serde_json::{Value, json};

use super::policy::{self, Request};
use super::roles::Role;
use crate::client::get;

/// Functions behind the API, each with a path that reaches it. `openapi` serves all paths without
/// another route, so its permission covers all paths.
const PATHS: [(&str, &str); 5] = [
    ("get-image", "/images/file/a.png"),
    ("get-metadata", "/images/metadata/a.png"),
    ("info-images", "/images/info"),
    ("list-images", "/images"),
    ("openapi", "/openapi.json"),
];

/// The statements of a function's resource policy; none if it has no policy.
async fn statements(stack: &TestStack, function: &str) -> Vec<Value> {
    let request = stack.stack.aws.lambda.get_policy().function_name(stack.function(function));
    let Ok(response) = request.send().await else { return Vec::new() };
    let policy: Value = serde_json::from_str(&response.policy.unwrap()).unwrap();
    policy["Statement"].as_array().unwrap().clone()
}

async fn status(stack: &TestStack, path: &str) -> u16 {
    get(&format!("{}{path}", stack.stack.outputs.api_url), &[]).await.status
}

#[test]
fn the_api_needs_each_of_its_permissions() {
    run(async {
        let stack = TestStack::own("api-permissions").await;
        for (function, path) in PATHS {
            let before = status(&stack, path).await;
            let [statement] = &statements(&stack, function).await[..] else {
                panic!("{function} should have exactly one permission");
            };
            let (lambda, name) = (&stack.stack.aws.lambda, stack.function(function));
            let sid = statement["Sid"].as_str().unwrap();
            let remove = lambda.remove_permission().function_name(&name).statement_id(sid);
            remove.send().await.unwrap();
            assert_ne!(before, 500, "{function}");
            assert_eq!(status(&stack, path).await, 500, "{function}");
            let source = &statement["Condition"]["ArnLike"]["AWS:SourceArn"];
            let add = lambda.add_permission().function_name(&name).statement_id(sid);
            let add = add.action("lambda:InvokeFunction").principal("apigateway.amazonaws.com");
            add.source_arn(source.as_str().unwrap()).send().await.unwrap();
            assert_eq!(status(&stack, path).await, before, "{function}");
        }
        println!("{0} of {0} removed permissions of the API detected", PATHS.len());
    });
}

/// True if a function's policy allows a service this action, from this source.
fn may(policy: &Value, service: &str, action: &str, source: &str) -> bool {
    let resource = policy["Statement"][0]["Resource"].as_str().unwrap();
    let context = [("aws:sourcearn", source)];
    policy::allows(policy, &Request { service: Some(service), action, resource, context: &context })
}

#[test]
fn a_function_is_called_by_its_own_routes_of_this_api_only() {
    run(async {
        let stack = TestStack::shared().await;
        let (gateway, invoke) = ("apigateway.amazonaws.com", "lambda:InvokeFunction");
        let apis = stack.stack.aws.apigateway.get_apis().send().await.unwrap().items.unwrap();
        let own = apis
            .into_iter()
            .find(|api| api.name == Some(stack.function("").trim_end_matches('-').into()));
        let id = &own.unwrap().api_id.unwrap();
        let source = |account: &str, api: &str, path: &str| {
            format!("arn:aws:execute-api:us-east-1:{account}:{api}/$default/GET{path}")
        };
        for (function, own) in PATHS {
            let policy = json!({"Statement": statements(stack, function).await});
            for (_, path) in PATHS {
                let expected = path == own || function == "openapi";
                let source = source("000000000000", id, path);
                assert_eq!(may(&policy, gateway, invoke, &source), expected, "{source} {policy}");
            }
            let here = source("000000000000", id, own);
            for foreign in [source("000000000000", "other", own), source("111122223333", id, own)] {
                assert!(!may(&policy, gateway, invoke, &foreign), "{function} {foreign}");
            }
            assert!(!may(&policy, gateway, "lambda:UpdateFunctionCode", &here), "{function}");
            assert!(!may(&policy, "s3.amazonaws.com", invoke, &here), "{function}");
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
