//! An endpoint for one service.

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// The variables that name an endpoint for one service, such as `AWS_ENDPOINT_URL_S3`, as every SDK
/// of AWS reads them (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
/// They go before `AWS_ENDPOINT_URL`.
#[derive(Debug)]
pub(super) struct ServiceEndpoints;

impl LoadServiceConfig for ServiceEndpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        std::env::var(variable(&key)).ok()
    }
}

/// The service's id in capitals, with an underscore for what is no letter or digit.
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
