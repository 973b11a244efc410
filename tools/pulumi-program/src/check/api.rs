//! Checks that every route of the API leads to a function that the API may invoke.
//!
//! A missing permission shows only when the route is called: the API responds with 500. Rules:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use super::read::{elements, field, output, output_and_rest, text};
use crate::document::Resource;
use crate::expression::Kind;

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
                self.error(place, format!("{other} is already the route for {key}"));
            }
            if let Some(integration) = self.integration(route) {
                reached.insert(&integration.name);
                self.invocation(route, key, integration);
            }
        }
        for integration in of(INTEGRATION).filter(|one| !reached.contains(&one.name)) {
            self.error(&integration.place, "no route has this integration as its target");
        }
        for stage in of("aws:apigatewayv2:Stage") {
            self.settings_of_routes(stage);
        }
    }

    /// Checks that a stage with settings for single routes is created after those routes. API
    /// Gateway refuses settings of a route that does not exist: "Unable to find Route by key".
    fn settings_of_routes(&mut self, stage: &'a Resource) {
        for settings in elements(field(&stage.properties, "routeSettings")) {
            let Kind::Object(settings) = &settings.kind else { continue };
            let key = field(settings, "routeKey");
            let Some((place, key)) = key.and_then(|key| Some((&key.place, text(key)?))) else {
                continue;
            };
            let mut routes = self.program.resources.iter();
            let route = routes.find(|one| {
                one.type_token == "aws:apigatewayv2:Route"
                    && field(&one.properties, "routeKey").and_then(text) == Some(key)
            });
            match route {
                None => self.error(place, format!("there is no route for {key}")),
                Some(route) if !stage.depends_on().any(|one| one.root == route.name) => {
                    let message =
                        format!("must have {} in dependsOn, the route for {key}", route.name);
                    self.error(&stage.place, message);
                }
                Some(_) => {}
            }
        }
    }

    /// The integration in a route's target, `integrations/${name.id}`.
    fn integration(&mut self, route: &'a Resource) -> Option<&'a Resource> {
        let target = field(&route.properties, "target")?;
        let found = target.references().pop().and_then(|(_, it)| self.program.resource(&it.root));
        let found = found.filter(|one| one.type_token == INTEGRATION);
        let shape = super::read::pattern(target).is_some_and(|text| text == "integrations/*");
        if found.is_none() || !shape {
            self.error(
                &target.place,
                "must be integrations/${….id}, with the id of an integration",
            );
        }
        found
    }

    /// Checks that the API may invoke the function of `integration` for the route `key`.
    fn invocation(&mut self, route: &Resource, key: &str, integration: &'a Resource) {
        let uri = field(&integration.properties, "integrationUri");
        let Some((function, output)) = uri.and_then(output) else { return };
        if output != "invokeArn" {
            let message = format!("must be the output invokeArn of a function, not its {output}");
            return self.error(&uri.map_or(&integration.place, |it| &it.place).clone(), message);
        }
        let permitted = self.program.resources.iter().any(|one| permits(one, function, key));
        if !permitted {
            let message =
                format!("no aws:lambda:Permission allows the API to invoke {function} for {key}");
            self.error(&route.place, message);
        }
    }
}

/// True if `permission` allows the API to invoke `function` for the route `key`.
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
            output == "executionArn" && matches(&rest, &source_of(key))
        })
}

/// The source ARN of an invocation by the route `key`, without the API's `executionArn` at its
/// start: the stage, followed by the method and the path, or by the key `$default`.
fn source_of(key: &str) -> String {
    match key.split_once(' ') {
        Some((method, path)) => format!("/$default/{method}{path}"),
        None => format!("/$default/{key}"),
    }
}

/// True if `pattern` matches the whole `text`; `*` matches any text.
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
    fn sources_are_matched_as_lambda_does() {
        let call = source_of("GET /images/file/{s3objectkey+}");
        assert_eq!(call, "/$default/GET/images/file/{s3objectkey+}");
        for sound in ["/*", "/*/*/images/file/*", "/$default/GET/*", &call] {
            assert!(matches(sound, &call), "{sound}");
        }
        for other in ["", "/*/*/images/metadata/*", "/*/POST/*", "/*/*/images/file", "/*/images/x*"]
        {
            assert!(!matches(other, &call), "{other}");
        }
        assert!(matches("/*", &source_of("$default")));
    }
}
