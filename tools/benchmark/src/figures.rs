//! The figures that a benchmark measures.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Figures of all measured functions, including the empty function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Architecture of the binaries in Rust's terms: `x86_64`, `aarch64`.
    pub(crate) architecture: String,
    /// Figures by function.
    pub(crate) functions: BTreeMap<String, Figures>,
}

/// Figures of one function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// Counts, which are nearly the same on every machine of one architecture.
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// Times on this machine; `None` in the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) milliseconds: Option<Times>,
}

/// Counts of one function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    /// Instructions from the start until the process waits for the first event, without
    /// credentials. Without them, the function cannot send requests during init.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) offline_init_instructions: Option<u64>,
    /// Like `offline_init_instructions`, but with credentials, so that init can send requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) init_instructions: Option<u64>,
    /// Instructions of the first invocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_instructions: Option<u64>,
    /// Instructions of a warm invocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) warm_instructions: Option<u64>,
    /// Peak resident memory in bytes.
    pub(crate) peak_memory_bytes: u64,
    /// Size of the executable in bytes.
    pub(crate) binary_bytes: u64,
    /// Size in bytes of the archive that is uploaded to Lambda.
    pub(crate) zip_bytes: u64,
}

/// Median times of one function, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Times {
    /// Time from the start of the process to its request for the first event.
    pub(crate) init: f64,
    /// Time from sending the first event to its result.
    pub(crate) first: f64,
    /// Time from sending a later event to its result.
    pub(crate) warm: f64,
}

impl Report {
    /// The report without times, which mean nothing on another machine.
    pub(crate) fn without_times(&self) -> Self {
        let mut report = self.clone();
        for figures in report.functions.values_mut() {
            figures.milliseconds = None;
        }
        report
    }

    /// True if instructions were counted.
    pub(crate) fn has_instructions(&self) -> bool {
        self.functions.values().all(|figures| figures.counts.init_instructions.is_some())
    }

    /// Removes the instruction counts, for a comparison with a report that lacks them.
    pub(crate) fn forget_instructions(&mut self) {
        for Figures { counts, .. } in self.functions.values_mut() {
            counts.offline_init_instructions = None;
            counts.init_instructions = None;
            counts.first_instructions = None;
            counts.warm_instructions = None;
        }
    }
}

/// The median in milliseconds, rounded to three decimals; 0 if there are no durations.
pub(crate) fn median(mut durations: Vec<Duration>) -> f64 {
    durations.sort();
    let middle = durations.get(durations.len() / 2).copied().unwrap_or_default();
    (middle.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_slow_start() {
        let milliseconds = [3, 900, 2].map(Duration::from_millis);
        assert!((median(milliseconds.to_vec()) - 3.0).abs() < f64::EPSILON);
        assert!(median(Vec::new()).abs() < f64::EPSILON);
    }
}
