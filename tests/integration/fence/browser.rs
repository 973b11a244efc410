//! Attack pages in Chromium. `tests/conformance/browser/run` runs these tests.
//!
//! From version 142 on, Chromium asks the user before a page from a public address may send
//! requests to loopback, where the emulator listens. Attacks by such a page would fail even without
//! the fence. So the attack pages, too, are served on loopback: on another port than the
//! emulator's, and under a host name that the browser maps to loopback.

use std::time::Duration;

use harness::{TestStack, run};

use super::attacks::{CREATE_STACK, credential, web_socket_api};
use super::runtime_api;
use crate::browser::{ATTACKER, report};

/// An attack that a page can make.
#[derive(Debug, Clone, Copy)]
enum Attack {
    FormToCloudFormation,
    TextToLambda,
    NameThatResolvesToLoopback,
    KeyIdInAQuery,
    ApiFromElsewhere,
    WebSocket,
    RuntimeApi,
    Reset,
}

/// All attacks. The reset of the emulator comes last, because it deletes the stack.
const ATTACKS: [Attack; 8] = [
    Attack::FormToCloudFormation,
    Attack::TextToLambda,
    Attack::NameThatResolvesToLoopback,
    Attack::KeyIdInAQuery,
    Attack::ApiFromElsewhere,
    Attack::WebSocket,
    Attack::RuntimeApi,
    Attack::Reset,
];

impl Attack {
    /// Tries the attack. True if it has an effect.
    async fn succeeds(self, stack: &TestStack) -> bool {
        let endpoint = stack.stack.aws.endpoint();
        let port = endpoint.rsplit(':').next().unwrap();
        let roles = format!("?Action=ListRoles&Version=2010-05-08&{}", credential("test", "iam"));
        match self {
            Self::FormToCloudFormation => {
                let fields = CREATE_STACK.split('&').map(|field| {
                    let (name, value) = field.split_once('=').unwrap();
                    let value = percent_encoding::percent_decode_str(value).decode_utf8();
                    format!("<input name='{name}' value='{}'>", value.unwrap())
                });
                let fields = fields.collect::<Vec<_>>().concat();
                let form = format!(
                    "<iframe name=frame></iframe><form method=post target=frame \
                     action='{endpoint}/?{}'>{fields}</form>",
                    credential("test", "cloudformation")
                );
                report(ATTACKER, &form, "document.forms[0].submit(); await wait(3000)").await;
                let queues = stack.stack.aws.sqs.list_queues().send().await.unwrap();
                queues.queue_urls().iter().any(|url| url.contains("attack"))
            }
            Self::TextToLambda => {
                let group = stack.log_group("head-object");
                let before = stack.log(&group).await.len();
                let function = stack.function("head-object");
                let script = format!(
                    "await fetch('{endpoint}/2015-03-31/functions/{function}/invocations?{}', \
                     {{method: 'POST', mode: 'no-cors', body: '{{}}'}}); await wait(2000)",
                    credential("test", "lambda")
                );
                report(ATTACKER, "", &script).await;
                stack.log(&group).await.len() > before
            }
            Self::NameThatResolvesToLoopback => {
                let script =
                    format!("return (await fetch('http://{ATTACKER}:{port}/{roles}')).text()");
                report(ATTACKER, "", &script).await.contains("RoleName")
            }
            Self::KeyIdInAQuery => {
                let script = format!("return (await fetch('{endpoint}/{roles}')).text()");
                report(ATTACKER, "", &script).await.contains("RoleName")
            }
            Self::ApiFromElsewhere => reads_api(stack, ATTACKER).await,
            Self::WebSocket => {
                let api = web_socket_api(stack).await;
                let script = format!(
                    "return new Promise((done) => {{
                        const socket =
                            new WebSocket('ws://127.0.0.1:{port}/_aws/execute-api/{api}/live');
                        socket.onopen = () => done('open');
                        socket.onerror = () => done('error');
                    }})"
                );
                report(ATTACKER, "", &script).await == "open"
            }
            Self::RuntimeApi => {
                let event = stack.event("Object Created", &stack.key("nothing.png"), None);
                stack.invoke("head-object", &event).await.unwrap();
                let port = runtime_api::port_of(&stack.function("head-object")).unwrap();
                let next = format!("http://127.0.0.1:{port}/2018-06-01/runtime/invocation/next");
                let script = format!(
                    "for (let poll = 0; poll < 6; poll += 1) fetch('{next}', {{mode: 'no-cors'}}); \
                     await wait(20000)"
                );
                let invocations = async {
                    tokio::time::sleep(Duration::from_secs(8)).await;
                    for _ in 0..5 {
                        if stack.invoke("head-object", &event).await.is_err() {
                            return true;
                        }
                    }
                    false
                };
                tokio::join!(report(ATTACKER, "", &script), invocations).1
            }
            Self::Reset => {
                let script = format!(
                    "await fetch('{endpoint}/_ministack/reset', {{method: 'POST', mode: 'no-cors'}})"
                );
                report(ATTACKER, "", &script).await;
                let tables = stack.stack.aws.dynamodb.list_tables().send().await.unwrap();
                !tables.table_names().contains(&stack.stack.outputs.table_name)
            }
        }
    }
}

/// True if a page from `host` can read the API.
async fn reads_api(stack: &TestStack, host: &str) -> bool {
    let url = format!("{}/images/info", stack.stack.outputs.api_url);
    let script = format!("return (await fetch('{url}')).text()");
    report(host, "", &script).await.contains("contentTypes")
}

#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn pages_succeed_without_the_fence_only() {
    run(async {
        let open = TestStack::unfenced("open-pages").await;
        for attack in ATTACKS {
            assert!(attack.succeeds(&open).await, "{attack:?} is no attack");
            println!("{attack:?} succeeds without the fence");
        }
        drop(open);
        let fenced = TestStack::own("fenced-pages").await;
        for attack in ATTACKS {
            assert!(!attack.succeeds(&fenced).await, "{attack:?} succeeds");
            println!("{attack:?} fails with the fence");
        }
    });
}

#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn front_end_on_another_port_reads_the_api() {
    run(async {
        let stack = TestStack::shared().await;
        for host in ["127.0.0.1", "localhost"] {
            assert!(reads_api(stack, host).await, "{host}");
        }
    });
}
