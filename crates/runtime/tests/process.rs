//! Runs a Lambda function as a process, with a stand-in for Lambda's Runtime API.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot continue panics")]

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use contract::NamedError;
use runtime::Summary;
use serde_json::{Value, json};

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the table is being restored; try again later")]
    Restoring,
    #[error("the header is cut short")]
    Corrupt,
}

impl NamedError for Failure {
    fn name(&self) -> &'static str {
        match self {
            Self::Restoring => "TableUnavailable",
            Self::Corrupt => "CorruptImage",
        }
    }

    fn is_expected(&self) -> bool {
        matches!(self, Self::Corrupt)
    }
}

/// The Lambda function under test. It runs only in the processes that the tests below start.
#[test]
fn function() {
    if env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let double = async |number: u32, summary: &mut Summary| {
        summary.format = Some("png");
        match number {
            0 => Err(Failure::Restoring),
            1 => Err(Failure::Corrupt),
            number => Ok(number * 2),
        }
    };
    runtime.block_on(runtime::run(double)).unwrap();
}

/// The process of a Lambda function, and the POST requests that it sends to the Runtime API.
struct Function {
    process: Child,
    posts: Receiver<Post>,
}

/// A POST request. The path and the headers are in lower case.
struct Post {
    path: String,
    headers: String,
    body: Value,
}

impl Function {
    /// Starts the function, which gets these events.
    fn start(namespace: &str, events: &'static [&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, posts) = channel();
        std::thread::spawn(move || {
            let mut events = events.iter();
            for connection in listener.incoming() {
                let post = respond(connection.unwrap(), &mut events);
                // Sending fails after the end of the test, because nothing receives the posts.
                let _sent = post.map(|post| sender.send(post));
            }
        });
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "function", "--nocapture"]).stdout(Stdio::piped());
        for (name, value) in [
            ("AWS_LAMBDA_RUNTIME_API", &*address),
            ("AWS_LAMBDA_FUNCTION_NAME", "double"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
            ("METRICS_NAMESPACE", namespace),
        ] {
            command.env(name, value);
        }
        Self { process: command.spawn().unwrap(), posts }
    }

    fn post(&self) -> Post {
        let post = self.posts.recv_timeout(Duration::from_secs(20));
        post.unwrap_or_else(|error| panic!("the function posts nothing: {error}"))
    }

    /// Ends the process, and returns the lines of its log, parsed as JSON. All other text in the
    /// output of the process is from the test harness.
    fn log(mut self) -> Vec<Value> {
        self.process.kill().unwrap();
        let mut output = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        let lines = output.lines().filter_map(|line| Some(&line[line.find('{')?..]));
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Responds to one request, and returns the request if it is a POST. A GET asks for an event. If no
/// event is left, the GET gets no response, and its connection stays open until the function ends.
fn respond<'a>(
    mut connection: TcpStream,
    events: &mut impl Iterator<Item = &'a &'a str>,
) -> Option<Post> {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let (mut line, mut head) = (String::new(), String::new());
    while reader.read_line(&mut line).unwrap() > 2 {
        head.push_str(&line.to_ascii_lowercase());
        line.clear();
    }
    let mut parts = head.split(' ');
    let (method, path) = (parts.next()?, parts.next()?.to_owned());
    if method == "get" {
        let Some(event) = events.next() else {
            let _ended = reader.read(&mut [0]);
            return None;
        };
        write!(
            connection,
            "HTTP/1.1 200 OK\r\nconnection: close\r\nlambda-runtime-aws-request-id: R1\r\n\
             lambda-runtime-deadline-ms: 4102444800000\r\ncontent-length: {}\r\n\r\n{event}",
            event.len()
        )
        .unwrap();
        return None;
    }
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    write!(connection, "HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        .unwrap();
    Some(Post { path, headers: head, body: serde_json::from_slice(&body).unwrap() })
}

#[test]
fn every_invocation_has_a_result_and_one_line_in_the_log() {
    let function = Function::start("pixgauge-test", &["21", "\"one\"", "0", "1"]);
    let invocation = "/2018-06-01/runtime/invocation/r1";
    let post = function.post();
    assert_eq!((post.path, post.body), (format!("{invocation}/response"), json!(42)));
    for (name, message) in [
        ("InvalidInput", "invalid type: string \"one\", expected u32 at line 1 column 5"),
        ("TableUnavailable", "the table is being restored; try again later"),
        ("CorruptImage", "the header is cut short"),
    ] {
        let post = function.post();
        let error = json!({"errorType": name, "errorMessage": message});
        assert_eq!((post.path, post.body), (format!("{invocation}/error"), error));
    }
    let lines = function.log();
    let namespace = |line: &Value| line["_aws"]["CloudWatchMetrics"][0]["Namespace"].clone();
    let members = |line: &Value| json!([line["level"], line["error"], namespace(line)]);
    let lines: Vec<_> = lines.iter().map(members).collect();
    let expected = [
        json!(["INFO", null, "pixgauge-test"]),
        json!(["ERROR", "InvalidInput", null]),
        json!(["ERROR", "TableUnavailable", null]),
        json!(["INFO", "CorruptImage", null]),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn an_invalid_setting_is_reported_to_lambda_and_ends_the_process() {
    let mut function = Function::start("AWS/Lambda", &["21"]);
    let post = function.post();
    assert_eq!(post.path, "/2018-06-01/runtime/init/error");
    assert_eq!(post.body["errorType"], "InvalidSettings");
    let message = post.body["errorMessage"].as_str().unwrap();
    assert!(message.contains("METRICS_NAMESPACE is \"AWS/Lambda\""), "{message}");
    let name = "lambda-runtime-function-error-type: runtime.invalidsettings";
    assert!(post.headers.contains(name), "{}", post.headers);
    assert_eq!(function.process.wait().unwrap().code(), Some(1));
    let lines = function.log();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&line["level"], &line["variable"]), (&json!("ERROR"), &json!("METRICS_NAMESPACE")));
}
