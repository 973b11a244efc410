//! A stack whose API requires signed requests.

use harness::{TestStack, run};

use crate::client::{get, send};

#[test]
fn only_signed_requests_are_answered() {
    run(async {
        let settings = [("authorization", "AWS_IAM".into())];
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
            ("Origin", "http://localhost:5173"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization,x-amz-date"),
        ];
        let response = send("OPTIONS", &format!("{api}/images/info"), &preflight).await;
        assert!(response.status < 300, "{response:?}");
        assert!(
            response.header("access-control-allow-headers").contains("authorization"),
            "{response:?}"
        );
        let signature = signature(&stack, "/images/info");
        let headers: Vec<_> = signature.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(get(&format!("{api}/images/info"), &headers).await.status, 200);
    });
}

/// The headers that sign a GET of this path of the API with the administrator's key.
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
