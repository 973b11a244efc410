//! Service-specific endpoints.

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::Variables;

/// Endpoints of single services, from environment variables such as `AWS_ENDPOINT_URL_S3`, which
/// most AWS SDKs read
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>). They take
/// precedence over `AWS_ENDPOINT_URL`, the endpoint of all services.
#[derive(Debug)]
pub(super) struct ServiceEndpoints(pub(super) Variables);

impl LoadServiceConfig for ServiceEndpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        (self.0)(&variable(&key))
    }
}

/// Name of the variable that sets a service's endpoint. It ends in the service ID in upper case,
/// with underscores in place of all characters except letters and digits.
fn variable(key: &ServiceConfigKey<'_>) -> String {
    let service = key.service_id().to_ascii_uppercase();
    format!("{}_{}", key.env(), service.replace(|it: char| !it.is_ascii_alphanumeric(), "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_variable_of_its_own() {
        for (service, expected) in [
            ("DynamoDB", "AWS_ENDPOINT_URL_DYNAMODB"),
            ("Cost Explorer", "AWS_ENDPOINT_URL_COST_EXPLORER"),
        ] {
            let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL");
            assert_eq!(variable(&key.profile("endpoint_url").build().unwrap()), expected);
        }
    }
}
