//! Simulates a steady stream of uploads through the quotas, to find which quota limits the stream,
//! and how many uploads wait.
//!
//! Each quota is a token bucket with a queue in front. Time advances in steps of a tenth of a
//! second; the uploads that pass a quota in a step arrive at the next quota in the same step.
//! Nothing is random, so the same input gives the same output. The model deliberately leaves out
//! retries that give up, unevenly distributed keys, and other users of the account. Each of these
//! would make the result worse.

use serde::Serialize;

use crate::quotas::Quota;

/// Steps of the simulation per simulated second.
const STEPS: u32 = 10;

/// The effect of one quota on the uploads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// The quota.
    pub quota: Quota,
    /// Units that the uploads demand in a second, divided by the quota's rate. Above 1, the uploads
    /// demand more than the quota sustains.
    pub utilization: f64,
    /// Uploads per second that the quota sustains.
    pub limit: f64,
    /// Uploads that this quota still holds back when the simulation ends.
    pub backlog: f64,
}

/// The result of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simulation {
    /// Uploads that arrive per second.
    pub rate: f64,
    /// Simulated time, in seconds.
    pub seconds: u32,
    /// The effect of each quota, in the order in which an upload meets the quotas.
    pub stages: Vec<Stage>,
    /// Uploads that have been recorded when the simulation ends.
    pub recorded: f64,
}

impl Simulation {
    /// Simulates `rate` uploads per second against `quotas` for `seconds` seconds.
    #[must_use]
    pub fn run(quotas: &[Quota], rate: f64, seconds: u32) -> Self {
        let mut buckets: Vec<_> = quotas.iter().map(Bucket::full).collect();
        let mut recorded = 0.0;
        for _ in 0..seconds * STEPS {
            let arriving = rate / f64::from(STEPS);
            recorded += buckets.iter_mut().fold(arriving, |uploads, bucket| bucket.step(uploads));
        }
        let stage = |bucket: Bucket| Stage {
            quota: bucket.quota,
            utilization: rate * bucket.quota.demand / bucket.quota.rate,
            limit: bucket.quota.rate / bucket.quota.demand,
            backlog: bucket.queue,
        };
        Self { rate, seconds, stages: buckets.into_iter().map(stage).collect(), recorded }
    }

    /// The quota with the lowest limit: the first to bind as the rate of uploads grows. If two
    /// limits are equal, the quota that an upload meets later is returned.
    #[must_use]
    pub fn first_to_bind(&self) -> Option<&Stage> {
        self.stages.iter().rev().min_by(|a, b| a.limit.total_cmp(&b.limit))
    }

    /// Uploads that have arrived but are not recorded.
    #[must_use]
    pub fn waiting(&self) -> f64 {
        self.stages.iter().map(|stage| stage.backlog).sum()
    }
}

/// A quota with its tokens and the uploads that wait for them.
struct Bucket {
    quota: Quota,
    /// Number of tokens that are added per second: the quota's rate, or less while that rate grows.
    rate: f64,
    tokens: f64,
    queue: f64,
}

impl Bucket {
    /// A token bucket after an idle period: full, or empty if the quota's rate grows from zero.
    fn full(quota: &Quota) -> Self {
        let grows = quota.growth.is_finite();
        let (rate, tokens) = if grows { (0.0, 0.0) } else { (quota.rate, quota.burst) };
        Self { quota: *quota, rate, tokens, queue: 0.0 }
    }

    /// Advances by one step: adds the arriving uploads to the queue, and returns those that pass.
    fn step(&mut self, arriving: f64) -> f64 {
        let steps = f64::from(STEPS);
        self.rate = (self.rate + self.quota.growth / steps).min(self.quota.rate);
        // A quota whose rate grows has no burst: the bucket holds at most the tokens of one second.
        let most = if self.quota.growth.is_finite() { self.rate } else { self.quota.burst };
        self.tokens = (self.tokens + self.rate / steps).min(most);
        self.queue += arriving;
        let passing = self.queue.min(self.tokens / self.quota.demand);
        self.queue -= passing;
        self.tokens -= passing * self.quota.demand;
        passing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::assert_close;

    fn quota(rate: f64, burst: f64, demand: f64) -> Quota {
        Quota {
            name: "",
            rate,
            burst,
            growth: f64::INFINITY,
            demand,
            knob: "",
            queue: "",
            source: "",
        }
    }

    #[test]
    fn what_is_below_every_quota_passes() {
        let run = Simulation::run(&[quota(100.0, 100.0, 1.0), quota(100.0, 100.0, 2.0)], 50.0, 60);
        assert_close(run.recorded, 3_000.0);
        assert_close(run.waiting(), 0.0);
    }

    #[test]
    fn a_burst_is_spent_once_and_then_the_rate_holds() {
        let run = Simulation::run(&[quota(300.0, 1_300.0, 1.0)], 1_000.0, 60);
        // The token bucket is full at the start, so the tokens that the first step adds are lost.
        assert_close(run.recorded, 1_300.0 + 300.0 * 59.9);
        assert_close(run.recorded + run.waiting(), 60_000.0);
    }

    #[test]
    fn the_tightest_quota_binds_and_holds_the_backlog() {
        let quotas = [quota(1_000.0, 1_000.0, 1.0), quota(1_000.0, 1_000.0, 4.0)];
        let run = Simulation::run(&quotas, 500.0, 100);
        assert_close(run.first_to_bind().unwrap().limit, 250.0);
        assert_close(run.stages[0].backlog, 0.0);
        assert!(run.stages[1].backlog > 20_000.0);
        assert_close(run.stages[1].utilization, 2.0);
    }

    #[test]
    fn what_an_early_quota_holds_back_does_not_reach_a_later_one() {
        let quotas = [quota(100.0, 100.0, 1.0), quota(200.0, 200.0, 1.0)];
        let run = Simulation::run(&quotas, 1_000.0, 10);
        assert_close(run.stages[1].backlog, 0.0);
        assert!(run.stages[1].utilization > 1.0, "it would bind if all uploads reached it");
    }

    #[test]
    fn concurrency_grows_with_time() {
        let growing = Quota { growth: 10.0, ..quota(100.0, 100.0, 1.0) };
        let run = Simulation::run(&[growing], 100.0, 5);
        assert!(run.recorded < 150.0, "{}", run.recorded);
        let run = Simulation::run(&[growing], 50.0, 600);
        assert_close(run.waiting(), 0.0);
    }

    #[test]
    fn every_upload_is_recorded_or_waits() {
        for rate in [1.0, 333.0, 7_000.0] {
            let quotas = [quota(300.0, 1_300.0, 1.0), quota(500.0, 500.0, 2.0)];
            let run = Simulation::run(&quotas, rate, 30);
            assert_close(run.recorded + run.waiting(), rate * 30.0);
        }
    }
}
