//! The program's resources, evaluated offline with made-up outputs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pulumi_program::offline::Deployment;
use pulumi_program::{
    Evaluation, EvaluationError, FILE_ARCHIVE, Program, ResourceInputs, Stack, asl, offline,
};
use serde_json::{Map, Value, json};

use crate::project::{STACKS, root};

/// The deployment of a stack. A resource that is missing fails the test.
pub(crate) struct Deployed(Deployment);

impl Deployed {
    pub(crate) fn of(stack: &str) -> Self {
        let program = Program::load(&root()).unwrap();
        let stack = Stack::load(&root(), &program, stack).unwrap();
        Self::with(&program, &stack)
    }

    /// The deployment with another value for a configuration key.
    pub(crate) fn configured(stack: &str, key: &str, value: &str) -> Self {
        let program = Program::load(&root()).unwrap();
        let stack = Stack::load(&root(), &program, stack).unwrap().with(key, value).unwrap();
        Self::with(&program, &stack)
    }

    fn with(program: &Program, stack: &Stack) -> Self {
        Self(offline::evaluate(program, stack).unwrap())
    }

    pub(crate) fn get(&self, name: &str) -> &ResourceInputs {
        self.0.resource(name).unwrap()
    }

    pub(crate) fn all(&self, token: &str) -> Vec<&ResourceInputs> {
        self.0.of_type(token).collect()
    }
}

/// A snapshot of order, types and properties, which shows the effect of a change at a glance.
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
                let same = deployed.all(token);
                let same = same.iter().filter(|other| other.inputs["name"] == name);
                assert_eq!(same.count(), 1, "{name} is not unique");
            }
        }
    }
}

#[test]
fn functions_are_all_of_one_shape() {
    let deployed = Deployed::of("dev");
    let functions = deployed.all("aws:lambda:Function");
    assert_eq!(functions.len(), 12);
    for function in functions {
        let inputs = &function.inputs;
        let folder = inputs["name"].as_str().unwrap().strip_prefix("pixgauge-dev-").unwrap();
        let archive = inputs["code"][FILE_ARCHIVE].as_str().unwrap();
        assert!(archive.ends_with(&format!("/target/lambda/{folder}/bootstrap.zip")), "{archive}");
        assert!(!archive.contains(".."), "{archive}");
        assert_eq!(inputs["runtime"], "provided.al2023");
        assert_eq!(inputs["architectures"], json!(["arm64"]));
        assert_eq!(inputs["role"], format!("arn:{}Role", function.name));
        assert_eq!(
            inputs["loggingConfig"]["logGroup"],
            format!("/aws/lambda/pixgauge-dev-{folder}")
        );
        assert_eq!(function.options.depends_on, [format!("{}Policy", function.name)]);
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
fn production_is_closed_until_someone_opens_it() {
    let deployed = Deployed::of("production");
    let cors = &deployed.get("api").inputs["corsConfiguration"];
    assert_eq!(cors["allowOrigins"], json!([]));
    for route in deployed.all("aws:apigatewayv2:Route") {
        let is_preflight = route.inputs["routeKey"].as_str().unwrap().starts_with("OPTIONS");
        let expected = if is_preflight { "NONE" } else { "AWS_IAM" };
        assert_eq!(route.inputs["authorizationType"], expected, "of {}", route.name);
    }
}

#[test]
fn functions_know_their_table_and_bucket() {
    let deployed = Deployed::of("dev");
    let variables =
        |name: &str| deployed.get(name).inputs.get("environment").map(|it| it["variables"].clone());
    let table = json!({"TABLE_NAME": "pixgauge-dev-catalog", "SHARDS": 8});
    let bucket = json!({"BUCKET_NAME": "bucket-id", "KEY_PREFIX": "uploads/"});
    assert_eq!(variables("headObject"), Some(bucket.clone()));
    let mut measuring = bucket;
    measuring["METRICS_NAMESPACE"] = json!("pixgauge-dev");
    measuring["RECORD_LOCATION"] = json!(false);
    assert_eq!(variables("readDimensions"), Some(measuring));
    let mut measuring = table.clone();
    measuring["METRICS_NAMESPACE"] = json!("pixgauge-dev");
    assert_eq!(variables("putMetadata"), Some(measuring));
    assert_eq!(variables("recountTotals"), Some(table.clone()));
    let mut both = table.clone();
    both["BUCKET_NAME"] = json!("bucket-id");
    both["KEY_PREFIX"] = json!("uploads/");
    for name in ["compareObjects", "compareRecords"] {
        assert_eq!(variables(name), Some(both.clone()), "of {name}");
    }
    let mut cached = table;
    cached["CACHE_SECONDS"] = json!(0);
    assert_eq!(variables("infoImages"), Some(cached.clone()));
    cached["KEY_PREFIX"] = json!("uploads/");
    assert_eq!(variables("listImages"), Some(cached.clone()));
    cached["SHOW_EXECUTION"] = json!(false);
    assert_eq!(variables("getMetadata"), Some(cached));
    let described = json!({"AUTHORIZATION": "NONE", "KEY_PREFIX": "uploads/", "CACHE_SECONDS": 0});
    assert_eq!(variables("openapi"), Some(described));
    assert_eq!(
        variables("getImage"),
        Some(
            json!({"TABLE_NAME": "pixgauge-dev-catalog", "SHARDS": 8, "BUCKET_NAME": "bucket-id", "KEY_PREFIX": "uploads/", "PRESIGNED_URL_SECONDS": 300, "CACHE_SECONDS": 60})
        )
    );
}

/// The exact permissions of each role, apart from those for logs and traces.
#[test]
fn roles_may_do_what_they_must() {
    let deployed = Deployed::of("dev");
    // The stack has no KMS keys, so the permission is for a key that cannot exist.
    let decrypt = "kms:Decrypt arn:aws-us-gov:kms:eu-central-1:123456789012:key/none";
    let objects = ["s3:GetObject arn:bucket/uploads/*", "s3:ListBucket arn:bucket"];
    for (policy, expected) in [
        ("headObjectPolicy", &objects[..]),
        ("readDimensionsPolicy", &[decrypt, objects[0], objects[1]]),
        (
            "putMetadataPolicy",
            &[
                "dynamodb:GetItem arn:table",
                "dynamodb:PutItem arn:table",
                "dynamodb:UpdateItem arn:table",
            ],
        ),
        ("getMetadataPolicy", &["dynamodb:BatchGetItem arn:table", "dynamodb:GetItem arn:table"]),
        (
            "getImagePolicy",
            &[
                "dynamodb:GetItem arn:table",
                decrypt,
                "s3:GetObject arn:bucket/uploads/*",
                "s3:GetObjectVersion arn:bucket/uploads/*",
                "s3:ListBucket arn:bucket",
            ],
        ),
        (
            "infoImagesPolicy",
            &["dynamodb:BatchGetItem arn:table", "dynamodb:Query arn:table/index/by-size"],
        ),
        (
            "listImagesPolicy",
            &["dynamodb:Query arn:table/index/by-key", "dynamodb:Query arn:table/index/by-size"],
        ),
        ("openapiPolicy", &[]),
        (
            "analyzeImagePolicy",
            &[
                "dynamodb:GetItem arn:table",
                "lambda:InvokeFunction arn:headObject",
                "lambda:InvokeFunction arn:putMetadata",
                "lambda:InvokeFunction arn:readDimensions",
                "sqs:SendMessage arn:failureQueue",
            ],
        ),
        ("objectEventsPolicy", &["states:StartExecution arn:analyzeImage"]),
        (
            "compareObjectsPolicy",
            &[
                "dynamodb:BatchGetItem arn:table",
                decrypt,
                "s3:GetObject arn:bucket/uploads/*",
                "s3:ListBucket arn:bucket",
            ],
        ),
        (
            "compareRecordsPolicy",
            &[
                "dynamodb:Scan arn:table",
                "s3:GetObject arn:bucket/uploads/*",
                "s3:ListBucket arn:bucket",
            ],
        ),
        (
            "recountTotalsPolicy",
            &[
                "dynamodb:GetItem arn:table",
                "dynamodb:PutItem arn:table",
                "dynamodb:Scan arn:table",
            ],
        ),
        (
            "reconcileSchedulePolicy",
            &["sqs:SendMessage arn:undeliveredEventQueue", "states:StartExecution arn:reconcile"],
        ),
    ] {
        let allowed = allowed(deployed.get(policy));
        let own =
            allowed.iter().filter(|one| !one.starts_with("logs:") && !one.starts_with("xray:"));
        assert_eq!(own.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>(), "of {policy}");
    }
}

/// `action resource` for every permission of a policy, sorted.
fn allowed(policy: &ResourceInputs) -> BTreeSet<String> {
    let document: Value = serde_json::from_str(policy.inputs["policy"].as_str().unwrap()).unwrap();
    let mut allowed = BTreeSet::new();
    for statement in document["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        for action in texts(&statement["Action"]) {
            for resource in texts(&statement["Resource"]) {
                allowed.insert(format!("{action} {resource}"));
            }
        }
    }
    allowed
}

/// The texts of a list. A single text counts as a list of one.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

#[test]
fn every_route_asks_for_the_signature_that_the_stack_asks_for() {
    let program = Program::load(&root()).unwrap();
    for authorization in ["NONE", "AWS_IAM"] {
        let stack = Stack::load(&root(), &program, "dev").unwrap();
        let stack = stack.with("authorization", authorization).unwrap();
        for route in Deployed::with(&program, &stack).all("aws:apigatewayv2:Route") {
            // Browsers never sign preflight requests.
            let is_preflight = route.inputs["routeKey"] == "OPTIONS /{path+}";
            let expected = if is_preflight { "NONE" } else { authorization };
            assert_eq!(route.inputs["authorizationType"], expected, "of {}", route.name);
        }
    }
}

#[test]
fn the_definition_has_no_placeholder_left() {
    let deployed = Deployed::of("production");
    let definition = deployed.get("analyzeImage").inputs["definition"].as_str().unwrap();
    assert!(!definition.contains("${"), "a placeholder is left");
    for expected in [
        "arn:headObject",
        "arn:readDimensions",
        "arn:putMetadata",
        "https://queue/failureQueue",
        "pixgauge-production-catalog",
    ] {
        assert!(definition.contains(&format!("\"{expected}\"")), "{expected} is missing");
    }
    assert_eq!(asl::lint(&serde_json::from_str(definition).unwrap()), []);
}

#[test]
fn the_reconciliation_has_no_placeholder_left() {
    let deployed = Deployed::of("production");
    let definition = deployed.get("reconcile").inputs["definition"].as_str().unwrap();
    assert!(!definition.contains("${"), "a placeholder is left");
    for expected in
        ["arn:compareObjects", "arn:compareRecords", "arn:recountTotals", "arn:repairImage"]
    {
        assert!(definition.contains(&format!("\"{expected}\"")), "{expected} is missing");
    }
    assert_eq!(asl::lint(&serde_json::from_str(definition).unwrap()), []);
}

/// A repair runs the same definition as an upload, as an EXPRESS execution, so that the
/// reconciliation can start it and get its result in one call.
#[test]
fn a_repair_is_an_express_execution_of_the_same_definition() {
    let deployed = Deployed::of("production");
    let (repair, analyze) = (deployed.get("repairImage"), deployed.get("analyzeImage"));
    assert_eq!(repair.inputs["definition"], analyze.inputs["definition"]);
    assert_eq!(repair.inputs["type"], "EXPRESS");
    assert_eq!(deployed.get("reconcile").inputs["type"], "STANDARD");
}

/// The children of a Distributed Map are executions of the same state machine. AWS refuses a state
/// machine with a Distributed Map if its role may not start them.
#[test]
fn the_reconciliation_may_start_its_parts_and_repairs() {
    let deployed = Deployed::of("dev");
    let allowed = allowed(deployed.get("reconcilePolicy"));
    let own = "arn:aws-us-gov:states:eu-central-1:123456789012";
    let name = deployed.get("reconcile").inputs["name"].as_str().unwrap();
    for expected in [
        format!("states:StartExecution {own}:stateMachine:{name}"),
        "states:StartSyncExecution arn:repairImage".to_owned(),
        "sqs:SendMessage arn:failureQueue".to_owned(),
        format!("states:DescribeExecution {own}:execution:{name}:*"),
        format!("states:StopExecution {own}:execution:{name}/*"),
        format!("states:RedriveExecution {own}:execution:{name}/*"),
    ] {
        assert!(allowed.contains(&expected), "{expected} is not in {allowed:?}");
    }
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

/// `tests/conformance/events/run` asks AWS's own matcher which other events the rule selects.
#[test]
fn the_rule_picks_this_buckets_uploads() {
    let deployed = Deployed::of("dev");
    let pattern = deployed.get("objectEvents").inputs["eventPattern"].as_str().unwrap();
    let pattern: Value = serde_json::from_str(pattern).unwrap();
    assert_eq!(pattern["source"], json!(["aws.s3"]));
    assert_eq!(pattern["detail"]["bucket"], json!({"name": ["bucket-id"]}));
    assert_eq!(pattern["detail"]["object"], json!({"key": [{"prefix": "uploads/"}]}));
}

/// A mapping that is deleted and created again would start at the oldest record of the stream. A
/// mapping that is only disabled keeps its position. So every stack has the mapping and the stream.
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
        // A record expires in the stream after a day. Lambda sets the record aside earlier.
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
    let document = std::fs::read_to_string(root().join("docs/EVENTS.md")).unwrap();
    let written = document.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let written: Value = serde_json::from_str(written).unwrap();
    let example = root().join("examples/large-images");
    let program = Program::load(&example).unwrap();
    let stack = Stack::load(&example, &program, "dev").unwrap();
    let deployed = offline::evaluate(&program, &stack).unwrap();
    let rule = &deployed.resource("rule").unwrap().inputs;
    let pattern: Value = serde_json::from_str(rule["eventPattern"].as_str().unwrap()).unwrap();
    assert_eq!(pattern, written);
    assert_eq!(rule["eventBusName"], "pixgauge-dev-results");
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
    let program = Program::load(&root()).unwrap();
    let stack = Stack::load(&root(), &program, "dev").unwrap();
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

/// `tools/local` and the tests deploy one stack file under several stack names.
#[test]
fn a_stack_may_take_another_name() {
    let program = Program::load(&root()).unwrap();
    let stack = Stack::load(&root(), &program, "local").unwrap().named("other");
    let evaluation = offline::begin(&program, &stack).unwrap();
    assert_eq!(evaluation.resource("table").unwrap().inputs["name"], "pixgauge-other-catalog");
}

#[test]
fn the_caller_may_set_what_only_it_knows() {
    let program = Program::load(&root()).unwrap();
    let stack = Stack::load(&root(), &program, "local").unwrap();
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
