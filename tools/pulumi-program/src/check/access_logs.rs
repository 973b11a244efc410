//! Checks that the API's access log uses only variables that exist.
//!
//! API Gateway logs `-` for an unknown variable. The names are from
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>

use super::read::{nested, text};
use super::{Checker, near};
use crate::expression::{Call, Kind};

const VARIABLES: [&str; 34] = [
    "accountId",
    "apiId",
    "authorizer.error",
    "authorizer.principalId",
    "awsEndpointRequestId",
    "awsEndpointRequestId2",
    "dataProcessed",
    "domainName",
    "domainPrefix",
    "error.message",
    "error.messageString",
    "error.responseType",
    "extendedRequestId",
    "httpMethod",
    "identity.accountId",
    "identity.caller",
    "identity.cognitoIdentityId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "integration.error",
    "integration.latency",
    "integrationErrorMessage",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "responseLatency",
    "responseLength",
    "routeKey",
    "status",
];

/// Further variables about the integration. They are not suggested for a misspelled name, because
/// some of them are other spellings of variables in [`VARIABLES`].
const INTEGRATION: [&str; 5] = [
    "integration.integrationStatus",
    "integration.requestId",
    "integration.status",
    "integrationLatency",
    "integrationStatus",
];

impl Checker<'_> {
    pub(super) fn access_logs(&mut self) {
        let program = self.program;
        let stages =
            program.resources.iter().filter(|one| one.type_token == "aws:apigatewayv2:Stage");
        for stage in stages {
            let format = nested(&stage.properties, &["accessLogSettings", "format"]);
            let Some(Kind::Call(call)) = format.map(|format| &format.kind) else { continue };
            let Call::ToJson(format) = call.as_ref() else { continue };
            format.visit(&mut |value| {
                let Some(written) = text(value) else { return };
                let name = written.strip_prefix("$context.");
                if !name
                    .is_some_and(|name| VARIABLES.contains(&name) || INTEGRATION.contains(&name))
                {
                    let near = near(name.unwrap_or(written), VARIABLES.into_iter());
                    self.error(&value.place, format!("{written} is not a $context variable{near}"));
                }
            });
        }
    }
}
