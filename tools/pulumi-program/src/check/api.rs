//! Does every route of the API reach a function that the API may invoke?
//!
//! A route without a permission answers 500, and only when it is called. Rules:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use super::read::{field, output, output_and_rest, text};
use crate::document::Resource;

const INTEGRATION: &str = "aws:apigatewayv2:Integration";

impl<'a> Checker<'a> {
    pub(super) fn api(&mut self) {
        let program = self.program;
        let of = |token| program.resources.iter().filter(move |one| one.type_token == token);
        let (mut keys, mut reached) = (BTreeMap::new(), BTreeSet::new());
        for route in of("aws:apigatewayv2:Route") {
            let key = field(&route.properties, "routeKey");
            let Some((place, key)) = key.and_then(|key| Some((&key.place, text(key)?))) else {
                continue;
            };
            if let Some(other) = keys.insert(key, &route.name) {
                self.error(place, format!("{key} is the route {other} already"));
            }
            if let Some(integration) = self.integration(route) {
                reached.insert(&integration.name);
                self.invoked_by(route, key, integration);
            }
        }
        for integration in of(INTEGRATION).filter(|one| !reached.contains(&one.name)) {
            self.error(&integration.place, "no route leads to it");
        }
    }

    /// The integration that a route's target names, `integrations/${name.id}`.
    fn integration(&mut self, route: &'a Resource) -> Option<&'a Resource> {
        let target = field(&route.properties, "target")?;
        let found = target.references().pop().and_then(|(_, it)| self.program.resource(&it.root));
        let found = found.filter(|one| one.type_token == INTEGRATION);
        let shape = super::read::pattern(target).is_some_and(|text| text == "integrations/*");
        if found.is_none() || !shape {
            self.error(&target.place, "must be integrations/${…}, the id of an integration");
        }
        found
    }

    fn invoked_by(&mut self, route: &Resource, key: &str, integration: &'a Resource) {
        let uri = field(&integration.properties, "integrationUri");
        let Some((function, output)) = uri.and_then(output) else { return };
        if output != "invokeArn" {
            let message = "must be the invokeArn of a function: its arn alone takes no HTTP";
            return self.error(&uri.map_or(&integration.place, |it| &it.place).clone(), message);
        }
        let permitted = self.program.resources.iter().any(|one| permits(one, function, key));
        if !permitted {
            let message =
                format!("no aws:lambda:Permission lets the API call {function} for {key}");
            self.error(&route.place, message);
        }
    }
}

/// Whether `permission` lets the API invoke `function` for the route `key`.
fn permits(permission: &Resource, function: &str, key: &str) -> bool {
    let is = |name, value| field(&permission.properties, name).and_then(text) == Some(value);
    let source = field(&permission.properties, "sourceArn").and_then(output_and_rest);
    permission.type_token == "aws:lambda:Permission"
        && is("principal", "apigateway.amazonaws.com")
        && is("action", "lambda:InvokeFunction")
        && field(&permission.properties, "function")
            .and_then(output)
            .is_some_and(|(name, _)| name == function)
        && source.is_some_and(|(_, output, rest)| {
            output == "executionArn" && matches(&rest, &call_of(key))
        })
}

/// What the API says it calls for, after its own ARN: stage, method, path of the route.
fn call_of(key: &str) -> String {
    match key.split_once(' ') {
        Some((method, path)) => format!("/$default/{method}{path}"),
        None => format!("/$default/{key}"),
    }
}

/// Whether `pattern`, in which `*` is any text, is the whole of `text`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<_> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some((_, after)) = text.split_once(piece) else { return false };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_compared_as_lambda_does() {
        let call = call_of("GET /images/file/{s3objectkey+}");
        assert_eq!(call, "/$default/GET/images/file/{s3objectkey+}");
        for sound in ["/*", "/*/*/images/file/*", "/$default/GET/*", &call] {
            assert!(matches(sound, &call), "{sound}");
        }
        for other in ["", "/*/*/images/metadata/*", "/*/POST/*", "/*/*/images/file", "/*/images/x*"]
        {
            assert!(!matches(other, &call), "{other}");
        }
        assert!(matches("/*", &call_of("$default")));
    }
}
