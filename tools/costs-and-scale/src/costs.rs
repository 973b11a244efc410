//! The cost in dollars of each path through the system: the path's counts ([`PathCounts`])
//! multiplied by the prices.

use crate::counts::PathCounts;
use crate::prices::{
    ARM_DURATION, EVENT, EXPRESS_DURATION, EXPRESS_START, FREE_TRANSITIONS, HTTP_REQUEST,
    INVOCATION, LOGS, READ_UNIT, S3_READ, TRANSFER, TRANSITION, WRITE_UNIT,
};
use crate::time;

/// Bytes that Lambda itself logs for each invocation of a function with JSON logs. The lines are
/// `platform.start` and `platform.report`, assumed to be as long as the documented examples
/// (<https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>).
pub const PLATFORM_LOG_BYTES: f64 = 500.0;

/// Assumed size in bytes of `SdkHttpMetadata` with all headers. Step Functions adds this metadata
/// to the result of each invocation, and logs the two together
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>). The emulator does
/// not add the metadata, so the measured counts do not include it.
pub const RESULT_METADATA_BYTES: f64 = 1_000.0;

/// Gigabytes of memory that a small EXPRESS execution is billed for: one chunk of 64 MB.
const EXPRESS_MEMORY: f64 = 64.0 / 1024.0;

/// Unit in which the duration of an EXPRESS execution is billed, in seconds.
const EXPRESS_STEP: f64 = 0.1;

/// The setting `stateMachineType`: the type of the state machine, which decides how its executions
/// are billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineType {
    /// Billed by state transition.
    Standard,
    /// Billed by execution, duration and memory.
    Express,
}

/// Settings of the stack that decide how much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSettings {
    /// `executionLogLevel` and `executionLogData`.
    pub executions: ExecutionLog,
    /// `platformLogLevel`.
    pub platform: PlatformLog,
}

/// Events that executions log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecutionLog {
    /// All events, with the inputs and outputs of the states.
    #[default]
    All,
    /// All events, without inputs and outputs.
    AllWithoutData,
    /// Only errors, with the inputs and outputs of the states.
    Errors,
    /// No events.
    Off,
}

/// Minimum level of Lambda's own log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlatformLog {
    /// Each invocation logs `platform.start` and `platform.report`.
    #[default]
    Info,
    /// Only failed invocations log `platform.report`
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
    Warn,
}

/// One term of the cost of a path through the system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The service or item that is billed.
    pub name: &'static str,
    /// US dollars per million runs of the path.
    pub dollars: f64,
}

/// The terms of a path's cost per million runs with the default log settings, in US dollars. Terms
/// of zero are included, so that all paths have the same terms.
#[must_use]
pub fn terms(path: &PathCounts, machine: MachineType) -> Vec<Term> {
    terms_with(path, machine, LogSettings::default())
}

/// The terms of a path's cost, as in [`terms`], with these log settings.
#[must_use]
pub fn terms_with(path: &PathCounts, machine: MachineType, logs: LogSettings) -> Vec<Term> {
    let invocations = f64::from(path.invocations);
    let platform = match logs.platform {
        PlatformLog::Info => invocations * PLATFORM_LOG_BYTES,
        PlatformLog::Warn => 0.0,
    };
    let logged = bytes(path.function_log_bytes) + platform + bytes(path.access_log_bytes);
    let reads = f64::from(path.heads + path.gets);
    let table = path.write_units() * WRITE_UNIT.each() + path.read_units * READ_UNIT.each();
    let term = |name, each: f64| Term { name, dollars: each * 1e6 };
    vec![
        term("API Gateway", f64::from(path.requests) * HTTP_REQUEST.each()),
        term("EventBridge", f64::from(path.events) * EVENT.each()),
        term("Step Functions", step_functions(path, machine)),
        term("Lambda requests", invocations * INVOCATION.each()),
        term("Lambda time", busy(path) * time::MEMORY * ARM_DURATION.each()),
        term("S3", reads * S3_READ.each()),
        term("DynamoDB", table),
        term("logs", logged * LOGS.each()),
        term("execution logs", execution_logs(path, logs.executions) * LOGS.each()),
        term("transfer", bytes(path.response_bytes) * TRANSFER.each()),
    ]
}

/// US dollars per million runs of a path with the default log settings.
#[must_use]
pub fn total(path: &PathCounts, machine: MachineType) -> f64 {
    total_with(path, machine, LogSettings::default())
}

/// US dollars per million runs of a path with these log settings.
#[must_use]
pub fn total_with(path: &PathCounts, machine: MachineType, logs: LogSettings) -> f64 {
    terms_with(path, machine, logs).iter().map(|term| term.dollars).sum()
}

/// Bytes of the log of one execution; zero for a path without an execution. Step Functions logs the
/// metadata that it adds to results only at the level ALL with execution data.
fn execution_logs(path: &PathCounts, log: ExecutionLog) -> f64 {
    let metadata = f64::from(path.invocations) * RESULT_METADATA_BYTES;
    match log {
        _ if path.transitions == 0 => 0.0,
        ExecutionLog::All => bytes(path.execution_log_bytes) + metadata,
        ExecutionLog::AllWithoutData => bytes(path.execution_log_bytes_without_data),
        ExecutionLog::Errors => bytes(path.execution_log_bytes_at_error),
        ExecutionLog::Off => 0.0,
    }
}

/// US dollars for one execution; zero for a path without an execution.
fn step_functions(path: &PathCounts, machine: MachineType) -> f64 {
    match machine {
        _ if path.transitions == 0 => 0.0,
        MachineType::Standard => f64::from(path.transitions) * TRANSITION.each(),
        MachineType::Express => {
            let billed = (execution_time(path) / EXPRESS_STEP).ceil() * EXPRESS_STEP;
            EXPRESS_START.each() + billed * EXPRESS_MEMORY * EXPRESS_DURATION.each()
        }
    }
}

/// Duration of a path's execution in seconds.
#[must_use]
pub fn execution_time(path: &PathCounts) -> f64 {
    busy(path) + f64::from(path.transitions) * time::TRANSITION
}

/// Billed seconds of all Lambda invocations in one run of `path`.
#[must_use]
pub fn busy(path: &PathCounts) -> f64 {
    f64::from(path.invocations) * time::OWN
        + f64::from(path.heads + path.gets) * time::S3_CALL
        + f64::from(path.table_waits) * time::TABLE_CALL
}

/// Number of uploads a month up to which STANDARD, with its free transitions, costs no more than
/// EXPRESS. Beyond that number, EXPRESS is always cheaper.
#[must_use]
pub fn break_even(path: &PathCounts) -> f64 {
    let standard = step_functions(path, MachineType::Standard);
    let express = step_functions(path, MachineType::Express);
    FREE_TRANSITIONS * TRANSITION.each() / (standard - express)
}

/// US dollars for this many runs of a path in a month. With STANDARD, the price of the month's free
/// transitions is subtracted.
#[must_use]
pub fn monthly(path: &PathCounts, machine: MachineType, runs: f64) -> f64 {
    let free = match machine {
        MachineType::Standard => {
            (f64::from(path.transitions) * runs).min(FREE_TRANSITIONS) * TRANSITION.each()
        }
        MachineType::Express => 0.0,
    };
    total(path, machine) * runs / 1e6 - free
}

#[expect(clippy::cast_precision_loss, reason = "log lines are far below 2⁵³ bytes")]
pub(crate) fn bytes(bytes: u64) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::assert_close;

    fn upload() -> PathCounts {
        PathCounts {
            events: 1,
            transitions: 4,
            invocations: 3,
            heads: 1,
            gets: 1,
            table_calls: 1,
            table_waits: 1,
            table_write_units: 4.0,
            index_write_units: 2.0,
            function_log_bytes: 1_000,
            execution_log_bytes: 10_000,
            execution_log_bytes_without_data: 4_000,
            execution_log_bytes_at_error: 600,
            ..PathCounts::default()
        }
    }

    fn dollars(machine: MachineType, name: &str) -> f64 {
        terms(&upload(), machine).into_iter().find(|term| term.name == name).unwrap().dollars
    }

    #[test]
    fn only_the_state_machine_is_billed_by_its_type() {
        // 0.206 s in functions and 0.04 s between states are billed as 0.3 s.
        let time = 0.3 * 0.0625 * 16.67;
        assert_close(dollars(MachineType::Standard, "Step Functions"), 100.0);
        assert_close(dollars(MachineType::Express, "Step Functions"), 1.0 + time);
        for machine in [MachineType::Standard, MachineType::Express] {
            for (name, expected) in [
                ("EventBridge", dollars(MachineType::Standard, "EventBridge")),
                ("Lambda requests", 3.0 * 0.2),
                ("Lambda time", 0.216 * 0.25 * 13.333_4),
                ("S3", dollars(MachineType::Standard, "S3")),
                ("DynamoDB", 6.0 * 0.625),
                ("logs", dollars(MachineType::Standard, "logs")),
                ("execution logs", 6.5),
            ] {
                assert_close(dollars(machine, name), expected);
            }
        }
    }

    #[test]
    fn log_settings_change_nothing_but_the_logs() {
        let cost = |executions, platform| {
            let logs = LogSettings { executions, platform };
            total_with(&upload(), MachineType::Express, logs)
        };
        let rest = cost(ExecutionLog::Off, PlatformLog::Warn) - 0.5;
        assert_close(cost(ExecutionLog::All, PlatformLog::Info), rest + 6.5 + 0.5 + 0.75);
        assert_close(cost(ExecutionLog::AllWithoutData, PlatformLog::Info), rest + 2.0 + 1.25);
        assert_close(cost(ExecutionLog::Errors, PlatformLog::Warn), rest + 0.3 + 0.5);
        assert_close(total(&upload(), MachineType::Express), rest + 7.75);
    }

    /// `executionLogLevel` ERROR and `platformLogLevel` WARN are the settings for large volumes.
    #[test]
    fn an_express_upload_with_error_and_warn_costs_at_most_nine_dollars() {
        let measured = crate::counts::measured().unwrap();
        let logs = LogSettings { executions: ExecutionLog::Errors, platform: PlatformLog::Warn };
        let cost = total_with(&measured.uploads[0], MachineType::Express, logs);
        assert!(cost <= 9.0, "{cost}");
    }

    #[test]
    fn at_the_break_even_both_cost_the_same() {
        let path = upload();
        let uploads = break_even(&path);
        let free = FREE_TRANSITIONS * TRANSITION.each();
        let standard = uploads * step_functions(&path, MachineType::Standard) - free;
        assert_close(standard, uploads * step_functions(&path, MachineType::Express));
    }

    #[test]
    fn a_month_has_free_transitions_with_standard_only() {
        let path = upload();
        let each = |machine| total(&path, machine) / 1e6;
        let (standard, express) = (MachineType::Standard, MachineType::Express);
        assert_close(monthly(&path, express, 5_000.0), 5_000.0 * each(express));
        let free = 4_000.0 * TRANSITION.each();
        assert_close(monthly(&path, standard, 5_000.0), 5_000.0 * each(standard) - free);
        // The free transitions of a month suffice for all ten uploads.
        let rest = each(standard) - 4.0 * TRANSITION.each();
        assert_close(monthly(&path, standard, 10.0), 10.0 * rest);
        assert_close(monthly(&path, standard, 0.0), 0.0);
    }

    #[test]
    fn a_query_starts_no_execution() {
        let query = PathCounts { requests: 1, invocations: 1, ..PathCounts::default() };
        let each = [MachineType::Standard, MachineType::Express].map(|it| total(&query, it));
        assert_close(each[0], each[1]);
    }
}
