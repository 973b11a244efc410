//! CORS rules of a bucket.

use aws_sdk_s3::types as sdk;
use serde::Deserialize;

use super::failure::{During, Failure};
use super::resource::{Outputs, Resource, Target, outputs};

/// `aws:s3:BucketCorsConfiguration`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BucketCorsConfiguration {
    bucket: String,
    cors_rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    id: Option<String>,
    allowed_methods: Vec<String>,
    allowed_origins: Vec<String>,
    allowed_headers: Option<Vec<String>>,
    expose_headers: Option<Vec<String>>,
    max_age_seconds: Option<i32>,
}

impl Resource for BucketCorsConfiguration {
    const OUTPUTS: &'static [&'static str] = &["id"];

    async fn apply(self, to: &Target<'_>) -> Result<Outputs, Failure> {
        let rules = self.cors_rules.into_iter().map(Rule::build);
        let configuration = sdk::CorsConfiguration::builder()
            .set_cors_rules(Some(rules.collect::<Result<_, _>>()?))
            .build()?;
        let call = to.aws.s3.put_bucket_cors().bucket(&self.bucket);
        let call = call.cors_configuration(configuration);
        call.send().await.during("PutBucketCors")?;
        Ok(outputs([("id", &self.bucket)]))
    }
}

impl Rule {
    fn build(self) -> Result<sdk::CorsRule, Failure> {
        Ok(sdk::CorsRule::builder()
            .set_id(self.id)
            .set_allowed_methods(Some(self.allowed_methods))
            .set_allowed_origins(Some(self.allowed_origins))
            .set_allowed_headers(self.allowed_headers)
            .set_expose_headers(self.expose_headers)
            .set_max_age_seconds(self.max_age_seconds)
            .build()?)
    }
}
