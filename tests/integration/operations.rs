//! The tools of a person on call: a deployment creates the alarms and the dashboard, and log lines
//! have the fields and metrics that the saved queries and the dashboard use.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sqs::types::QueueAttributeName;
use harness::faulty::FUNCTIONS;
use harness::{TestStack, picture, run};
use local::aws::Aws;
use pulumi_program::offline::{self, Deployment};
use pulumi_program::{Checkout, Program};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use crate::embedded_metrics;

static STACK: OnceCell<TestStack> = OnceCell::const_new();

/// Key of the only image of the stack.
const IMAGE: &str = "uploads/image.png";

/// A stack that has measured [`IMAGE`], rejected a text, and responded to one request with 404.
async fn stack() -> &'static TestStack {
    STACK
        .get_or_init(async || {
            let stack = TestStack::own("operations").await;
            stack.measure(IMAGE, picture::png(3, 4, 0), "image/png").await;
            stack.measure("uploads/text.jpg", b"no image".to_vec(), "image/jpeg").await;
            assert_eq!(stack.metadata("uploads/nothing.png").await.0, 404);
            for function in FUNCTIONS {
                let group = stack.log_group(function);
                let logged = async || (stack.summaries(&group).await.len() == 2).then_some(());
                stack.until("two summary lines", logged).await;
            }
            stack
        })
        .await
}

#[test]
fn alarms_and_the_dashboard_are_there_after_a_deployment() {
    run(async {
        let stack = stack().await;
        let topic = &stack.stack.outputs.further["alarmTopicArn"];
        let alarms = alarms(stack).await;
        assert_eq!(
            alarms.keys().cloned().collect::<Vec<_>>(),
            defined("aws:cloudwatch:MetricAlarm")
        );
        for (name, alarm) in &alarms {
            assert_eq!(alarm["AlarmActions"], json!([topic]), "{name}");
            assert_eq!(alarm["OKActions"], json!([topic]), "{name}");
        }
        let latency = &alarms["pixgauge-operations-api-latency"];
        assert_eq!(
            (&latency["MetricName"], &latency["Threshold"]),
            (&json!("Latency"), &json!(2000.0))
        );
        let queue = &alarms["pixgauge-operations-failure-queue-not-empty"];
        let name = json!([{"Name": "QueueName", "Value": "pixgauge-operations-failures"}]);
        assert_eq!((&queue["Namespace"], &queue["Dimensions"]), (&json!("AWS/SQS"), &name));

        let asked = json!({"DashboardName": "pixgauge-operations"});
        let dashboard = stack.stack.aws.cloudwatch.call("GetDashboard", &asked).await.unwrap();
        let body = dashboard["DashboardBody"].as_str().unwrap();
        assert!(body.contains("pixgauge-operations-read-dimensions"), "{body}");
        serde_json::from_str::<Value>(body).unwrap();
    });
}

/// The queue's metric sets off the alarm, the alarm sends a message to the topic, and the topic
/// sends the message to the subscriber.
#[test]
fn a_message_in_the_failure_queue_rings_for_whoever_subscribed() {
    run(async {
        let stack = stack().await;
        let (aws, outputs) = (&stack.stack.aws, &stack.stack.outputs);
        let topic = outputs.further["alarmTopicArn"].as_str().unwrap();
        let arn = "arn:aws:sqs:us-east-1:000000000000:ringing-inbox";
        let inbox = inbox(aws, "ringing-inbox", arn, topic).await;
        let subscription = aws.sns.subscribe().topic_arn(topic).protocol("sqs");
        subscription.endpoint(arn).send().await.unwrap();

        // In AWS, SQS sends this metric to CloudWatch each minute. Here, the test sends it.
        let metric = json!({"Namespace": "AWS/SQS", "MetricData": [{
            "MetricName": "ApproximateNumberOfMessagesVisible", "Value": 1.0, "Unit": "Count",
            "Dimensions": [{"Name": "QueueName", "Value": "pixgauge-operations-failures"}],
        }]});
        aws.cloudwatch.call("PutMetricData", &metric).await.unwrap();

        let alarm = "pixgauge-operations-failure-queue-not-empty";
        assert_eq!(alarms(stack).await[alarm]["StateValue"], "ALARM");
        let message = stack
            .until("the message of the alarm", async || {
                let received = aws.sqs.receive_message().queue_url(&inbox);
                let messages = received.max_number_of_messages(10).send().await.unwrap().messages;
                let bodies = messages.unwrap_or_default().into_iter().filter_map(|it| it.body);
                bodies.into_iter().find(|body| body.contains(alarm))
            })
            .await;
        assert!(message.contains("docs/OPERATIONS.md under failure-queue-not-empty"), "{message}");
    });
}

/// Creates a queue that `topic` may send to, and returns the queue's URL.
async fn inbox(aws: &Aws, name: &str, arn: &str, topic: &str) -> String {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage", "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }]});
    let queue = aws.sqs.create_queue().queue_name(name);
    let queue = queue.attributes(QueueAttributeName::Policy, policy.to_string());
    queue.send().await.unwrap().queue_url.unwrap()
}

/// If no line has the field of a query, the query does not fail: it finds nothing.
#[test]
fn saved_queries_ask_for_fields_that_the_logs_have() {
    run(async {
        let stack = stack().await;
        let deployment = evaluated();
        let mut asked = 0;
        for query in deployment.of_type("aws:cloudwatch:QueryDefinition") {
            let groups = query.inputs["logGroupNames"].as_array().unwrap();
            let mut known = known_fields(&deployment);
            for group in groups {
                known.extend(fields_of_lines(stack, group.as_str().unwrap()).await);
            }
            for field in fields(query.inputs["queryString"].as_str().unwrap()) {
                assert!(known.contains(&field), "{} uses {field}, not in {known:?}", query.name);
                asked += 1;
            }
        }
        assert!(asked > 30, "{asked}");
    });
}

/// `expected` lists the metrics that the dashboard searches for. [`embedded_metrics::of`] panics on
/// a line that CloudWatch would reject.
#[test]
fn an_invocation_writes_one_summary_line_with_key_figures_and_metrics() {
    run(async {
        let stack = stack().await;
        let mut lines = stack.summaries(&stack.log_group("read-dimensions")).await;
        lines.retain(|line| line["key"] == IMAGE);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["outcome"], &line["format"]), (&"measured".into(), &"png".into()));
        assert_eq!(line["gets"], 1);
        assert!(line["bytes"].as_u64().unwrap() > 0 && line["duration_ms"].is_number(), "{line}");
        let mut made = BTreeSet::new();
        for function in FUNCTIONS {
            for line in stack.summaries(&stack.log_group(function)).await {
                made.extend(embedded_metrics::of(&line));
            }
        }
        let expected = [
            "pixgauge-operations bytes format=png",
            "pixgauge-operations gets format=png",
            "pixgauge-operations observations observed=image outcome=recorded",
            "pixgauge-operations observations observed=rejected outcome=recorded",
        ];
        assert_eq!(made, expected.map(str::to_owned).into());
    });
}

/// The alarms of a stack, by name.
async fn alarms(stack: &TestStack) -> BTreeMap<String, Value> {
    let prefix = stack.function("");
    let asked = json!({"AlarmNamePrefix": prefix, "MaxRecords": 100});
    let response = stack.stack.aws.cloudwatch.call("DescribeAlarms", &asked).await.unwrap();
    let alarms = response["MetricAlarms"].as_array().unwrap().iter();
    alarms.map(|alarm| (alarm["AlarmName"].as_str().unwrap().to_owned(), alarm.clone())).collect()
}

/// The names of all resources of the type `token` in the Pulumi program, sorted.
fn defined(token: &str) -> Vec<String> {
    let deployment = evaluated();
    let resources = deployment.of_type(token);
    let names = resources.map(|it| it.inputs["name"].as_str().unwrap().to_owned());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The Pulumi program, evaluated for the stack `operations`.
fn evaluated() -> Deployment {
    let checkout = Checkout::find().unwrap();
    let program = Program::load(checkout.root()).unwrap();
    let local = pulumi_program::Stack::load(checkout.root(), &program, "local").unwrap();
    offline::evaluate(&program, &local.named("operations")).unwrap()
}

/// Fields of the lines that AWS writes to the logs of state machines
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>), of functions
/// (<https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report>)
/// and of the API's stage, and the fields that Logs Insights adds.
fn known_fields(deployment: &Deployment) -> BTreeSet<String> {
    let details = json!({"name": 0, "output": 0, "error": 0, "cause": 0});
    let line = json!({"id": 0, "type": 0, "details": details, "execution_arn": 0,
        "record": {"requestId": 0, "status": 0, "errorType": 0}, "@timestamp": 0, "@log": 0});
    let stage = deployment.resource("apiStage").unwrap();
    let format = stage.inputs["accessLogSettings"]["format"].as_str().unwrap();
    let access: Value = serde_json::from_str(format).unwrap();
    paths(&line).chain(paths(&access)).collect()
}

/// The fields of all summary lines in a log group. Empty if the log group does not belong to a
/// function, or if the function was not invoked.
async fn fields_of_lines(stack: &TestStack, group: &str) -> BTreeSet<String> {
    if !group.starts_with("/aws/lambda/") {
        return BTreeSet::new();
    }
    stack.summaries(group).await.iter().flat_map(paths).collect()
}

/// The names by which Logs Insights knows the fields of a line and of the objects in it, for
/// example `details` and `details.name`.
fn paths(line: &Value) -> impl Iterator<Item = String> + use<> {
    let mut paths = Vec::new();
    for (name, value) in line.as_object().unwrap() {
        paths.push(name.clone());
        let inner = value.as_object().into_iter().flat_map(Map::keys);
        paths.extend(inner.map(|inner| format!("{name}.{inner}")));
    }
    paths.into_iter()
}

/// The fields that a query uses. These are its words except for keywords, literals, names of
/// functions, and names that the query itself defines with `as`.
fn fields(query: &str) -> BTreeSet<String> {
    const WORDS: [&str; 14] = [
        "fields", "filter", "sort", "limit", "stats", "by", "as", "and", "or", "in", "like", "asc",
        "desc", "not",
    ];
    let unquoted: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let spaced = unquoted.replace('(', "( ");
    let words = spaced.split(|it: char| it.is_whitespace() || ",)|=<>!*[]".contains(it));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let own: Vec<&str> =
        words.windows(2).filter(|pair| pair[0] == "as").map(|pair| pair[1]).collect();
    let is_field = |word: &&&str| {
        !WORDS.contains(word)
            && !own.contains(word)
            && !word.ends_with('(')
            && word.parse::<u64>().is_err()
    };
    words.iter().filter(is_field).map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_fields_of_a_query_are_found() {
    let query = "filter a = \"b c\" and (ispresent(d.e) or f >= 500)\n| stats count(*) as n, \
                 latest(g) as h by i\n| sort n desc\n| limit 5";
    assert_eq!(fields(query), ["a", "d.e", "f", "g", "i"].map(str::to_owned).into());
}
