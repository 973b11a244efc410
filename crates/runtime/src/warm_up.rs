//! What a function does before its first invocation.

use std::time::Duration;

/// Time after which a function starts without a warm connection: as long as one try to connect.
const PATIENCE: Duration = Duration::from_secs(1);

/// Makes the first call of an invocation once during initialization, so that the first invocation
/// finds connections, credentials and endpoints as all later ones do.
///
/// Lambda gives a starting function more CPU than a small one has afterwards, so a TLS handshake
/// takes less time here
/// (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>). What comes of
/// the call does not matter: what fails here and matters fails again in the invocation, where it
/// has a name and is retried.
pub async fn warm_up(first_call: impl Future) {
    within(PATIENCE, first_call).await;
}

async fn within(patience: Duration, first_call: impl Future) {
    let in_time = tokio::time::timeout(patience, first_call).await.is_ok();
    tracing::debug!(in_time, "warmed up");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dependency_that_hangs_does_not_keep_a_function_from_starting() {
        within(Duration::from_millis(1), std::future::pending::<()>()).await;
    }

    #[tokio::test]
    async fn a_call_that_fails_does_not_either() {
        warm_up(async { Err::<(), _>("no such table") }).await;
    }
}
