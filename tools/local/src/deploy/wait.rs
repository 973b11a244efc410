//! Waits for resources that a service creates or changes in the background.

use std::time::Duration;

use super::failure::Failure;

/// Pause between two polls.
///
/// The SDK's own waiters pause for at least a second, but a resource of the emulator is usually
/// ready sooner.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Number of polls after which a resource counts as stuck. They take at least half a minute.
const MAX_POLLS: usize = 600;

/// The state of a resource, as one poll finds it.
#[derive(Debug, PartialEq)]
pub(super) enum State {
    /// The resource can be used and changed.
    Ready,
    /// The resource will be ready later. The text is the state that the service reports.
    Pending(String),
    /// The resource will never be ready. The text says why.
    Failed(String),
}

/// Calls `poll` until it finds the resource `name` ready.
///
/// # Errors
/// [`Failure::NotReady`] if the resource fails or is stuck, and the errors of `poll`.
pub(super) async fn until_ready<F>(name: &str, poll: impl Fn() -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<State, Failure>>,
{
    let mut last = String::new();
    for _ in 0..MAX_POLLS {
        match poll().await? {
            State::Ready => return Ok(()),
            State::Failed(state) => return Err(not_ready(name, state)),
            State::Pending(state) => last = state,
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Err(not_ready(name, last))
}

fn not_ready(name: &str, state: String) -> Failure {
    Failure::NotReady { name: name.to_owned(), state }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Waits for a resource that goes through `states`. Returns the number of polls.
    async fn polls(states: &[fn() -> State]) -> Result<usize, String> {
        let next = Mutex::new(0);
        let waited = until_ready("f", async || {
            let mut next = next.lock().unwrap();
            *next += 1;
            Ok(states[*next - 1]())
        });
        waited.await.map_err(|failure| failure.to_string())?;
        Ok(next.into_inner().unwrap())
    }

    fn pending() -> State {
        State::Pending("creating".to_owned())
    }

    #[tokio::test]
    async fn polls_again_while_pending() {
        assert_eq!(polls(&[|| State::Ready]).await, Ok(1));
        assert_eq!(polls(&[pending, pending, || State::Ready]).await, Ok(3));
    }

    #[tokio::test]
    async fn stops_at_a_failure_and_gives_the_reason() {
        let message = polls(&[pending, || State::Failed("no such runtime".to_owned())]).await;
        assert_eq!(message, Err("f did not become ready: no such runtime".to_owned()));
    }
}
