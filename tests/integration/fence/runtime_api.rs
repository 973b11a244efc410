//! An attack on the listeners of the Runtime API, from which functions get their invocations.

use std::path::Path;

use futures_util::StreamExt as _;
use harness::TestStack;

use super::exchange;

/// Number of concurrent polls by the attacker. The function polls for the same invocations, so a
/// single poll by the attacker might get none.
const POLLERS: usize = 16;

/// Tries to take invocations of a function from its Runtime API. True if one was taken.
pub(super) async fn swallows(stack: &TestStack) -> bool {
    let event = stack.event("Object Created", &stack.key("nothing.png"), None);
    stack.invoke("head-object", &event).await.unwrap();
    let port = port_of(&stack.function("head-object")).unwrap();
    let address = format!("127.0.0.1:{port}");
    let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\nHost: runtime";
    let polls = (0..POLLERS).map(|_| exchange(&address, next, ""));
    // A poll that gets no invocation waits for a long time, so `any` drops the other polls as soon
    // as one has got the event.
    let taken = futures_util::stream::iter(polls)
        .buffer_unordered(POLLERS)
        .any(async |(status, answer)| status == 200 && answer.contains("nothing.png"));
    let invocations = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        for _ in 0..3 {
            // The result is ignored: if the attacker takes the event, the invocation fails.
            let _result = stack.invoke("head-object", &event).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        is_taken = taken => is_taken,
        () = invocations => unreachable!(),
    }
}

/// The port at which the function's process reaches the Runtime API. The test reads the port from
/// the process's environment. A web page cannot do so, but it can try all ports.
///
/// Linux only (<https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html>).
pub(super) fn port_of(function: &str) -> Option<u16> {
    let name = format!("AWS_LAMBDA_FUNCTION_NAME={function}");
    let processes = Path::new("/proc").read_dir().ok()?.flatten();
    let mut environments = processes.filter_map(|it| std::fs::read(it.path().join("environ")).ok());
    let environment = environments.find_map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.split('\0').any(|variable| variable == name).then_some(text)
    })?;
    let variable = environment.split('\0').find(|it| it.starts_with("AWS_LAMBDA_RUNTIME_API="))?;
    let (_, port) = variable.split_once("127.0.0.1:")?;
    port.split('/').next()?.parse().ok()
}
