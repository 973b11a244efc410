//! Warm-up before the first invocation.

use std::time::Duration;

/// Longest time for which the first call to AWS may delay the start of a function; equals the
/// timeout of one attempt to connect.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Makes a call to AWS during initialization, so that the first invocation finds connections and
/// credentials ready, as all later invocations do.
///
/// During initialization, Lambda gives a function a full vCPU, more than a function with little
/// memory has afterwards, so a TLS handshake takes less time
/// (<https://serverlessland.com/content/service/lambda/guides/effectively-running-java-on-serverless/init-heavy-lifting>).
/// The result of the call is ignored: if a failure persists, the invocation fails as well, and
/// reports the failure by its name.
pub async fn warm_up(first_call: impl Future) {
    within(TIMEOUT, first_call).await;
}

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
