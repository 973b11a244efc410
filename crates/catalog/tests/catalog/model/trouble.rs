//! Trouble during a recording or a recount: requests fail, the process is killed, or another
//! execution writes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use catalog::{Catalog, CatalogError, Outcome};
use contract::NamedError as _;
use proptest::prelude::*;
use test_table::{Fault, TestTable};

use super::world::Execution;

/// The trouble during one recording, or during one part of a recount.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    None,
    /// The fault that `kind` chooses from `FAULTS` is injected into `times` consecutive requests,
    /// beginning with number `request`. A fault that is limited to an operation spares requests of
    /// other operations, but these requests count toward `times`.
    Fault {
        request: u8,
        times: u8,
        kind: u8,
    },
    /// Directly before request number `request`, one of the running executions, the rival, records
    /// its observation. The number `execution` selects the rival.
    Rival {
        request: u8,
        execution: u8,
    },
}

/// Each fault, and the DynamoDB operation that it is limited to, if any.
const FAULTS: [(Fault, Option<&str>); 13] = [
    (Fault::LostResponse, None),
    (Fault::Reset, None),
    (Fault::KilledBefore, None),
    (Fault::KilledAfter, None),
    (Fault::Refused(500, "InternalServerError"), None),
    (Fault::Refused(503, "ServiceUnavailable"), None),
    (Fault::Refused(400, "ThrottlingException"), None),
    (Fault::Refused(400, "ProvisionedThroughputExceededException"), None),
    (Fault::Refused(400, "AccessDeniedException"), None),
    (Fault::Refused(400, "TransactionConflictException"), Some("PutItem")),
    (Fault::Canceled("TransactionConflict"), Some("TransactWriteItems")),
    (Fault::Canceled("ThrottlingError"), Some("TransactWriteItems")),
    (Fault::Canceled("ValidationError"), Some("TransactWriteItems")),
];

pub(super) fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        3 => Just(Trouble::None),
        3 => (0..4_u8, 1..8_u8, any::<u8>())
            .prop_map(|(request, times, kind)| Trouble::Fault { request, times, kind }),
        2 => (0..4_u8, any::<u8>())
            .prop_map(|(request, execution)| Trouble::Rival { request, execution }),
    ]
}

/// A catalog, and the trouble that its requests run into.
pub(super) struct Troubled {
    pub(super) catalog: Catalog,
    trouble: Trouble,
    /// True once the fault has been injected into a request.
    injected: Arc<AtomicBool>,
    /// The outcome of the rival's recording; `None` if the rival has not recorded its observation.
    pub(super) rival: Arc<Mutex<Option<Result<Outcome, CatalogError>>>>,
}

impl Troubled {
    /// If `trouble` is a [`Trouble::Rival`], `rival` is the execution that `trouble` selects.
    pub(super) fn new(
        table: &TestTable,
        shards: u32,
        trouble: Trouble,
        rival: Option<Execution>,
    ) -> Self {
        let (injected, outcome) = (Arc::<AtomicBool>::default(), Arc::<Mutex<_>>::default());
        let catalog = {
            let (other, injected) = (table.catalog(shards), Arc::clone(&injected));
            let outcome = Arc::clone(&outcome);
            table.catalog_with(shards, move |call| {
                let fault = fault(trouble, &call);
                injected.fetch_or(fault.is_some(), Ordering::Relaxed);
                let acts = matches!(trouble, Trouble::Rival { request, .. } if usize::from(request) == call.number);
                let rival = rival.clone().filter(|_| acts);
                let (other, outcome) = (other.clone(), Arc::clone(&outcome));
                async move {
                    if let Some(execution) = rival {
                        *outcome.lock().unwrap() = Some(execution.record(&other).await);
                    }
                    // Without another fault, each page of a scan has only one item.
                    fault.or(Some(Fault::ShortPage(1)).filter(|_| call.operation == "Scan"))
                }
            })
        };
        Self { catalog, trouble, injected, rival: outcome }
    }

    /// Checks that this trouble explains why a recording or a part of a recount failed. `error` is
    /// `None` if the process was killed.
    pub(super) fn check_failure(&self, error: Option<&CatalogError>) -> Result<(), String> {
        let failure = error.map_or("killed".to_owned(), |error| format!("{error:?}"));
        let Trouble::Fault { times, kind, .. } = self.trouble else {
            return Err(format!("without a fault: {failure}"));
        };
        if !self.injected.load(Ordering::Relaxed) {
            return Err(format!("before a fault: {failure}"));
        }
        let (fault, _) = chosen(kind);
        // `passes` is the number of faults that a recording or a part of a recount always survives.
        // It is 0 where nothing is repeated. It is 2 where the SDK repeats a request, because the
        // SDK makes three attempts. It is 4 where a recording repeats its write, because a
        // recording makes six attempts, and the first attempt may fail for another reason: the key
        // has a record already.
        let (name, passes) = match fault {
            Fault::KilledBefore | Fault::KilledAfter => (None, 0),
            Fault::Refused(_, "AccessDeniedException") | Fault::Canceled("ValidationError") => {
                (Some("TableRefused"), 0)
            }
            Fault::Canceled("TransactionConflict")
            | Fault::Refused(_, "TransactionConflictException") => (Some("RecordConflict"), 4),
            Fault::Canceled(_) => (Some("TableUnavailable"), 4),
            _ => (Some("TableUnavailable"), 2),
        };
        if error.map(CatalogError::name) == name && times > passes {
            return Ok(());
        }
        Err(format!("after {times} × {fault:?}: {failure}"))
    }
}

fn chosen(kind: u8) -> (Fault, Option<&'static str>) {
    FAULTS[usize::from(kind) % FAULTS.len()]
}

fn fault(trouble: Trouble, call: &test_table::Call) -> Option<Fault> {
    let Trouble::Fault { request, times, kind } = trouble else { return None };
    let (fault, operation) = chosen(kind);
    let first = usize::from(request);
    let meets = (first..first + usize::from(times)).contains(&call.number)
        && operation.is_none_or(|operation| operation == call.operation);
    meets.then_some(fault)
}
