//! Text that `cargo local up` and `cargo local demo --keep` print when the stack is ready.

use crate::api::Api;
use crate::aws::REGION;
use crate::stack::Outputs;

/// Formats the stack's addresses, and commands that use them.
pub(super) fn ready(outputs: &Outputs) -> String {
    let Outputs { api_url, bucket_name: bucket, endpoint, .. } = outputs;
    let api = Api::new(api_url);
    let (metadata, info) = (api.metadata_url("cat.jpg"), api.info_url());
    format!(
        "
The stack is ready.

  API       {api_url}
  bucket    {bucket}
  endpoint  {endpoint}  (all AWS services; region {REGION}; `cargo local env` prints the access key)

Upload an image with the AWS CLI or curl:
  eval \"$(cargo local env)\"
  aws s3 cp cat.jpg s3://{bucket}/uploads/cat.jpg
  curl --aws-sigv4 aws:amz:{REGION}:s3 --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" --header x-amz-content-sha256:UNSIGNED-PAYLOAD --upload-file cat.jpg '{endpoint}/{bucket}/uploads/cat.jpg'

Query the API:
  curl '{metadata}'
  curl '{info}'

In another terminal:
  cargo local executions           list recent executions and their outcomes
  cargo local executions cat.jpg   show each state of one execution
  cargo local redrive              start failed executions again
  cargo local reconcile            make the catalog match the bucket
  cargo local outputs              print these addresses as JSON
  cargo local env                  print endpoint and access key for the AWS CLI and SDKs
  cargo local page                 print the address of the page again

Press Ctrl-C to stop the stack. Its page, with executions, images and failures:
"
    )
}
