//! AWS's default quotas in us-east-1, and how much of each an upload takes.
//!
//! All quotas are defined here. AWS raises most of them on request. New accounts start with lower
//! quotas for Step Functions and Lambda.

use serde::Serialize;

use crate::costs::{MachineType, busy};
use crate::counts::PathCounts;
use crate::time;

/// Settings of the stack, and limits of AWS services that can be raised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knobs {
    /// The stack's `stateMachineType`.
    pub machine: MachineType,
    /// The stack's `shards`: number of partitions of the indexes and of the totals.
    pub shards: f64,
    /// Maximum number of concurrent Lambda executions in the account; 1,000 unless raised.
    pub concurrency: f64,
    /// Write units per second that the table sustains immediately. A new table sustains 4,000, an
    /// older one twice its last peak; warm throughput can give more. The default quota is 40,000.
    pub table_writes: f64,
    /// Number of prefixes under `uploads/` that each have a partition of their own in S3.
    pub prefixes: f64,
    /// Number of executions that can start per second; `None` for the default quota of the state
    /// machine's type.
    pub starts: Option<f64>,
}

impl Knobs {
    /// A new stack in an account with default quotas.
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

/// A quota that uploads compete for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// The quota's name in reports.
    pub name: &'static str,
    /// Units per second.
    pub rate: f64,
    /// Units that are available immediately after an idle period. Ignored if `growth` is finite:
    /// the quota then starts at zero.
    pub burst: f64,
    /// Units per second by which the rate grows each second after an idle period. Infinite if the
    /// full rate is available immediately; JSON shows infinity as `null`.
    pub growth: f64,
    /// Units that one upload takes.
    pub demand: f64,
    /// A way to let more uploads through, such as a setting or an increase of the quota by AWS.
    pub knob: &'static str,
    /// The place where uploads wait for the quota.
    pub queue: &'static str,
    /// The AWS page that states the quota.
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

/// Invocations per second that one execution environment handles at most, however short they are.
const INVOCATIONS_OF_AN_ENVIRONMENT: f64 = 10.0;

/// Environments per second that Lambda adds to each function.
const ENVIRONMENTS_A_SECOND: f64 = 100.0;

/// Maximum write units per second of one partition, and therefore also of one item.
const PARTITION_WRITES: f64 = 1_000.0;

/// Write units that a transaction takes for an item of up to 1 KB.
const TRANSACTION_UNITS: f64 = 2.0;

/// A quota whose full rate is available immediately. Its burst is the rate times one second.
const fn quota(name: &'static str, rate: f64, demand: f64, source: &'static str) -> Quota {
    let growth = f64::INFINITY;
    Quota { name, rate, burst: rate, growth, demand, knob: "", queue: "", source }
}

/// The quotas that an upload meets, in the order in which it meets them.
#[must_use]
pub fn on_the_way(upload: &PathCounts, knobs: &Knobs) -> Vec<Quota> {
    let mut quotas = vec![
        Quota {
            knob: "keys under several prefixes, which S3 partitions under sustained load",
            queue: "the uploader, which gets 503",
            ..quota("S3 PUT", 3_500.0 * knobs.prefixes, 1.0, S3)
        },
        Quota {
            knob: "EventBridge quota",
            queue: "EventBridge, 24 hours",
            ..quota("EventBridge invocations", 18_750.0, f64::from(upload.events), EVENTBRIDGE)
        },
    ];
    quotas.extend(executions(upload, knobs));
    let reads = f64::from(upload.heads + upload.gets);
    quotas.extend([
        concurrency(upload, knobs),
        Quota {
            knob: "as for S3 PUT",
            queue: "retries of the state machine",
            ..quota("S3 GET and HEAD", 5_500.0 * knobs.prefixes, reads, S3)
        },
    ]);
    quotas.extend(table(upload, knobs));
    quotas
}

fn executions(upload: &PathCounts, knobs: &Knobs) -> Vec<Quota> {
    let start = Quota {
        knob: "Step Functions quota; `stateMachineType` EXPRESS",
        queue: "EventBridge, 24 hours",
        ..quota("executions started", 0.0, 1.0, STEP_FUNCTIONS)
    };
    match knobs.machine {
        MachineType::Express => {
            let rate = knobs.starts.unwrap_or(6_000.0);
            vec![Quota { rate, burst: rate, knob: "Step Functions quota", ..start }]
        }
        MachineType::Standard => {
            let rate = knobs.starts.unwrap_or(300.0);
            let transitions = f64::from(upload.transitions);
            vec![
                Quota { rate, burst: rate.max(1_300.0), ..start },
                Quota {
                    knob: "as for executions started",
                    queue: "the execution",
                    ..quota("state transitions", 5_000.0, transitions, STEP_FUNCTIONS)
                },
            ]
        }
    }
}

/// The quota of Lambda's concurrency. A unit is one execution environment for one second. An
/// invocation takes at least a tenth of a unit.
fn concurrency(upload: &PathCounts, knobs: &Knobs) -> Quota {
    let invocations = f64::from(upload.invocations);
    // Functions that read from S3 take more than a tenth of a second, the others less.
    let slow = f64::from(upload.heads.min(1) + upload.gets.min(1));
    let demand = (busy(upload) - f64::from(upload.table_waits) * time::TABLE_CALL)
        .max(slow / INVOCATIONS_OF_AN_ENVIRONMENT)
        + (invocations - slow).max(0.0) / INVOCATIONS_OF_AN_ENVIRONMENT;
    Quota {
        growth: invocations * ENVIRONMENTS_A_SECOND,
        knob: "Lambda quota; shorter invocations",
        queue: "retries of the state machine",
        ..quota("Lambda concurrency", knobs.concurrency, demand, LAMBDA)
    }
}

fn table(upload: &PathCounts, knobs: &Knobs) -> Vec<Quota> {
    let retries = "retries of the function, then of the state machine";
    let index = upload.index_write_units / 2.0;
    vec![
        Quota {
            knob: "warm throughput of the table; DynamoDB quota above 40,000",
            queue: retries,
            ..quota("table writes", knobs.table_writes, upload.table_write_units, TABLE)
        },
        Quota {
            knob: "`shards`",
            queue: retries,
            ..quota(
                "writes to totals items",
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
            ..quota("writes to an index", PARTITION_WRITES * knobs.shards, index, PARTITION)
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::measured;
    use crate::tests::assert_close;

    fn quotas(knobs: Knobs) -> Vec<Quota> {
        on_the_way(&measured().unwrap().uploads[0], &knobs)
    }

    fn rate(quotas: &[Quota], name: &str) -> f64 {
        quotas.iter().find(|quota| quota.name == name).unwrap().rate
    }

    #[test]
    fn shards_raise_the_quotas_of_totals_and_indexes() {
        let knobs = Knobs::new(MachineType::Express);
        let (few, many) = (quotas(knobs), quotas(Knobs { shards: 80.0, ..knobs }));
        for name in ["writes to totals items", "transactions on totals items", "writes to an index"]
        {
            assert_close(rate(&many, name), 10.0 * rate(&few, name));
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
    fn every_quota_has_a_rate_a_knob_and_a_source() {
        for machine in [MachineType::Standard, MachineType::Express] {
            for quota in quotas(Knobs::new(machine)) {
                assert!(quota.rate > 0.0 && quota.demand > 0.0, "{}", quota.name);
                assert!(!quota.knob.is_empty() && !quota.queue.is_empty(), "{}", quota.name);
                assert!(quota.source.starts_with("https://docs.aws.amazon.com/"));
            }
        }
    }
}
