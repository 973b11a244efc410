//! A steady stream of uploads through the quotas: which holds it back, and how much waits there.
//!
//! Each quota is a token bucket with a queue in front. Time goes in steps of a tenth of a second;
//! what a quota lets pass in a step arrives at the next one. Nothing is random, so the same input
//! gives the same output. Left out on purpose: retries that give up, uneven keys, and other users
//! of the account; each makes things worse, not better.

use crate::quotas::Quota;

/// Steps of a second.
const STEPS: u32 = 10;

/// What became of one quota.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// The quota.
    pub quota: Quota,
    /// What all uploads would take of it, as a share of its rate.
    pub utilisation: f64,
    /// Uploads a second that it lets pass in the long run.
    pub limit: f64,
    /// Uploads that wait for it at the end.
    pub backlog: f64,
}

/// The outcome of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// Uploads a second.
    pub rate: f64,
    /// Seconds simulated.
    pub seconds: u32,
    /// The quotas, in the order of an upload's way.
    pub stages: Vec<Stage>,
    /// Uploads that are recorded at the end.
    pub recorded: f64,
}

impl Simulation {
    /// Sends `rate` uploads a second through `quotas` for `seconds`.
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
            utilisation: rate * bucket.quota.demand / bucket.quota.rate,
            limit: bucket.quota.rate / bucket.quota.demand,
            backlog: bucket.queue,
        };
        Self { rate, seconds, stages: buckets.into_iter().map(stage).collect(), recorded }
    }

    /// The quota that binds first as uploads grow; the earlier one of two equal ones.
    #[must_use]
    pub fn first_to_bind(&self) -> Option<&Stage> {
        self.stages.iter().rev().min_by(|a, b| a.limit.total_cmp(&b.limit))
    }

    /// Uploads that have arrived and are not recorded.
    #[must_use]
    pub fn waiting(&self) -> f64 {
        self.stages.iter().map(|stage| stage.backlog).sum()
    }
}

/// A quota with its tokens, and uploads that wait for them.
struct Bucket {
    quota: Quota,
    /// What it is refilled with each second by now.
    rate: f64,
    tokens: f64,
    queue: f64,
}

impl Bucket {
    /// As after a quiet time.
    fn full(quota: &Quota) -> Self {
        let grows = quota.growth.is_finite();
        let (rate, tokens) = if grows { (0.0, 0.0) } else { (quota.rate, quota.burst) };
        Self { quota: *quota, rate, tokens, queue: 0.0 }
    }

    /// Takes what arrives, and returns what passes.
    fn step(&mut self, arriving: f64) -> f64 {
        let steps = f64::from(STEPS);
        self.rate = (self.rate + self.quota.growth / steps).min(self.quota.rate);
        // What grows is there to be used at that moment, and cannot be saved.
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

    #[track_caller]
    fn assert_close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-6, "{left} is not {right}");
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
        // The bucket is full at the start, so what flows in meanwhile is lost to it.
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
        assert_close(run.stages[1].utilisation, 2.0);
    }

    #[test]
    fn what_an_early_quota_holds_back_does_not_reach_a_later_one() {
        let quotas = [quota(100.0, 100.0, 1.0), quota(200.0, 200.0, 1.0)];
        let run = Simulation::run(&quotas, 1_000.0, 10);
        assert_close(run.stages[1].backlog, 0.0);
        assert!(run.stages[1].utilisation > 1.0, "it would bind, had it been asked");
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
    fn nothing_is_lost_or_made() {
        for rate in [1.0, 333.0, 7_000.0] {
            let quotas = [quota(300.0, 1_300.0, 1.0), quota(500.0, 500.0, 2.0)];
            let run = Simulation::run(&quotas, rate, 30);
            assert_close(run.recorded + run.waiting(), rate * 30.0);
        }
    }
}
