//! Syntax of names, schedules, routes, origins and other texts.

use std::net::Ipv4Addr;

/// Result of checking a text; the error is a message that says what is wrong.
type Checked = Result<(), String>;

/// The services that a policy or a permission of the program may name as its principal.
pub(super) const SERVICES: [&str; 7] = [
    "apigateway.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    "s3.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
];

/// Checks the name of a service that is a principal.
pub(super) fn service(text: &str) -> Checked {
    if SERVICES.contains(&text) {
        return Ok(());
    }
    let near = super::near(text, SERVICES.into_iter());
    Err(format!(
        "{text:?} is not a known service{near}; if it exists, add it to tools/pulumi-program/src/check/syntax.rs"
    ))
}

/// Checks a bucket's name.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
pub(super) fn bucket_name(text: &str) -> Checked {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let refusal = if !(3..=63).contains(&text.len()) {
        format!("it must have from 3 to 63 characters, not {}", text.len())
    } else if !text.chars().all(|c| inner(c) || matches!(c, '-' | '.')) {
        "use only lower-case letters, digits, hyphens and dots".to_owned()
    } else if !text.starts_with(inner) || !text.ends_with(inner) {
        "it must begin and end with a letter or a digit".to_owned()
    } else if text.contains("..") || text.parse::<Ipv4Addr>().is_ok() {
        "it must not have two dots in a row or look like an IP address".to_owned()
    } else if ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|it| text.starts_with(it))
        || ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|it| text.ends_with(it))
    {
        "its prefix or suffix is reserved".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("{text:?} is not a bucket name: {refusal}"))
}

/// Checks an origin: `*`, or a scheme, a host and optionally a port. A browser's `Origin` header
/// has no path and no trailing slash.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>
pub(super) fn origin(text: &str) -> Checked {
    let host = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    let fits = |host: &str| {
        !host.is_empty()
            && !host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#'))
    };
    if text == "*" || host.is_some_and(|(_, host)| fits(host)) {
        return Ok(());
    }
    Err(format!(
        "{text:?} is not an origin: write `*`, or an address without a path, such as https://example.com"
    ))
}

/// Checks the key of a route: `$default`, or a method and a path, such as
/// `GET /path/{parameter}/{rest+}`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>
pub(super) fn route_key(text: &str) -> Checked {
    const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
    if text == "$default" {
        return Ok(());
    }
    let refuse = |why: &str| Err(format!("{text:?} is not a route: {why}"));
    let Some((method, path)) = text.split_once(' ') else {
        return refuse("write METHOD /path, or $default");
    };
    if !METHODS.contains(&method) {
        return refuse(&format!("the method must be one of {}", METHODS.join(", ")));
    }
    let Some(segments) = path.strip_prefix('/') else {
        return refuse("the path must begin with /");
    };
    let segments: Vec<_> = segments.split('/').collect();
    let balanced = |segment: &str| {
        let inner = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        !inner.unwrap_or(segment).contains(['{', '}', ' '])
    };
    if !segments.iter().all(|segment| balanced(segment)) {
        return refuse("a parameter must be a whole segment, such as {name}");
    }
    let greedy = segments.iter().position(|segment| segment.ends_with("+}"));
    if greedy.is_some_and(|at| at + 1 < segments.len()) {
        return refuse("{name+} must be the last segment");
    }
    Ok(())
}

/// Checks a function's reserved concurrency. -1 reserves nothing; 0 is refused, because it would
/// stop the function.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
pub(super) fn reserved_concurrency(text: &str) -> Checked {
    match text.parse::<i32>() {
        Ok(0) => {
            Err("0 stops the function: use -1 to reserve nothing, or a positive number".to_owned())
        }
        Ok(number) if number >= -1 => Ok(()),
        _ => Err(format!("must be -1 to reserve nothing, or a positive number, not {text}")),
    }
}

/// Checks the ARN of a managed policy. Empty text is allowed, and means no policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
pub(super) fn permissions_boundary(text: &str) -> Checked {
    let mut parts = text.splitn(6, ':');
    let is = |part: Option<&str>, fits: fn(&str) -> bool| part.is_some_and(fits);
    let is_policy = is(parts.next(), |it| it == "arn")
        && is(parts.next(), |it| it.starts_with("aws"))
        && is(parts.next(), |it| it == "iam")
        && is(parts.next(), str::is_empty)
        && is(parts.next(), |it| it == "aws" || it.len() == 12 && it.parse::<u64>().is_ok())
        && is(parts.next(), |it| it.strip_prefix("policy/").is_some_and(|name| !name.is_empty()));
    if text.is_empty() || is_policy {
        return Ok(());
    }
    Err(format!(
        "{text:?} is not the ARN of a policy, such as arn:aws:iam::123456789012:policy/boundary"
    ))
}

/// Checks a metric's period in seconds: 10, 20, 30, or a multiple of 60.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
pub(super) fn metric_period(text: &str) -> Checked {
    let fits = |seconds: u32| {
        matches!(seconds, 10 | 20 | 30) || (seconds > 0 && seconds.is_multiple_of(60))
    };
    if text.parse().is_ok_and(fits) {
        return Ok(());
    }
    Err(format!("{text} is not a period: use 10, 20, 30, or a multiple of 60 seconds"))
}

/// Checks the id of a metric query: a lower-case letter, then letters, digits and underscores.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>
pub(super) fn query_id(text: &str) -> Checked {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits) {
        return Ok(());
    }
    Err(format!("{text:?} is not an id: use a lower-case letter, then letters, digits and _"))
}

/// Checks a statistic: `Sum`, `Average`, …, or a percentile such as `p99` or `p99.9`.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html>
pub(super) fn statistic(text: &str) -> Checked {
    const PLAIN: [&str; 6] = ["Average", "IQM", "Maximum", "Minimum", "SampleCount", "Sum"];
    let share = text.strip_prefix('p').and_then(|share| share.parse::<f64>().ok());
    if PLAIN.contains(&text) || share.is_some_and(|share| (0.0..=100.0).contains(&share)) {
        return Ok(());
    }
    let near = super::near(text, PLAIN.into_iter());
    Err(format!(
        "{text:?} is not a statistic{near}: use one of {}, or a percentile such as p99",
        PLAIN.join(", ")
    ))
}

/// Checks a JSON document.
pub(super) fn json(text: &str) -> Checked {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

/// Checks a schedule: `rate(…)`, `cron(…)` or `at(…)`.
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>
pub(super) fn schedule(text: &str) -> Checked {
    let called = text.strip_suffix(')').and_then(|text| text.split_once('('));
    let fault = match called {
        Some(("rate", inner)) => rate(inner),
        Some(("cron", inner)) => cron(inner),
        Some(("at", inner)) => at(inner),
        _ => Some("write rate(1 day), cron(0 3 * * ? *) or at(2030-01-01T00:00:00)".to_owned()),
    };
    fault.map_or(Ok(()), |fault| Err(format!("{text:?} is not a schedule: {fault}")))
}

fn rate(inner: &str) -> Option<String> {
    let fits = inner.split_once(' ').is_some_and(|(value, unit)| {
        let units = ["minute", "minutes", "hour", "hours", "day", "days"];
        value.parse::<u32>().is_ok_and(|value| value > 0) && units.contains(&unit)
    });
    (!fits).then(|| "a rate must be a whole number of minutes, hours or days".to_owned())
}

fn at(inner: &str) -> Option<String> {
    let shape = |(at, c): (usize, char)| match at {
        4 | 7 => c == '-',
        10 => c == 'T',
        13 | 16 => c == ':',
        _ => c.is_ascii_digit(),
    };
    let fits = inner.len() == 19 && inner.chars().enumerate().all(shape);
    (!fits).then(|| "a time must be written as yyyy-mm-ddThh:mm:ss".to_owned())
}

/// A field of a cron expression.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names, separated by spaces, for the numbers from `min` on.
    names: &'static str,
    /// Letters for special days, such as `L` for the last day.
    special: &'static str,
}

const fn field(
    name: &'static str,
    min: u32,
    max: u32,
    names: &'static str,
    special: &'static str,
) -> Field {
    Field { name, min, max, names, special }
}

const CRON: [Field; 6] = [
    field("minutes", 0, 59, "", ""),
    field("hours", 0, 23, "", ""),
    field("day of month", 1, 31, "", "LW"),
    field("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", ""),
    field("day of week", 1, 7, "SUN MON TUE WED THU FRI SAT", "L"),
    field("year", 1970, 2199, "", ""),
];

fn cron(inner: &str) -> Option<String> {
    let values: Vec<_> = inner.split(' ').collect();
    let [_, _, day, _, weekday, _] = values.as_slice() else {
        return Some(format!("cron must have six fields, not {}", values.len()));
    };
    if (*day == "?") == (*weekday == "?") {
        return Some("one of day of month and day of week must be `?`".to_owned());
    }
    let wrong = CRON.iter().zip(&values).find(|(field, value)| !field.takes(value));
    wrong.map(|(field, value)| format!("{value:?} is not allowed in the field for {}", field.name))
}

impl Field {
    fn takes(&self, value: &str) -> bool {
        let days = !self.special.is_empty() || self.name == "day of week";
        value == "*" || (days && value == "?") || value.split(',').all(|one| self.part(one))
    }

    /// True if this field can have the item `part`, such as `7`, `MON-FRI`, `0/15`, `*/5`, `6#3`,
    /// `15W` or `L`.
    fn part(&self, part: &str) -> bool {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let (range, week) = match range.split_once('#') {
            Some((day, week)) if self.name == "day of week" => (day, week),
            _ => (range, "1"),
        };
        let bounds = range.split_once('-').map_or((range, range), |bounds| bounds);
        let positive =
            |text: &str, most| text.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n));
        let bound = |text| text == "*" || self.number(text);
        bound(bounds.0) && bound(bounds.1) && positive(step, self.max) && positive(week, 5)
    }

    fn number(&self, text: &str) -> bool {
        if !text.is_empty() && text.chars().all(|c| self.special.contains(c)) {
            return true;
        }
        let digits = text.trim_end_matches(|c| self.special.contains(c));
        self.names.split(' ').any(|name| !name.is_empty() && name.eq_ignore_ascii_case(text))
            || digits.parse().is_ok_and(|number| (self.min..=self.max).contains(&number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts that `check` accepts the `sound` texts and refuses the `broken` texts.
    fn both(check: fn(&str) -> Checked, sound: &[&str], broken: &[&str]) {
        for text in sound {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in broken {
            assert!(check(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn bucket_names() {
        both(
            bucket_name,
            &["abc", "a.b-c", "pixgauge-dev-123456789012-eu-central-1"],
            &["ab", "-abc", "abc-", "Abc", "a_b", "a..b", "192.168.5.4", "xn--abc", "abc--x-s3"],
        );
        assert!(bucket_name(&"a".repeat(64)).is_err());
    }

    #[test]
    fn schedules() {
        both(
            schedule,
            &[
                "rate(1 day)",
                "rate(5 minutes)",
                "cron(0 3 * * ? *)",
                "cron(0/15 8-18 ? * MON-FRI *)",
                "cron(0 0 L * ? 2030)",
                "cron(0 0 ? * 6#3 *)",
                "cron(0 0 15W 1,JUL ? *)",
                "at(2030-01-01T00:00:00)",
            ],
            &[
                "",
                "daily",
                "rate(1)",
                "rate(0 days)",
                "rate(1 week)",
                "rate 1 day",
                "cron(0 3 * * *)",
                "cron(0 3 * * * *)",
                "cron(0 3 ? * ? *)",
                "cron(60 3 * * ? *)",
                "cron(0 24 * * ? *)",
                "cron(0 3 32 * ? *)",
                "cron(0 3 * 13 ? *)",
                "cron(0 3 ? * MO *)",
                "cron(0/0 3 * * ? *)",
                "cron(? 3 * * ? *)",
                "at(tomorrow)",
            ],
        );
    }

    #[test]
    fn routes_and_origins() {
        both(
            route_key,
            &["$default", "GET /", "ANY /a/{b}/{c+}", "OPTIONS /{path+}"],
            &["GET", "/a", "GTE /a", "GET a", "GET /{a+}/b", "GET /x{a}", "GET /{a", "$other"],
        );
        both(
            origin,
            &["*", "https://example.com", "http://localhost:5173", "https://*.example.com"],
            &["", "example.com", "https://example.com/", "https://", "ftp://a", "https://a b"],
        );
    }

    #[test]
    fn periods_documents_and_services() {
        both(query_id, &["a", "total_1"], &["", "Total", "1a", "a-b"]);
        both(statistic, &["Sum", "p99", "p99.9"], &["sum", "p", "p101", "99"]);
        both(metric_period, &["10", "60", "3600"], &["0", "15", "90", "a minute"]);
        both(json, &["{}", "[1]"], &["", "{", "{}}"]);
        both(service, &["states.amazonaws.com"], &["step.amazonaws.com", "*"]);
    }
}
