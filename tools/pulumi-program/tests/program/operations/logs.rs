//! Tests of log groups, saved queries, access logs and traces.

use serde_json::Value;

use crate::evaluated::Deployed;

#[test]
fn every_log_group_forgets_after_the_configured_days() {
    for (stack, days) in [("dev", 7), ("production", 90), ("local", 30)] {
        for group in Deployed::of(stack).all("aws:cloudwatch:LogGroup") {
            assert_eq!(group.inputs["retentionInDays"], days, "{} of {stack}", group.name);
        }
    }
}

/// In `production`, the executions of uploads and repairs log every event. Those of reconciliations
/// log only errors.
#[test]
fn executions_and_lambda_log_what_the_settings_say() {
    let deployed = Deployed::of("production");
    for (machine, level) in
        [("analyzeImage", "ALL"), ("repairImage", "ALL"), ("reconcile", "ERROR")]
    {
        let logging = &deployed.get(machine).inputs["loggingConfiguration"];
        assert_eq!(logging["level"], level, "{machine}");
        assert_eq!(logging["includeExecutionData"], true, "{machine}");
    }
    for function in deployed.all("aws:lambda:Function") {
        let logging = &function.inputs["loggingConfig"];
        assert_eq!(logging["applicationLogLevel"], "INFO", "{}", function.name);
        assert_eq!(logging["systemLogLevel"], "INFO", "{}", function.name);
    }
}

#[test]
fn the_access_log_identifies_a_failed_request_and_its_reason() {
    let deployed = Deployed::of("production");
    let format = &deployed.get("apiStage").inputs["accessLogSettings"]["format"];
    let format: Value = serde_json::from_str(format.as_str().unwrap()).unwrap();
    for member in ["requestId", "path", "route", "status", "responseLatency", "integrationError"] {
        assert!(format[member].as_str().unwrap().starts_with("$context."), "{member}: {format}");
    }
}

#[test]
fn saved_queries_read_log_groups_of_this_stack() {
    let deployed = Deployed::of("dev");
    let queries = deployed.all("aws:cloudwatch:QueryDefinition");
    assert!(queries.len() >= 5, "{}", queries.len());
    let names = deployed.names("aws:cloudwatch:LogGroup");
    for query in queries {
        for group in query.inputs["logGroupNames"].as_array().unwrap() {
            assert!(names.contains(&group.as_str().unwrap()), "{} reads {group}", query.name);
        }
    }
}

/// The API starts no traces: it is an HTTP API, and in API Gateway, X-Ray supports only REST APIs.
#[test]
fn production_traces_functions_and_executions() {
    let deployed = Deployed::of("production");
    for function in deployed.all("aws:lambda:Function") {
        assert_eq!(function.inputs["tracingConfig"]["mode"], "Active", "{}", function.name);
    }
    for machine in deployed.all("aws:sfn:StateMachine") {
        assert_eq!(machine.inputs["tracingConfiguration"]["enabled"], true, "{}", machine.name);
    }
}
