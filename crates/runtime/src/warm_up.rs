//! Warm-up before the first invocation.

use std::time::Duration;

/// Time after which a function starts without a warm connection; equals the timeout of one attempt
/// to connect.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Makes the first call of an invocation during initialization, so that the first invocation finds
/// connections, credentials and endpoints ready, as all later invocations do.
///
/// During initialization, Lambda gives a function more CPU than a small function has afterwards, so
/// a TLS handshake takes less time
/// (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>). The result of
/// the call is ignored: a failure that persists also fails the invocation, which reports it by its
/// name.
pub async fn warm_up(first_call: impl Future) {
    within(TIMEOUT, first_call).await;
}

/// Waits for the call to end, at most for `timeout`.
async fn within(timeout: Duration, first_call: impl Future) {
    let in_time = tokio::time::timeout(timeout, first_call).await.is_ok();
    tracing::debug!(in_time, "warmed up");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_hangs_does_not_block_the_start() {
        within(Duration::from_millis(1), std::future::pending::<()>()).await;
    }

    #[tokio::test]
    async fn the_first_call_is_made_before_the_start_and_may_fail() {
        let mut made = false;
        warm_up(async {
            made = true;
            Err::<(), _>("no such table")
        })
        .await;
        assert!(made);
    }
}
