//! A stack whose settings differ from the defaults. Other modules test other settings, such as
//! `versions.rs` (`versioning`) and `api_authorization.rs` (`authorization`).

use harness::{TestStack, picture, run};
use serde_json::json;
use tokio::sync::OnceCell;

static CONFIGURED: OnceCell<TestStack> = OnceCell::const_new();

/// A stack with executions of type EXPRESS, and with an API that web pages of one origin may call.
/// The API requires no signature, so `showExecution` has no effect.
pub(crate) async fn configured() -> &'static TestStack {
    let settings = [
        ("stateMachineType", json!("EXPRESS")),
        ("corsOrigins", json!(["https://gallery.example"])),
        ("showExecution", json!(true)),
    ];
    CONFIGURED
        .get_or_init(|| async move { TestStack::configured("settings", &settings).await })
        .await
}

#[test]
fn a_state_machine_of_type_express_measures_too() {
    run(async {
        let stack = configured().await;
        stack.upload(&stack.key("express.png"), picture::png(5, 6, 0), "image/png").await;
        let metadata = stack
            .until("the metadata", async || {
                let (status, metadata) = stack.metadata(&stack.key("express.png")).await;
                (status == 200).then_some(metadata)
            })
            .await;
        assert_eq!((&metadata["width"], &metadata["height"]), (&json!("5"), &json!("6")));
        // The metadata do not name the execution, because the request for them was not signed.
        assert_eq!(metadata.get("execution"), None);
    });
}
