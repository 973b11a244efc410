//! Keys as a query parameter. A path cannot name every key, because API Gateway cuts a path at a
//! question mark, even at an encoded one.

use harness::{TestStack, picture, run};
use serde_json::json;

use crate::client::get;

#[test]
fn a_path_is_cut_at_a_question_mark_and_a_parameter_is_not() {
    run(async {
        let stack = TestStack::shared().await;
        let (cut, whole) = (&stack.key("cut/a"), &stack.key("cut/a?b+c d.png"));
        let prefix = &stack.stack.outputs.key_prefix;
        stack.measure(whole, picture::png(3, 4, 0), "image/png").await;
        let api = &stack.stack.outputs.api_url;
        let response = get(&format!("{api}/images/metadata/cut/a%3Fb%2Bc%20d.png"), &[]).await;
        let expected = json!({"error": format!("{cut} not found!")});
        assert_eq!((response.status, response.json()), (404, expected));
        // In the last encoding, the plus sign of the key is not encoded. The function first reads
        // it as a space. There is no image with that key, so the function then reads it as a plus
        // sign.
        for encoded in ["a%3Fb%2Bc+d.png", "a?b%2Bc%20d.png", "a%3Fb+c%20d.png"] {
            let url = format!("{api}/images/metadata?s3objectkey={prefix}cut/{encoded}");
            assert_eq!(get(&url, &[]).await.json()["s3objectkey"], **whole, "{encoded}");
        }
        let file = get(&stack.stack.api().query_url("file", whole), &[]).await;
        assert_eq!((file.status, file.header("content-type")), (200, "image/png"));
    });
}
