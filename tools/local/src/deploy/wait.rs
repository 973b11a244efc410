//! Waiting for what a service creates or changes in the background.

use std::time::Duration;

use super::failure::Failure;

/// Between two looks.
///
/// The SDK's own waiters look once a second at most, longer than all the rest of a local deploy.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until a resource counts as stuck: about half a minute's worth.
const LOOKS: usize = 600;

/// What one look at a resource found.
#[derive(Debug, PartialEq)]
pub(super) enum State {
    /// It can be used, and changed again.
    Ready,
    /// It will be, later. The text is the service's for that.
    Pending(String),
    /// It never will be. The text says why.
    Failed(String),
}

/// Waits until a `look` finds the resource `name` ready.
pub(super) async fn until_ready<F>(name: &str, look: impl Fn() -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<State, Failure>>,
{
    let mut last = String::new();
    for _ in 0..LOOKS {
        match look().await? {
            State::Ready => return Ok(()),
            State::Failed(state) => return Err(not_ready(name, state)),
            State::Pending(state) => last = state,
        }
        tokio::time::sleep(PAUSE).await;
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

    /// Waits for a resource that goes through `states`; returns how often it was looked at.
    async fn looks(states: &[fn() -> State]) -> Result<usize, String> {
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
    async fn looks_again_while_pending() {
        assert_eq!(looks(&[|| State::Ready]).await, Ok(1));
        assert_eq!(looks(&[pending, pending, || State::Ready]).await, Ok(3));
    }

    #[tokio::test]
    async fn stops_at_a_failure_and_says_why() {
        let message = looks(&[pending, || State::Failed("no such runtime".to_owned())]).await;
        assert_eq!(message, Err("f is not ready: no such runtime".to_owned()));
    }
}
