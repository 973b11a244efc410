//! The environment that Lambda gives a function on an OS-only runtime
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).

use std::net::SocketAddr;
use std::path::Path;

use crate::project::Settings;

/// The environment variables of a function, except `AWS_LAMBDA_RUNTIME_API`, which differs from
/// process to process. `aws` is the address of the stand-in for AWS, which is the endpoint of all
/// services. The access key is one of AWS's examples.
pub(crate) fn of(settings: &Settings, task: &Path, aws: SocketAddr) -> Vec<(String, String)> {
    let of_lambda = [
        ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2024/05/01/[$LATEST]0123456789abcdef0123456789abcdef"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("AWS_SESSION_TOKEN", SESSION_TOKEN),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("LD_LIBRARY_PATH", "/lib64:/usr/lib64:/var/runtime:/var/task:/opt/lib"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ];
    let of_function = [
        ("AWS_ENDPOINT_URL", format!("http://{aws}")),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", settings.name.clone()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", settings.name)),
        ("LAMBDA_TASK_ROOT", task.display().to_string()),
    ];
    let of_lambda = of_lambda.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let of_function = of_function.map(|(name, value)| (name.to_owned(), value));
    let mut own = settings.environment.clone();
    if let Some(bucket) = own.get_mut("BUCKET_NAME") {
        SAMPLE_BUCKET.clone_into(bucket);
    }
    of_lambda.into_iter().chain(of_function).chain(own).collect()
}

/// The bucket in the sample events. A function refuses an event about another bucket.
const SAMPLE_BUCKET: &str = "pixgauge-local-000000000000-us-east-1";

/// `environment` without credentials. Without them, a function cannot sign requests, so it sends
/// none.
pub(crate) fn without_credentials(environment: &[(String, String)]) -> Vec<(String, String)> {
    let credentials = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let others = environment.iter().filter(|(name, _)| !credentials.contains(&name.as_str()));
    others.cloned().collect()
}

/// A session token of about the length of Lambda's tokens. The token is sent with every request, so
/// its length affects the instruction counts.
const SESSION_TOKEN: &str = const {
    match std::str::from_utf8(&[b'T'; 900]) {
        Ok(token) => token,
        Err(_) => "",
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_the_stack_are_among_those_of_lambda() {
        let settings = Settings {
            name: "pixgauge-dev-get-image".into(),
            environment: [("SHARDS".to_owned(), "8".to_owned())].into(),
            memory: 256,
        };
        let environment = of(&settings, Path::new("/task"), ([127, 0, 0, 1], 9).into());
        let value = |name: &str| {
            let mut found = environment.iter().filter(|(known, _)| known == name);
            let value = found.next().map(|(_, value)| value.as_str());
            assert!(found.next().is_none(), "{name} is set twice");
            value
        };
        assert_eq!(value("SHARDS"), Some("8"));
        assert_eq!(value("AWS_ENDPOINT_URL"), Some("http://127.0.0.1:9"));
        assert_eq!(value("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), Some("256"));
        assert_eq!(value("AWS_SESSION_TOKEN").map(str::len), Some(900));
        assert_eq!(value("HOME"), None);
        let offline = without_credentials(&environment);
        assert_eq!(offline.len(), environment.len() - 3);
    }
}
