//! An evaluator for the part of IAM's policy language that this program's policies use.
//!
//! Within one account and without permissions boundaries, an explicit deny overrides an allow, and
//! a request that no statement matches is denied
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>).

use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// The calling service; `None` for a role's permissions policy, which names no principals.
    pub(super) service: Option<&'a str>,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    /// Condition keys and their values. The keys are case-insensitive.
    pub(super) context: &'a [(&'a str, &'a str)],
}

/// True if a policy document allows a request. Panics if the policy uses an unknown element or
/// operator.
pub(super) fn allows(policy: &Value, request: &Request<'_>) -> bool {
    let of_effect = |effect: &str| {
        let statements = policy["Statement"].as_array().unwrap().iter();
        statements.filter(|it| it["Effect"] == effect).any(|it| applies(it, request))
    };
    !of_effect("Deny") && of_effect("Allow")
}

fn applies(statement: &Value, request: &Request<'_>) -> bool {
    let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    let elements = statement.as_object().unwrap();
    assert!(elements.keys().all(|it| known.contains(&&**it)), "unknown element: {statement}");
    is_from(&statement["Principal"], request.service)
        && texts(&statement["Action"]).iter().any(|it| matches_action(it, request.action))
        // A trust policy has no resource element: its resource is the role itself.
        && (statement["Resource"].is_null()
            || texts(&statement["Resource"]).iter().any(|it| matches(it, request.resource)))
        && conditions(&statement["Condition"], request.context)
}

fn is_from(principal: &Value, service: Option<&str>) -> bool {
    match (principal, service) {
        (Value::Null, None) => true,
        (Value::String(all), Some(_)) => all == "*",
        (Value::Object(_), Some(service)) => texts(&principal["Service"]).contains(&service),
        _ => false,
    }
}

/// True if the request meets every condition: for each operator and key, the request's value
/// matches at least one of the condition's values. If the request has no value for the key, it
/// meets the condition only if the operator ends with `IfExists`.
fn conditions(conditions: &Value, context: &[(&str, &str)]) -> bool {
    let operators = conditions.as_object().into_iter().flatten();
    let keys = operators.flat_map(|(operator, keys)| {
        keys.as_object().unwrap().iter().map(move |(key, values)| (operator, key, texts(values)))
    });
    keys.into_iter().all(|(operator, key, values)| {
        let found = context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        let actual = found.map(|(_, value)| *value);
        let base = operator.strip_suffix("IfExists").unwrap_or(operator);
        match actual {
            Some(actual) => values.iter().any(|expected| holds(base, expected, actual)),
            None => base != operator,
        }
    })
}

fn holds(operator: &str, expected: &str, actual: &str) -> bool {
    match operator {
        "StringEquals" => expected == actual,
        "StringLike" | "ArnEquals" | "ArnLike" => matches(expected, actual),
        other => panic!("unknown operator {other}"),
    }
}

/// Like [`matches`], for actions, which are case-insensitive.
fn matches_action(pattern: &str, action: &str) -> bool {
    matches(&pattern.to_lowercase(), &action.to_lowercase())
}

/// True if a text matches a pattern, in which `*` stands for any text and `?` for any character.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| matches(rest, &text[at..]))
        }
        Some(first) => {
            let mut others = text.chars();
            let same = others.next().is_some_and(|it| first == '?' || it == first);
            same && matches(&pattern[first.len_utf8()..], others.as_str())
        }
    }
}

/// The strings of an element that is a string or a list of strings.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap()).collect(),
        single => single.as_str().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asks(statements: &Value, action: &str, resource: &str, context: &[(&str, &str)]) -> bool {
        let request = Request { service: None, action, resource, context };
        allows(&json!({"Version": "2012-10-17", "Statement": statements}), &request)
    }

    #[test]
    fn action_and_resource_have_to_match_and_a_denial_decides() {
        let one = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "b/uploads/*"}]);
        let both = json!([
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
        ]);
        for (statements, action, resource, expected) in [
            (&json!([]), "s3:GetObject", "b/uploads/k", false),
            (&one, "s3:getobject", "b/uploads/", true),
            (&one, "s3:GetObject", "b/other/k", false),
            (&one, "s3:GetObject", "B/uploads/k", false),
            (&one, "s3:GetObjectTagging", "b/uploads/k", false),
            (&both, "s3:GetObject", "b/k", true),
            (&both, "s3:PutObject", "b/k", false),
        ] {
            assert_eq!(asks(statements, action, resource, &[]), expected, "{action} {resource}");
        }
    }

    #[test]
    fn conditions_hold_for_the_value_that_a_request_has() {
        let like = |operator: &str| {
            json!([{
                "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "b",
                "Condition": {operator: {"s3:prefix": ["uploads/*", "x"]}},
            }])
        };
        for operator in ["StringLike", "StringLikeIfExists"] {
            let list = |context: &[_]| asks(&like(operator), "s3:ListBucket", "b", context);
            assert!(list(&[("s3:prefix", "uploads/a")]) && list(&[("s3:prefix", "x")]));
            assert!(!list(&[("s3:prefix", "private/")]));
            assert_eq!(list(&[]), operator == "StringLikeIfExists");
        }
    }

    #[test]
    fn wildcards_stand_for_any_text() {
        for (pattern, text) in [("*", ""), ("a*c", "abbc"), ("a?c", "aéc"), ("a*b*", "a/b\n/b")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a?c", "ac"), ("a*c", "abcd"), ("", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
