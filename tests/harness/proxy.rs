//! A proxy between functions and emulator that notes requests and injects faults on demand.
//!
//! It listens on loopback, reads one request per connection, lets a [`Rule`] befall it or passes
//! it on, and closes the connection. A function is led to it by the SDK's own variables
//! `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL_DYNAMODB`
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).

mod fault;
mod http;
mod process;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub use fault::{Fault, Rule};
use http::Message;

/// A running proxy; it runs until the process ends.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    rules: Arc<Mutex<Vec<Arc<Rule>>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A request that was passed on, and its answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, such as `HeadObject` or `TransactWriteItems`.
    pub operation: String,
    /// The body of the request.
    pub request: Vec<u8>,
    /// The body of the answer.
    pub answer: Vec<u8>,
}

impl FaultProxy {
    /// A proxy to the emulator at `endpoint`, such as `http://127.0.0.1:4566`.
    pub async fn start(endpoint: &str) -> Self {
        let upstream = endpoint.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("the address that was bound");
        let (rules, calls) = (Arc::default(), Arc::default());
        tokio::spawn(accept(listener, upstream, Arc::clone(&rules), Arc::clone(&calls)));
        Self { address, rules, calls }
    }

    /// Its URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets a fault befall requests from now on; the earliest rule that fits one befalls it.
    pub fn inject(&self, rule: Rule) -> Arc<Rule> {
        let rule = Arc::new(rule);
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&rule));
        rule
    }

    /// The requests that were passed on since this was last asked, each once however often it was
    /// tried.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn accept(
    listener: TcpListener,
    upstream: String,
    rules: Arc<Mutex<Vec<Arc<Rule>>>>,
    calls: Arc<Mutex<Vec<Call>>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (upstream, rules, calls) = (upstream.clone(), Arc::clone(&rules), Arc::clone(&calls));
        // What goes wrong with a connection is what its client sees of it.
        tokio::spawn(async move { serve(client, &upstream, &rules, &calls).await });
    }
}

async fn serve(
    mut client: TcpStream,
    upstream: &str,
    rules: &Mutex<Vec<Arc<Rule>>>,
    calls: &Mutex<Vec<Call>>,
) -> io::Result<()> {
    let Some(request) = Message::read(&mut client).await? else { return Ok(()) };
    let fault = {
        let rules = rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().find(|rule| rule.befalls(&request)).map(|rule| rule.fault)
    };
    match fault {
        None => {
            let answer = pass_on(upstream, &request).await?;
            // Noted before the client can go on, so that whoever asks afterwards sees it. A machine
            // that is busy makes clients try again, which is no other call.
            if is_first_try(&request) {
                calls.lock().unwrap_or_else(PoisonError::into_inner).push(call(&request, &answer));
            }
            client.write_all(&answer).await?;
            client.shutdown().await
        }
        Some(fault) => strike(fault, client, upstream, &request).await,
    }
}

async fn strike(
    fault: Fault,
    mut client: TcpStream,
    upstream: &str,
    request: &Message,
) -> io::Result<()> {
    match fault {
        Fault::InternalError | Fault::SlowDown | Fault::Throttling | Fault::TransactionConflict => {
            client.write_all(&fault::refusal(fault, request)).await?;
            client.shutdown().await
        }
        Fault::Latency => {
            tokio::time::sleep(fault::LATENCY).await;
            let answer = pass_on(upstream, request).await?;
            client.write_all(&answer).await
        }
        Fault::Reset => reset(client),
        Fault::LostAnswer => {
            pass_on(upstream, request).await?;
            reset(client)
        }
        Fault::CutBody => {
            let answer = Message::parse(pass_on(upstream, request).await?);
            client.write_all(&cut(&answer)).await?;
            client.shutdown().await
        }
        Fault::KilledBefore => process::kill_peer(&client),
        Fault::KilledAfter => {
            pass_on(upstream, request).await?;
            process::kill_peer(&client)
        }
    }
}

/// Whether the SDK has not sent this request before: `amz-sdk-request: attempt=1; max=3`.
fn is_first_try(request: &Message) -> bool {
    request
        .header("amz-sdk-request")
        .is_none_or(|tries| tries.split(';').any(|it| it.trim() == "attempt=1"))
}

/// The bytes of objects are nobody's concern, and many.
fn call(request: &Message, answer: &[u8]) -> Call {
    let operation = fault::operation(request);
    let answer = match operation.as_str() {
        "GetObject" => Vec::new(),
        _ => Message::parse(answer.to_vec()).body,
    };
    Call { operation, request: request.body.clone(), answer }
}

/// Sends the request on and reads the answer to its end.
async fn pass_on(upstream: &str, request: &Message) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    server.write_all(&request.closing()).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// Closes the connection with RST instead of FIN.
fn reset(client: TcpStream) -> io::Result<()> {
    client.set_zero_linger()?;
    drop(client);
    Ok(())
}

/// The first half of the body; of an answer without a body, the first half of the head.
fn cut(answer: &Message) -> Vec<u8> {
    if answer.body.is_empty() {
        return answer.head[..answer.head.len() / 2].to_vec();
    }
    [&answer.head[..], &answer.body[..answer.body.len() / 2]].concat()
}
