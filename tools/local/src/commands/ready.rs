//! Text that `cargo local up` and `cargo local demo --keep` print when the stack is ready.

use crate::api::Api;
use crate::aws::REGION;
use crate::emulator::USUAL_PORT;
use crate::stack::Outputs;
use crate::terminal::format::quoted;

/// The way to stop the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Ctrl-C in this terminal.
    CtrlC,
    /// `cargo local down`: the stack runs in the background.
    Down,
}

impl Stop {
    fn text(self) -> &'static str {
        match self {
            Self::CtrlC => "Press Ctrl-C to stop it.",
            Self::Down => "Stop it with `cargo local down`.",
        }
    }
}

/// Formats the stack's addresses, and commands that use them. `page` is the address of the page, if
/// there is one.
pub(super) fn ready(outputs: &Outputs, page: Option<&str>, stop: Stop) -> String {
    let Outputs { api_url, bucket_name: bucket, key_prefix, endpoint, .. } = outputs;
    let info = Api::new(api_url, key_prefix.clone()).info_url();
    let page = page.map(|page| format!("  page      {page}\n")).unwrap_or_default();
    let stop = stop.text();
    let destination = quoted(&format!("s3://{bucket}/{key_prefix}cat.jpg"));
    format!(
        "
The stack is ready.

{page}  API       {api_url}
  bucket    {bucket}
  endpoint  {endpoint}  (all AWS services; region {REGION}; `cargo local env` prints the access key)

In another terminal:
  cargo local upload FILES…    upload images and see what the API says about them
  cargo local executions       list executions; with a key or an id, show the states of one
  cargo local logs --follow    show the functions' log lines
  cargo local --help           list the other commands

  curl '{info}'

With the AWS CLI:
  eval \"$(cargo local env)\"
  aws s3 cp cat.jpg {destination}

{stop}
"
    )
}

/// Formats the address of an emulator without a deployment, and the commands that deploy to it.
pub(super) fn empty(endpoint: &str, stop: Stop) -> String {
    let stop = stop.text();
    let other_port = if endpoint.ends_with(&format!(":{USUAL_PORT}")) {
        String::new()
    } else {
        format!("Pulumi.local.yaml names port {USUAL_PORT}: change it to this endpoint first.\n")
    };
    format!(
        "
The emulator is ready, without a deployment, and the functions are built.

  endpoint  {endpoint}  (all AWS services; region {REGION})

Deploy in another terminal:
  eval \"$(cargo local env)\"
  pulumi up --stack local
{other_port}
{stop}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_port_than_the_usual_one_is_explained() {
        assert!(!empty("http://127.0.0.1:4566", Stop::Down).contains("names port"));
        assert!(empty("http://127.0.0.1:45660", Stop::Down).contains("names port 4566"));
    }
}
