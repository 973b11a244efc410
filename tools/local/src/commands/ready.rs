//! What `cargo local up` prints when the stack is ready.

use crate::api::Api;
use crate::aws::REGION;
use crate::stack::Outputs;

/// The stack's addresses, and commands that use them.
pub(super) fn ready(outputs: &Outputs) -> String {
    let Outputs { api_url, bucket_name: bucket, endpoint, .. } = outputs;
    let api = Api::new(api_url);
    let (metadata, info) = (api.metadata_url("cat.jpg"), api.info_url());
    format!(
        "
The stack is ready.

  API       {api_url}
  bucket    {bucket}
  endpoint  {endpoint}  (every AWS service; region {REGION}, credentials test/test)

Upload an image, with curl or with the AWS CLI:
  curl --aws-sigv4 aws:amz:{REGION}:s3 --user test:test --upload-file cat.jpg '{endpoint}/{bucket}/uploads/cat.jpg'
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --region {REGION} --endpoint-url {endpoint} s3 cp cat.jpg s3://{bucket}/uploads/cat.jpg

Ask about it:
  curl '{metadata}'
  curl '{info}'

In another terminal:
  cargo local executions           what came of each upload
  cargo local executions cat.jpg   the states that one went through
  cargo local redrive              starts those again that failed
  cargo local reconcile            makes the catalog equal to the bucket
  cargo local outputs              these addresses as JSON

Ctrl-C stops the stack.
"
    )
}
