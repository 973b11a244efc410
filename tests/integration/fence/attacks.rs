//! Attacks: requests that the user's access key did not sign, and that would run code as the user,
//! or read or destroy data.

use std::time::SystemTime;

use harness::{TestStack, run};
use local::AccessKey;
use local::aws::Aws;

use super::admitted::presigned;
use super::{address, exchange, runtime_api, send};
use crate::client::get;

/// The body of a request that creates a CloudFormation stack from the attacker's template.
pub(super) const CREATE_STACK: &str = "Action=CreateStack&Version=2010-05-15&StackName=attack&TemplateBody=\
    %7B%22Resources%22%3A%7B%22Q%22%3A%7B%22Type%22%3A%22AWS%3A%3ASQS%3A%3AQueue%22%2C%22Properties%22%3A%7B%22QueueName%22%3A%22attack%22%7D%7D%7D%7D";

/// Query parameters that name this access key as the signer of the request.
pub(super) fn credential(key: &str, service: &str) -> String {
    format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key}/20260101/us-east-1/{service}/aws4_request"
    )
}

/// Requests that the emulator must not carry out: a name, the head and the body of each.
fn attacks(stack: &TestStack) -> Vec<(&'static str, String, &'static str)> {
    let (host, outputs) = (address(stack), &stack.stack.outputs);
    let api = outputs.api_url.rsplit('/').next().unwrap();
    let invocations =
        format!("POST /2015-03-31/functions/{}/invocations", stack.function("head-object"));
    let roles =
        |key| format!("GET /?Action=ListRoles&Version=2010-05-08&{}", credential(key, "iam"));
    let info = &format!("GET /_aws/execute-api/{api}/images/info");
    let forged = "Authorization: AWS4-HMAC-SHA256 \
        Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00";
    let head =
        |host: &str, line: &str, headers: &str| format!("{line} HTTP/1.1\nHost: {host}\n{headers}");
    let own = |line: &str, headers: &str| head(host, line, headers);
    let create = format!("POST /?{}", credential("test", "cloudformation"));
    let invoke = format!("{invocations}?{}", credential("test", "lambda"));
    let hidden = "Sec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors";
    let elsewhere = "Origin: https://attacker.example\nSec-Fetch-Site: cross-site";
    let like_loopback = "127.0.0.1.attacker.example";
    let api_host = &format!("{api}.execute-api.localhost");
    let reset = "POST /_ministack/reset";
    vec![
        (
            "form to CloudFormation",
            own(&create, "Content-Type: application/x-www-form-urlencoded"),
            CREATE_STACK,
        ),
        ("text to Lambda", own(&invoke, "Content-Type: text/plain"), "{}"),
        ("host name that resolves to loopback", head("attacker.example", &roles("test"), ""), ""),
        (
            "host name that begins like loopback",
            head(like_loopback, "GET /_ministack/health", ""),
            "",
        ),
        ("key id in a query", own(&roles("test"), ""), ""),
        ("id of the user's key", own(&roles(&stack.stack.aws.access_key().id), ""), ""),
        ("twelve digits as a key", own(&roles("123456789012"), ""), ""),
        ("signature that is wrong", own("GET /2015-03-31/functions", forged), ""),
        ("messages of all queues", own("GET /_ministack/sqs/messages", ""), ""),
        ("settings of the emulator", own("POST /_ministack/config", ""), "{}"),
        ("page of the internet that reads the API", own(info, elsewhere), ""),
        ("page of unknown origin", own(info, "Origin: null"), ""),
        ("page of another port that hides where it is from", own(info, hidden), ""),
        (
            "page of a name that ends like loopback",
            own(info, "Origin: http://attackerlocalhost"),
            "",
        ),
        ("reset behind the API's host name", head(api_host, reset, ""), ""),
        ("reset", own(reset, ""), ""),
    ]
}

#[test]
fn attacks_succeed_without_the_fence_only() {
    run(async {
        let (open, fenced) = (TestStack::unfenced("open").await, TestStack::shared().await);
        for (stack, is_fenced) in [(&open, false), (fenced, true)] {
            assert_eq!(opens_web_socket(stack).await, !is_fenced, "web sockets");
            assert_eq!(guesses_key(stack).await, !is_fenced, "key of a function");
            assert_eq!(runtime_api::swallows(stack).await, !is_fenced, "events of a function");
        }
        // These attacks come last, because one of them resets the emulator.
        for (name, head, body) in attacks(&open) {
            let (status, answer) = exchange(address(&open), &head, body).await;
            assert!((200..300).contains(&status), "{name} is no attack: {answer}");
        }
        for (name, head, body) in attacks(fenced) {
            let (status, answer) = exchange(address(fenced), &head, body).await;
            // The attack "reset behind the API's host name" goes to the API, which does not have
            // the path `/_ministack/reset`. The fence refuses all other attacks.
            let expected = if name.ends_with("host name") { 404 } else { 403 };
            assert_eq!(status, expected, "{name}: {answer}");
            let readable = answer.to_lowercase().contains("access-control-allow");
            assert_eq!(readable, status == 404, "{name}: {answer}");
        }
        assert_eq!(fenced.metadata(&fenced.key("nothing.png")).await.0, 404, "the stack is gone");
    });
}

async fn opens_web_socket(stack: &TestStack) -> bool {
    let id = web_socket_api(stack).await;
    let request = format!(
        "GET /_aws/execute-api/{id}/live HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        address(stack)
    );
    let (status, answer) = send(address(stack), &request).await;
    assert!([101, 403].contains(&status), "{answer}");
    status == 101
}

/// Deploys a WebSocket API. Returns its id; its stage is `live`.
pub(super) async fn web_socket_api(stack: &TestStack) -> String {
    let api = &stack.stack.aws.apigateway;
    let created = api
        .create_api()
        .name("sockets")
        .protocol_type(aws_sdk_apigatewayv2::types::ProtocolType::Websocket)
        .route_selection_expression("$request.body.action");
    let id = created.send().await.unwrap().api_id.unwrap();
    api.create_stage().api_id(&id).stage_name("live").send().await.unwrap();
    id
}

/// True if the emulator accepts the guessed key of a function's session.
async fn guesses_key(stack: &TestStack) -> bool {
    // At a function's first invocation, the emulator issues the key of the function's session.
    let event = stack.event("Object Created", &stack.key("nothing.png"), None);
    stack.invoke("head-object", &event).await.unwrap();
    let aws = &stack.stack.aws;
    let function = aws.lambda.get_function_configuration();
    let function = function.function_name(stack.function("head-object")).send().await.unwrap();
    let key = guess(&function.function_arn.unwrap(), &function.role.unwrap());
    Aws::connect(aws.endpoint(), key).sts.get_caller_identity().send().await.is_ok()
}

#[test]
fn functions_do_not_control_the_emulator() {
    run(async {
        let aws = &TestStack::shared().await.stack.aws;
        let role = aws.iam.list_roles().send().await.unwrap().roles.swap_remove(0).arn;
        let session = aws.sts.assume_role().role_arn(role).role_session_name("function");
        let session = session.send().await.unwrap().credentials.unwrap();
        let key = AccessKey {
            id: session.access_key_id,
            secret: session.secret_access_key,
            token: Some(session.session_token),
        };
        // Requests to `/_ministack/` control the emulator. A presigned URL of S3 can have this path
        // and a valid signature. The emulator must refuse a URL that a function's key signed, and
        // accepts one that the user's key signed.
        for (aws, status) in [(Aws::connect(aws.endpoint(), key), 403), (aws.clone(), 200)] {
            let url = presigned(&aws, "_ministack", "sqs/messages", SystemTime::now(), 60).await;
            assert_eq!(get(&url, &[]).await.status, status);
        }
    });
}

/// The access key of a function's session, which an unmodified emulator derives from the ARNs of
/// the function and its role.
fn guess(function: &str, role: &str) -> AccessKey {
    let script = "import hashlib, sys\n\
        hash = lambda text: hashlib.sha256(text.encode()).hexdigest()\n\
        digest = hash(':'.join(sys.argv[1:]))\n\
        print('ASIA' + digest[:16].upper(), hash('secret:' + digest), hash('token:' + digest))";
    let mut python = std::process::Command::new("python3");
    let output = python.args(["-c", script, function, role]).output().unwrap().stdout;
    let text = String::from_utf8(output).unwrap();
    let [id, secret, token] = text.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
    AccessKey { id: id.to_owned(), secret: secret.to_owned(), token: Some(token.to_owned()) }
}
