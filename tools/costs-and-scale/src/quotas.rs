//! What AWS allows by default in us-east-1, and what an upload takes of it.
//!
//! The only place for a quota. Most are raised on request; new accounts begin with less for Step
//! Functions and Lambda.

use crate::costs::{MachineType, busy};
use crate::counts::PathCounts;
use crate::time;

/// What can be configured or asked of AWS.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knobs {
    /// The stack's `stateMachineType`.
    pub machine: MachineType,
    /// The stack's `shards`.
    pub shards: f64,
    /// Lambda's concurrent executions in the account; 1,000 unless raised.
    pub concurrency: f64,
    /// Write units a second that the table takes at once: 4,000 when new, twice its last peak
    /// later, more when warmed up; 40,000 is the quota.
    pub table_writes: f64,
    /// Prefixes under `uploads/` that S3 has split into partitions.
    pub prefixes: f64,
    /// Executions that may be started a second; none for the default of the type.
    pub starts: Option<f64>,
}

impl Knobs {
    /// A new stack in an account whose quotas nobody has raised.
    #[must_use]
    pub fn new(machine: MachineType) -> Self {
        Self {
            machine,
            shards: 8.0,
            concurrency: 1_000.0,
            table_writes: 4_000.0,
            prefixes: 1.0,
            starts: None,
        }
    }
}

/// One thing that uploads compete for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quota {
    /// What it is.
    pub name: &'static str,
    /// How much of it there is in a second.
    pub rate: f64,
    /// How much may be taken at once after a quiet time.
    pub burst: f64,
    /// How fast it grows to its rate after a quiet time, each second; infinite if at once.
    pub growth: f64,
    /// How much one upload takes.
    pub demand: f64,
    /// What moves it.
    pub knob: &'static str,
    /// Where uploads wait that it holds back.
    pub queue: &'static str,
    /// AWS's page.
    pub source: &'static str,
}

const S3: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html";
const EVENTBRIDGE: &str = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
const STEP_FUNCTIONS: &str =
    "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html";
const LAMBDA: &str = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html";
const TABLE: &str =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html";
const PARTITION: &str =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html";
const TRANSACTION: &str =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html";

/// Invocations a second that one execution environment takes, however short they are.
const INVOCATIONS_OF_AN_ENVIRONMENT: f64 = 10.0;

/// Environments a second that Lambda adds to one function.
const ENVIRONMENTS_A_SECOND: f64 = 100.0;

/// Write units a second of one partition, and so of one item.
const PARTITION_WRITES: f64 = 1_000.0;

/// Write units that a transaction takes for an item.
const TRANSACTION_UNITS: f64 = 2.0;

/// A quota that is there at once and has no reserve beyond a second.
const fn quota(name: &'static str, rate: f64, demand: f64, source: &'static str) -> Quota {
    let growth = f64::INFINITY;
    Quota { name, rate, burst: rate, growth, demand, knob: "", queue: "", source }
}

/// The quotas on the way of an upload, in the order of that way.
#[must_use]
pub fn on_the_way(upload: &PathCounts, knobs: &Knobs) -> Vec<Quota> {
    let mut quotas = vec![
        Quota {
            knob: "keys under several prefixes; S3 splits them by itself under lasting load",
            queue: "the uploader, as 503",
            ..quota("S3 PUT", 3_500.0 * knobs.prefixes, 1.0, S3)
        },
        Quota {
            knob: "quota of EventBridge",
            queue: "EventBridge, 24 hours",
            ..quota("EventBridge invocations", 18_750.0, f64::from(upload.events), EVENTBRIDGE)
        },
    ];
    quotas.extend(executions(upload, knobs));
    let reads = f64::from(upload.heads + upload.gets);
    quotas.extend([
        concurrency(upload, knobs),
        Quota {
            knob: "as for PUT",
            queue: "retries of the state machine",
            ..quota("S3 GET and HEAD", 5_500.0 * knobs.prefixes, reads, S3)
        },
    ]);
    quotas.extend(table(upload, knobs));
    quotas
}

fn executions(upload: &PathCounts, knobs: &Knobs) -> Vec<Quota> {
    let start = Quota {
        knob: "quota of Step Functions; `stateMachineType` EXPRESS",
        queue: "EventBridge, 24 hours",
        ..quota("executions started", 0.0, 1.0, STEP_FUNCTIONS)
    };
    match knobs.machine {
        MachineType::Express => {
            let rate = knobs.starts.unwrap_or(6_000.0);
            vec![Quota { rate, burst: rate, knob: "quota of Step Functions", ..start }]
        }
        MachineType::Standard => {
            let rate = knobs.starts.unwrap_or(300.0);
            let transitions = f64::from(upload.transitions);
            vec![
                Quota { rate, burst: rate.max(1_300.0), ..start },
                Quota {
                    knob: "as for starts",
                    queue: "the execution, which waits",
                    ..quota("state transitions", 5_000.0, transitions, STEP_FUNCTIONS)
                },
            ]
        }
    }
}

/// Concurrency, in seconds of environments a second. An invocation shorter than a tenth of a second
/// takes one all the same.
fn concurrency(upload: &PathCounts, knobs: &Knobs) -> Quota {
    let invocations = f64::from(upload.invocations);
    // The functions that read from S3 are above the tenth of a second, the others below it.
    let slow = f64::from(upload.heads.min(1) + upload.gets.min(1));
    let demand = (busy(upload) - f64::from(upload.table_waits) * time::TABLE_CALL)
        .max(slow / INVOCATIONS_OF_AN_ENVIRONMENT)
        + (invocations - slow).max(0.0) / INVOCATIONS_OF_AN_ENVIRONMENT;
    Quota {
        growth: invocations * ENVIRONMENTS_A_SECOND,
        knob: "quota of Lambda; less time in functions",
        queue: "retries of the state machine",
        ..quota("Lambda concurrency", knobs.concurrency, demand, LAMBDA)
    }
}

fn table(upload: &PathCounts, knobs: &Knobs) -> Vec<Quota> {
    let retries = "retries of the function, then of the state machine";
    let index = upload.index_write_units / 2.0;
    vec![
        Quota {
            knob: "warm throughput of the table; quota of DynamoDB beyond 40,000",
            queue: retries,
            ..quota("table writes", knobs.table_writes, upload.table_write_units, TABLE)
        },
        Quota {
            knob: "`shards`",
            queue: retries,
            ..quota(
                "writes of totals items",
                PARTITION_WRITES * knobs.shards,
                TRANSACTION_UNITS,
                PARTITION,
            )
        },
        Quota {
            knob: "`shards`",
            queue: retries,
            ..quota(
                "transactions on totals items",
                knobs.shards / time::TABLE_CALL,
                1.0,
                TRANSACTION,
            )
        },
        Quota {
            knob: "`shards`",
            queue: retries,
            ..quota("writes of an index", PARTITION_WRITES * knobs.shards, index, PARTITION)
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::measured;

    fn quotas(knobs: Knobs) -> Vec<Quota> {
        on_the_way(&measured().unwrap().uploads[0], &knobs)
    }

    fn rate(quotas: &[Quota], name: &str) -> f64 {
        quotas.iter().find(|quota| quota.name == name).unwrap().rate
    }

    #[test]
    fn shards_move_what_totals_and_indexes_take() {
        let knobs = Knobs::new(MachineType::Express);
        let (few, many) = (quotas(knobs), quotas(Knobs { shards: 80.0, ..knobs }));
        for name in ["writes of totals items", "transactions on totals items", "writes of an index"]
        {
            assert!((rate(&many, name) / rate(&few, name) - 10.0).abs() < 1e-9, "{name}");
        }
    }

    #[test]
    fn express_has_no_quota_of_transitions() {
        let names = |machine| -> Vec<_> {
            quotas(Knobs::new(machine)).iter().map(|quota| quota.name).collect()
        };
        assert!(names(MachineType::Standard).contains(&"state transitions"));
        assert!(!names(MachineType::Express).contains(&"state transitions"));
    }

    #[test]
    fn shards_default_to_what_the_program_sets() {
        let project = include_str!("../../../Pulumi.yaml");
        let (_, rest) = project.split_once("\n  shards:").unwrap();
        let (_, rest) = rest.split_once("default: ").unwrap();
        let shards: f64 = rest.lines().next().unwrap().parse().unwrap();
        assert!((shards - Knobs::new(MachineType::Express).shards).abs() < 1e-9);
    }

    #[test]
    fn every_quota_is_there_and_says_what_moves_it() {
        for machine in [MachineType::Standard, MachineType::Express] {
            for quota in quotas(Knobs::new(machine)) {
                assert!(quota.rate > 0.0 && quota.demand > 0.0, "{}", quota.name);
                assert!(!quota.knob.is_empty() && !quota.queue.is_empty(), "{}", quota.name);
                assert!(quota.source.starts_with("https://docs.aws.amazon.com/"));
            }
        }
    }
}
