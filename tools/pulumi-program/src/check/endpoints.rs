//! Checks that a stack for an emulator has an endpoint for every service that the program calls.
//! Also checks the URLs of the endpoints, and the name of the stack's region.
//!
//! If a service had no endpoint, the provider would call it on AWS, with the stack's credentials.
//! Names of endpoints: <https://www.pulumi.com/registry/packages/aws/api-docs/provider/#endpoints>

use std::collections::BTreeMap;

use serde_json::Value;

use super::Checker;

/// Resource types and provider functions, each with the names of the endpoints that it needs. A
/// type that is not listed needs one endpoint, which has the name of the type's module.
const SERVICES: [(&str, &[&str]); 7] = [
    ("aws:cloudwatch:LogGroup", &["logs"]),
    ("aws:cloudwatch:LogMetricFilter", &["logs"]),
    ("aws:cloudwatch:QueryDefinition", &["logs"]),
    ("aws:cloudwatch:EventRule", &["eventbridge"]),
    ("aws:cloudwatch:EventTarget", &["eventbridge"]),
    // The provider reads a bucket's tags through s3control.
    ("aws:s3:Bucket", &["s3", "s3control"]),
    // A provider function, which looks up the account's id.
    ("aws:getCallerIdentity", &["sts"]),
];

impl Checker<'_> {
    pub(super) fn endpoints(&mut self) {
        let stack = self.stack;
        for (place, key, value) in stack.provider() {
            match (key.as_str(), value) {
                ("endpoints", Value::Array(items)) => self.endpoint_list(place, items),
                ("region", Value::String(region)) if !is_region(region) => {
                    self.error(
                        place,
                        format!("{region:?} is not a region; an example is eu-central-1"),
                    );
                }
                _ => {}
            }
        }
    }

    fn endpoint_list(&mut self, place: &crate::Place, items: &[Value]) {
        let entries: BTreeMap<&String, &Value> =
            items.iter().filter_map(Value::as_object).flatten().collect();
        for (service, url) in &entries {
            if !url.as_str().is_some_and(is_url) {
                self.error(
                    &place.key(service),
                    format!("{url} is not a URL; an example is http://127.0.0.1:4566"),
                );
            }
        }
        for service in self.services() {
            if !entries.keys().any(|key| **key == service) {
                let message =
                    format!("has no endpoint for {service}: the program would call it on AWS");
                self.error(place, message);
            }
        }
    }

    /// The names of the endpoints of all services that the program calls.
    fn services(&self) -> Vec<String> {
        let types = self.program.resources.iter().map(|one| one.type_token.as_str());
        let mut services: Vec<String> = types
            .chain(["aws:getCallerIdentity"])
            .flat_map(|token| {
                let special = SERVICES.iter().find(|(name, _)| *name == token);
                let module = token.split(':').nth(1).unwrap_or_default();
                special.map_or_else(|| vec![module], |(_, services)| services.to_vec())
            })
            .map(str::to_owned)
            .collect();
        services.sort();
        services.dedup();
        services
    }
}

/// True for a scheme (`http` or `https`), a host, and optionally a port. Slashes may follow.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.trim_end_matches('/');
    let ipv6 = authority.strip_prefix('[').and_then(|it| it.split_once(']'));
    let (host, port) =
        ipv6.unwrap_or_else(|| authority.split_at(authority.find(':').unwrap_or(authority.len())));
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    matches!(scheme, "http" | "https")
        && !host.is_empty()
        && !host.contains('/')
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// True for two letters, one or more words and a digit: `us-east-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    let [first, words @ .., last] = parts.as_slice() else { return false };
    first.len() == 2
        && letters(first)
        && !words.is_empty()
        && words.iter().all(letters)
        && last.len() == 1
        && last.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_and_urls_are_recognized() {
        assert!(["us-east-1", "ap-southeast-4", "us-gov-west-1"].into_iter().all(is_region));
        assert!(!["us-east", "us-east-1x", "useast1", "", "us--1"].into_iter().any(is_region));
        for url in ["http://127.0.0.1:4566", "https://localhost/", "http://[::1]", "http://[::1]:1"]
        {
            assert!(is_url(url), "{url}");
        }
        for other in [
            "127.0.0.1:4566",
            "http://a:4566x",
            "http://",
            "http:///",
            "ftp://a",
            "http://a/b",
            "http://a:80:90",
            "http://[::1]x",
        ] {
            assert!(!is_url(other), "{other}");
        }
    }
}
