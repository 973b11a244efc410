//! Executions, time and money that a reconciliation takes, given the numbers of objects, of objects
//! without a record, and of records without an object.
//!
//! The constants repeat numbers of `statemachine/reconcile.asl.json`, as a test checks, and numbers
//! of the functions that the state machine invokes. Times are estimates, not measurements.
//!
//! A reconciliation makes two walks: over the objects, then over the records. Each walk is divided
//! into segments, and each segment into pages. A page is the objects or records that one invocation
//! of `compare-objects` or `compare-records` examines. A walk takes one or more rounds. In each
//! round, every segment that has pages left has one child execution, called a part. The part
//! examines as many pages as its history has room for.

use crate::costs::{MachineType, bytes, execution_time, total};
use crate::counts::{Counts, PathCounts};
use crate::prices::{ARM_DURATION, INVOCATION, READ_UNIT, S3_LIST, S3_READ, TRANSITION};
use crate::time;

/// Number of segments of each walk. In a round, the parts of all segments run at the same time.
pub const SEGMENTS: f64 = 4.0;

/// Objects that `compare-objects` lists for one page. S3 cannot list only the objects of a segment,
/// so for each segment, all objects are listed.
const LISTED: f64 = 10_000.0;

/// Objects that one list request returns.
const LIST: f64 = 1_000.0;

/// Records that one batch read returns.
const BATCH: f64 = 100.0;

/// Records on one page of the walk over the records.
const RECORDS: f64 = 1_000.0;
/// Concurrent HEAD requests for one page.
const HEADS: f64 = 64.0;

/// Maximum number of keys that one page names for repair.
const KEYS: f64 = 200.0;
/// Concurrent repairs for one page.
const REPAIRS: f64 = 40.0;

/// Events that a page adds to the history of its part.
const PAGE_EVENTS: f64 = 13.0;
/// Events that a repair adds to the history of its part.
const REPAIR_EVENTS: f64 = 8.0;
/// Events that a round adds to the history of an execution of `reconcile`.
const ROUND_EVENTS: f64 = 10.0;
/// Number of history events after which a part ends.
const PART_LIMIT: f64 = 8_000.0;
/// Number of history events after which an execution of `reconcile` ends and starts its successor.
const EXECUTION_LIMIT: f64 = 20_000.0;

/// Table segments that the recount of the totals scans at the same time.
const RECOUNT_SEGMENTS: f64 = 8.0;
/// Bytes that DynamoDB reads for one page of the recount's scan.
const SCAN: f64 = 1_048_576.0;

/// Seconds for one page of a scan, of up to 1 MB. An assumption, not a figure of AWS.
const SCAN_TIME: f64 = 0.2;

/// Seconds that a Map Run adds to the time of its children: its start and its end together. An
/// assumption.
const MAP_RUN: f64 = 3.0;

/// Transitions of a page with repairs: comparison, choice, repairs, choice. A page without repairs
/// has half as many.
const PAGE_TRANSITIONS: f64 = 4.0;

/// Transitions of a part besides those of its pages: its beginning, the first choice, its end.
const PART_TRANSITIONS: f64 = 3.0;

/// A reconciliation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reconciliation {
    /// Number of objects in the bucket. The table is assumed to have as many records.
    pub objects: f64,
    /// Number of objects without a record.
    pub unrecorded: f64,
    /// Number of records without an object.
    pub vanished: f64,
}

/// The executions, time and money that a reconciliation takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Number of executions of `reconcile`. Each but the last starts the next.
    pub executions: f64,
    /// Number of rounds of both walks: over the objects, and over the records.
    pub rounds: f64,
    /// Number of pages of both walks.
    pub pages: f64,
    /// Number of repairs.
    pub repairs: f64,
    /// Duration in seconds.
    pub seconds: f64,
    /// Cost of the walks and the recount in US dollars, without the repairs.
    pub comparison: f64,
    /// Cost of the repairs in US dollars.
    pub repair: f64,
}

/// One of the two walks: over the objects, or over the records.
struct Walk {
    pages: f64,
    rounds: f64,
    seconds: f64,
    transitions: f64,
    invocation_seconds: f64,
}

impl Walk {
    /// A walk of at least `pages` pages, which names `keys` keys to repair. A page takes `page`
    /// seconds, and a repair takes `repair` seconds.
    fn new(pages: f64, page: f64, keys: f64, repair: f64) -> Self {
        let pages = pages.max(keys / KEYS).max(SEGMENTS);
        let per_page = keys / pages;
        let events = PAGE_EVENTS + REPAIR_EVENTS * per_page;
        // A part ends after the page with which its events exceed the limit, or at the end of its
        // segment.
        let of_part = (PART_LIMIT / events).floor() + 1.0;
        let rounds = (pages / SEGMENTS / of_part).ceil();
        let repairs = (per_page / REPAIRS).ceil() * repair;
        let transitions = if keys > 0.0 { PAGE_TRANSITIONS } else { PAGE_TRANSITIONS / 2.0 };
        Self {
            pages,
            rounds,
            seconds: pages / SEGMENTS * (page + repairs + transitions * time::TRANSITION)
                + rounds * MAP_RUN,
            transitions: pages * transitions + keys + rounds * SEGMENTS * PART_TRANSITIONS,
            invocation_seconds: pages * page,
        }
    }
}

impl Reconciliation {
    /// Computes the effort. Each repair is an execution of `repair-image`, for an event without a
    /// sequencer. `repair` has the measured requests, units and bytes of one such execution.
    #[must_use]
    pub fn effort(&self, counts: &Counts, repair: &PathCounts) -> Effort {
        let each = execution_time(repair);
        let lists = LISTED / LIST * time::S3_CALL;
        let reads = LISTED / SEGMENTS / BATCH * time::TABLE_CALL;
        let objects =
            Walk::new(self.objects * SEGMENTS / LISTED, lists + reads, self.unrecorded, each);
        let heads = RECORDS / HEADS * time::S3_CALL;
        let records = Walk::new(self.objects / RECORDS, SCAN_TIME + heads, self.vanished, each);
        let table = self.objects * bytes(counts.item_bytes);
        let recount = table / SCAN / RECOUNT_SEGMENTS * SCAN_TIME;
        let rounds = objects.rounds + records.rounds;
        let repairs = self.unrecorded + self.vanished;

        let invocations = objects.pages + records.pages;
        let busy = objects.invocation_seconds + records.invocation_seconds + recount;
        // In this order: the batch reads, at half a unit for each record; the scan of the records,
        // with eventual consistency; and the recount's scan, with strong consistency.
        let read_units = self.objects / 2.0 + table / 8192.0 + table / 4096.0;
        let comparison = (objects.transitions + records.transitions) * TRANSITION.each()
            + invocations * INVOCATION.each()
            + busy * time::MEMORY * ARM_DURATION.each()
            + SEGMENTS * self.objects / LIST * S3_LIST.each()
            + self.objects * S3_READ.each()
            + read_units * READ_UNIT.each();
        Effort {
            executions: (rounds * ROUND_EVENTS / EXECUTION_LIMIT).ceil().max(1.0),
            rounds,
            pages: objects.pages + records.pages,
            repairs,
            seconds: objects.seconds + records.seconds + recount,
            comparison,
            repair: repairs * total(repair, MachineType::Express) / 1e6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::measured;
    use crate::tests::assert_close;

    fn effort(reconciliation: Reconciliation) -> Effort {
        let counts = measured().unwrap();
        let repair = counts.uploads.iter().find(|path| path.name == "started by hand").unwrap();
        reconciliation.effort(&counts, repair)
    }

    #[test]
    fn the_constants_are_those_of_the_definition() {
        let definition = include_str!("../../../statemachine/reconcile.asl.json");
        for text in [
            format!("'segments': {SEGMENTS}"),
            format!("'limit': {KEYS}"),
            format!("\"MaxConcurrency\": {REPAIRS}"),
            format!("$states.input.events + {PAGE_EVENTS} +"),
            format!("'events': {REPAIR_EVENTS} +"),
            format!("$states.input.events + {ROUND_EVENTS}}}"),
            format!("$states.input.events > {PART_LIMIT}"),
            format!("$states.input.events > {EXECUTION_LIMIT}"),
        ] {
            assert!(definition.contains(&text), "the definition has no {text}");
        }
    }

    #[test]
    fn a_run_without_defects_repairs_nothing_and_is_one_execution() {
        let sound = Reconciliation { objects: 1e6, unrecorded: 0.0, vanished: 0.0 };
        let effort = effort(sound);
        assert_close(effort.executions, 1.0);
        assert_close(effort.repair, 0.0);
        assert_close(effort.repairs, 0.0);
        assert_close(effort.pages, 1400.0);
    }

    #[test]
    fn defects_cost_their_repairs_and_more_rounds() {
        let sound = Reconciliation { objects: 1e8, unrecorded: 0.0, vanished: 0.0 };
        let broken = Reconciliation { unrecorded: 5e6, vanished: 5e6, ..sound };
        let (sound, broken) = (effort(sound), effort(broken));
        assert!(broken.rounds > 5.0 * sound.rounds, "{sound:?} {broken:?}");
        assert!(broken.executions >= 1.0 && broken.seconds > sound.seconds);
        assert!(broken.comparison > sound.comparison && broken.repair > 0.0);
    }
}
