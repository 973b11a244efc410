//! Tests of the program's resources, evaluated offline. The outputs that AWS would return are made
//! up.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pulumi_program::offline::Deployment;
use pulumi_program::{
    Evaluation, EvaluationError, FILE_ARCHIVE, Program, ResourceInputs, Stack, offline,
};
use serde_json::{Map, Value, json};

use crate::project::{STACKS, load, read, root};

/// A stack's resources and outputs, evaluated offline.
pub(crate) struct Deployed(Deployment);

impl Deployed {
    pub(crate) fn of(stack: &str) -> Self {
        let (program, stack) = load(stack);
        Self(offline::evaluate(&program, &stack).unwrap())
    }

    /// Evaluates the stack with `value` for the configuration key `key`.
    pub(crate) fn configured(stack: &str, key: &str, value: &str) -> Self {
        let (program, stack) = load(stack);
        Self(offline::evaluate(&program, &stack.with(key, value).unwrap()).unwrap())
    }

    pub(crate) fn get(&self, name: &str) -> &ResourceInputs {
        self.0.resource(name).unwrap()
    }

    pub(crate) fn all(&self, token: &str) -> Vec<&ResourceInputs> {
        self.0.of_type(token).collect()
    }

    /// The property `name` of each resource of a type.
    pub(crate) fn names(&self, token: &str) -> Vec<&str> {
        self.0.of_type(token).map(|it| it.inputs["name"].as_str().unwrap()).collect()
    }
}

/// Parses a property that is a JSON document.
pub(crate) fn document(resource: &ResourceInputs, property: &str) -> Value {
    serde_json::from_str(resource.inputs[property].as_str().unwrap()).unwrap()
}

/// The snapshot has the resources in the order of deployment, each with its type and the names of
/// its properties.
#[test]
fn resources_and_their_properties() {
    let mut shown = String::new();
    for resource in Deployed::of("dev").0.resources {
        let properties: Vec<_> = resource.inputs.keys().map(String::as_str).collect();
        let (name, token) = (&resource.name, &resource.type_token);
        writeln!(shown, "{name} = {token} {{ {} }}", properties.join(", ")).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn names_carry_the_stack_so_that_stacks_share_an_account() {
    for stack in STACKS {
        let deployed = Deployed::of(stack);
        assert_eq!(
            deployed.get("bucket").inputs["bucket"],
            format!("pixgauge-{stack}-123456789012-eu-central-1")
        );
        for resource in &deployed.0.resources {
            // AWS requires the name of a role policy to be unique only in its role, and the name of
            // a stage only in its API.
            let token = resource.type_token.as_str();
            let inner = matches!(token, "aws:iam:RolePolicy" | "aws:apigatewayv2:Stage");
            if let Some(name) = resource.inputs.get("name").filter(|_| !inner) {
                let name = name.as_str().unwrap();
                assert!(name.contains(&format!("pixgauge-{stack}")), "{name}");
                let same = deployed.names(token).into_iter().filter(|other| *other == name);
                assert_eq!(same.count(), 1, "{name} is not unique");
            }
        }
    }
}

#[test]
fn dev_and_local_do_not_protect_their_data() {
    for stack in ["dev", "local"] {
        let deployed = Deployed::of(stack);
        for name in ["bucket", "table"] {
            assert!(!deployed.get(name).options.protect, "{name} of {stack}");
        }
        assert_eq!(deployed.get("table").inputs["deletionProtectionEnabled"], false);
        assert_eq!(deployed.get("bucket").inputs["forceDestroy"], true);
    }
}

#[test]
fn functions_of_the_state_machine_may_reserve_concurrency() {
    let deployed = Deployed::configured("dev", "reservedConcurrency", "50");
    let reserved =
        |name: &str| deployed.get(name).inputs.get("reservedConcurrentExecutions").cloned();
    for name in ["headObject", "readDimensions", "putMetadata"] {
        assert_eq!(reserved(name), Some(json!(50)), "of {name}");
    }
    assert_eq!(reserved("getImage"), None);
}

#[test]
fn functions_know_their_table_and_bucket() {
    let deployed = Deployed::of("dev");
    let table = json!({"TABLE_NAME": "pixgauge-dev-catalog", "SHARDS": 8});
    let bucket = json!({"BUCKET_NAME": "bucket-id", "KEY_PREFIX": "uploads/"});
    let prefix = json!({"KEY_PREFIX": "uploads/"});
    let metrics = json!({"METRICS_NAMESPACE": "pixgauge-dev"});
    let cache = json!({"CACHE_SECONDS": 0});
    for (function, expected) in [
        ("headObject", &[&bucket][..]),
        ("readDimensions", &[&bucket, &metrics, &json!({"RECORD_LOCATION": false})]),
        ("putMetadata", &[&table, &metrics]),
        ("recountTotals", &[&table]),
        ("compareObjects", &[&table, &bucket]),
        ("compareRecords", &[&table, &bucket]),
        ("infoImages", &[&table, &cache]),
        ("listImages", &[&table, &cache, &prefix]),
        ("getMetadata", &[&table, &cache, &prefix, &json!({"SHOW_EXECUTION": false})]),
        ("openapi", &[&cache, &prefix, &json!({"AUTHORIZATION": "NONE"})]),
        (
            "getImage",
            &[&table, &bucket, &json!({"PRESIGNED_URL_SECONDS": 300, "CACHE_SECONDS": 60})],
        ),
    ] {
        let expected = expected.iter().flat_map(|part| part.as_object().unwrap().clone());
        let variables = &deployed.get(function).inputs["environment"]["variables"];
        assert_eq!(*variables, expected.collect::<Value>(), "of {function}");
    }
}

/// The statements in the property `policy` of a resource.
pub(crate) fn statements(policy: &ResourceInputs) -> Vec<Value> {
    document(policy, "policy")["Statement"].as_array().unwrap().clone()
}

/// The texts of a list. A single text counts as a list of one.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

/// `dev` asks for no signature, and lets web pages of every origin call the API. `production` asks
/// for a signature, and lets no web page of another origin call the API.
#[test]
fn every_route_asks_for_the_signature_that_the_stack_asks_for() {
    for (stack, authorization, origins) in
        [("dev", "NONE", json!(["*"])), ("production", "AWS_IAM", json!([]))]
    {
        let deployed = Deployed::of(stack);
        assert_eq!(deployed.get("api").inputs["corsConfiguration"]["allowOrigins"], origins);
        for route in deployed.all("aws:apigatewayv2:Route") {
            // Browsers never sign preflight requests.
            let is_preflight = route.inputs["routeKey"].as_str().unwrap().starts_with("OPTIONS");
            let expected = if is_preflight { "NONE" } else { authorization };
            assert_eq!(route.inputs["authorizationType"], expected, "of {}", route.name);
        }
    }
}

/// A repair runs the definition of `analyze-image` as an EXPRESS execution, so that the
/// reconciliation can start the execution and get its result in one call.
#[test]
fn a_repair_is_an_express_execution_of_the_same_definition() {
    let deployed = Deployed::of("production");
    let (repair, analyze) = (deployed.get("repairImage"), deployed.get("analyzeImage"));
    assert_eq!(repair.inputs["definition"], analyze.inputs["definition"]);
    assert_eq!(repair.inputs["type"], "EXPRESS");
    assert_eq!(deployed.get("reconcile").inputs["type"], "STANDARD");
}

#[test]
fn only_production_reconciles_by_itself() {
    for (stack, state) in [("dev", "DISABLED"), ("production", "ENABLED"), ("local", "DISABLED")] {
        let deployed = Deployed::of(stack);
        let schedule = &deployed.get("reconciliations").inputs;
        assert_eq!(schedule["state"], state, "of {stack}");
        assert_eq!(schedule["target"]["arn"], "arn:reconcile");
    }
}

/// Every stack has the stream and its event source mapping. Without result events, the mapping is
/// disabled but not deleted: a disabled mapping keeps its position, whereas a mapping that is
/// deleted and created again starts at the oldest record of the stream.
#[test]
fn result_events_are_off_by_default_but_the_stream_is_always_on() {
    for stack in STACKS {
        let deployed = Deployed::of(stack);
        let table = &deployed.get("table").inputs;
        assert_eq!(table["streamEnabled"], true, "of {stack}");
        assert_eq!(table["streamViewType"], "NEW_AND_OLD_IMAGES", "of {stack}");
        let mapping = &deployed.get("publishResultsSource").inputs;
        assert_eq!(mapping["enabled"], stack == "local", "of {stack}");
        assert_eq!(mapping["startingPosition"], "TRIM_HORIZON");
        assert_eq!(mapping["functionResponseTypes"], json!(["ReportBatchItemFailures"]));
        assert!(mapping["batchSize"].as_u64() >= Some(10));
        // The stream keeps a record for a day. If the record's event cannot be published, Lambda
        // must send the record to the set-aside bucket before the day is over.
        assert!(mapping["maximumRecordAgeInSeconds"].as_u64() < Some(24 * 3600));
        assert_eq!(
            mapping["destinationConfig"]["onFailure"]["destinationArn"],
            "arn:setAsideBucket"
        );
    }
}

/// The rule of `examples/large-images` has the pattern that docs/EVENTS.md shows.
/// `tests/conformance/pulumi` deploys the rule with Pulumi's engine, and `tests/conformance/events`
/// tests the pattern with AWS's matcher.
#[test]
fn the_example_has_the_pattern_that_the_document_explains() {
    let text = read("docs/EVENTS.md");
    let written = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let written: Value = serde_json::from_str(written).unwrap();
    let example = root().join("examples/large-images");
    let program = Program::load(&example).unwrap();
    let stack = Stack::load(&example, &program, "dev").unwrap();
    let deployed = offline::evaluate(&program, &stack).unwrap();
    let rule = deployed.resource("rule").unwrap();
    assert_eq!(document(rule, "eventPattern"), written);
    assert_eq!(rule.inputs["eventBusName"], "pixgauge-dev-results");
}

#[test]
fn outputs_are_what_a_user_needs_next() {
    let outputs = Deployed::of("dev").0.outputs;
    assert_eq!(
        Value::Object(outputs),
        json!({
            "apiUrl": "https://api",
            "bucketName": "bucket-id",
            "keyPrefix": "uploads/",
            "setAsideBucketName": "setAsideBucket-id",
            "tableName": "pixgauge-dev-catalog",
            "stateMachineArn": "arn:analyzeImage",
            "reconcileStateMachineArn": "arn:reconcile",
            "failureQueueUrl": "https://queue/failureQueue",
            "alarmTopicArn": "arn:alarmTopic",
            "eventBusName": "pixgauge-dev-results",
        })
    );
}

#[test]
fn what_is_missing_is_named() {
    let (program, stack) = load("dev");
    let error = Evaluation::new(&program, &stack, &BTreeMap::new()).unwrap_err();
    assert!(matches!(error, EvaluationError::NoInvoke { .. }), "{error}");

    let mut evaluation = offline::begin(&program, &stack).unwrap();
    let said = |error: EvaluationError| error.to_string();
    assert!(
        said(evaluation.resource("bucketNotification").unwrap_err())
            .contains("bucket has not been created yet")
    );
    assert!(said(evaluation.outputs().unwrap_err()).contains("outputs.apiUrl"));
    assert!(said(evaluation.resource("nothing").unwrap_err()).contains("no resource \"nothing\""));
    assert!(said(evaluation.created("bucket", Map::new()).unwrap_err()).contains("no \"id\""));

    let only_id = Map::from_iter([("id".to_owned(), json!("b"))]);
    evaluation.created("bucket", only_id.clone()).unwrap();
    evaluation.created("unmanagedBucket", only_id).unwrap();
    let message = said(evaluation.resource("bucketPolicy").unwrap_err());
    assert!(message.contains("${bucket.arn}") && message.contains("id"), "{message}");
}

#[test]
fn the_caller_may_set_what_only_it_knows() {
    let (program, stack) = load("local");
    let stack = stack.with("artifacts", "/built/here").unwrap().with("shards", "4").unwrap();
    assert_eq!(stack.config()["shards"], 4);
    let mut evaluation = offline::begin(&program, &stack).unwrap();
    for name in ["bucket", "headObjectLogs", "headObjectRole"] {
        evaluation.created(name, offline::outputs(name, &["id", "arn"])).unwrap();
    }
    assert_eq!(
        evaluation.resource("headObject").unwrap().inputs["code"],
        json!({ FILE_ARCHIVE: "/built/here/head-object/bootstrap.zip" })
    );
    for (key, value, message) in
        [("shard", json!(4), "it declares artifacts"), ("shards", json!([]), "integer")]
    {
        let error = stack.clone().with(key, value).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}
