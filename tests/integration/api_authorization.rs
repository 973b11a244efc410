//! A stack whose API requires signed requests.

use harness::faulty::FUNCTIONS;
use harness::{TestStack, picture, run};

use crate::client::{ORIGIN, Response, get, post, send};

#[test]
fn only_signed_requests_are_answered() {
    run(async {
        let settings = [("authorization", "AWS_IAM".into()), ("showExecution", true.into())];
        let stack = TestStack::configured("signed", &settings).await;
        let api = &stack.stack.outputs.api_url;
        for path in [
            "/images",
            "/images/info",
            "/images/file/a",
            "/images/file?s3objectkey=uploads/a",
            "/images/metadata/a",
            "/images/metadata?s3objectkey=uploads/a",
            "/openapi.json",
            "/nothing",
        ] {
            for method in ["GET", "HEAD"] {
                let response = send(method, &format!("{api}{path}"), &[]).await;
                assert_eq!(response.status, 403, "{method} {path}");
            }
        }
        let preflight = [
            ORIGIN,
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization,x-amz-date"),
        ];
        let response = send("OPTIONS", &format!("{api}/images/info"), &preflight).await;
        assert!(response.status < 300, "{response:?}");
        assert!(
            response.header("access-control-allow-headers").contains("authorization"),
            "{response:?}"
        );
        assert_eq!(signed(&stack, "/images/info").await.status, 200);
        assert_eq!(post(&format!("{api}/images/metadata"), &[], "{}").await.status, 403);
        let document = signed(&stack, "/openapi.json").await.json();
        assert_eq!(document["security"], serde_json::json!([{"awsSignature4": []}]));
        execution_is_shown_if_the_stack_shows_it(&stack).await;
    });
}

/// Only an API with authorization can show the execution that recorded an image. For an API without
/// authorization, see `integration/settings.rs`.
async fn execution_is_shown_if_the_stack_shows_it(stack: &TestStack) {
    let image = picture::png(3, 2, 0);
    let execution = stack.measure("uploads/shown.png", image, "image/png").await;
    let path = "/images/metadata/shown.png";
    assert_eq!(signed(stack, path).await.json()["execution"], *execution.arn);
    stack.set_variables("get-metadata", &[("SHOW_EXECUTION", "false")]).await;
    let hidden = signed(stack, path).await;
    assert_eq!((hidden.status, hidden.json().get("execution")), (200, None), "{hidden:?}");
    // This setting hides the execution only from clients: the functions' logs still name it.
    for function in FUNCTIONS {
        let group = stack.log_group(function);
        let named = async || {
            let lines = stack.summaries(&group).await;
            lines.iter().any(|line| line["execution"] == *execution.arn).then_some(())
        };
        stack.until(function, named).await;
    }
}

/// The API's response to a signed GET request for this path.
async fn signed(stack: &TestStack, path: &str) -> Response {
    let signature = signature(stack, path);
    let headers: Vec<_> = signature.iter().map(|(name, value)| (&**name, &**value)).collect();
    get(&format!("{}{path}", stack.stack.outputs.api_url), &headers).await
}

/// The headers that sign a GET request for this path of the API with the administrator's key.
fn signature(stack: &TestStack, path: &str) -> Vec<(String, String)> {
    use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
    use aws_sigv4::sign::v4;

    let identity = stack.stack.aws.access_key().credentials().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("execute-api")
        .time(std::time::SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let url = format!("{}{path}", stack.stack.outputs.api_url);
    let request =
        SignableRequest::new("GET", &url, std::iter::empty(), SignableBody::Bytes(b"")).unwrap();
    let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
    let (headers, _) = instructions.into_parts();
    headers.into_iter().map(|it| (it.name().to_owned(), it.value().to_owned())).collect()
}
