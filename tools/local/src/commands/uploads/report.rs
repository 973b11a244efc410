//! Result of uploads: the API's response for each object, and the API's overview of all images.

use std::fmt::Write as _;

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::Value;

use super::process::LastExecutions;
use crate::api::{Api, JsonResponse};
use crate::commands::CommandError;
use crate::executions::{Execution, Outcome};
use crate::stack::{Outputs, Stack};
use crate::terminal::format;
use crate::terminal::table::{Cell, Tone, render, table, toned};

/// Maximum number of concurrent requests to the API.
const CONCURRENCY: usize = 16;

/// Result of uploads.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Report {
    objects: Vec<Row>,
    info: Value,
    outputs: Outputs,
}

/// Result of one object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    key: String,
    /// True if the outcome is an image, a rejection or an absence, and the API's status code fits
    /// it: 200 for an image, 404 for the others.
    good: bool,
    outcome: String,
    /// Sentence that says why the object was rejected, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<String>,
    /// Status code of the API's response.
    status: u16,
    /// Body of the API's response.
    #[serde(rename = "answer")]
    response: Value,
    execution: Option<Execution>,
}

/// Requests the metadata of every key, and the overview. The rows of the report are in the order of
/// `keys`.
pub(in crate::commands) async fn query(
    stack: &Stack,
    keys: Vec<String>,
    mut executions: LastExecutions,
) -> Result<Report, CommandError> {
    let api = stack.api();
    let responses: Vec<_> = futures_util::stream::iter(&keys)
        .map(|key| metadata(&api, key))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let objects = keys
        .iter()
        .zip(responses)
        .map(|(key, response)| row(key.clone(), response, executions.remove(key)))
        .collect();
    let info = api.info().await?.body;
    Ok(Report { objects, info, outputs: stack.outputs.clone() })
}

async fn metadata(api: &Api, key: &str) -> Result<JsonResponse, CommandError> {
    Ok(api.metadata(key).await?)
}

fn row(key: String, response: JsonResponse, execution: Option<Execution>) -> Row {
    let outcome = execution.as_ref().map(Execution::outcome);
    let good = match &outcome {
        Some(Outcome::Image) => response.status == 200,
        Some(Outcome::Rejected(_) | Outcome::Absent) => response.status == 404,
        _ => false,
    };
    let outcome = match (&outcome, good) {
        (None, _) => "no execution has ended".to_owned(),
        (Some(outcome), true) => outcome.to_string(),
        (Some(outcome), false) => format!("{outcome} (API: {})", response.status),
    };
    let rejection = execution.as_ref().and_then(Execution::rejection).map(str::to_owned);
    let (status, response) = (response.status, response.body);
    Row { key, good, outcome, rejection, status, response, execution }
}

impl Report {
    /// True if the result of every object is good.
    pub(in crate::commands) fn is_good(&self) -> bool {
        self.objects.iter().all(|row| row.good)
    }

    /// Formats a table of the objects, and the API's overview of all images. `next_step` tells the
    /// user how to find out why the result of an object is not good.
    pub(in crate::commands) fn text(&self, next_step: &str) -> String {
        let titles = ["OBJECT", "OUTCOME", "TYPE", "PIXELS", "SIZE", "TOOK"];
        let mut table = table(&titles, &["PIXELS", "SIZE", "TOOK"]).flexible("OUTCOME");
        for row in &self.objects {
            table.add_row(row.cells());
        }
        let mut text = format!("{}\n", render(&table));
        text.push_str(&overview(&self.info));
        let bad = self.objects.iter().filter(|row| !row.good).count();
        if let Some(row) = self.objects.iter().find(|row| !row.good) {
            let of = format::count(self.objects.len(), "object", "objects");
            // Writing to a string cannot fail.
            let _written = writeln!(
                text,
                "\n{bad} of {of} did not end as expected. The first one:\n  {}\n{next_step}",
                row.failure(),
            );
        }
        text
    }
}

impl Row {
    /// Formats the key and the outcome. If the execution has a cause of failure, adds the cause.
    fn failure(&self) -> String {
        let cause = self.execution.as_ref().and_then(|execution| execution.cause.as_deref());
        let (key, cause) = (format::printable(&self.key), format::cause(cause.unwrap_or_default()));
        format!("{key}: {} {cause}", self.outcome).trim_end().to_owned()
    }

    /// Formats the outcome. If the object was rejected, adds the reason.
    fn outcome_text(&self) -> String {
        match &self.rejection {
            Some(why) => format!("{}: {}", self.outcome, format::printable(why)),
            None => self.outcome.clone(),
        }
    }

    fn cells(&self) -> [Cell; 6] {
        let tone = match (self.good, self.status) {
            (false, _) => Tone::Bad,
            (true, 200) => Tone::Good,
            (true, _) => Tone::Notable,
        };
        let text = |name: &str| self.response.get(name).and_then(Value::as_str).unwrap_or_default();
        let pixels = match (text("width"), text("height")) {
            ("", _) | (_, "") => String::new(),
            (width, height) => format!("{width}×{height}"),
        };
        let size = text("size").parse().map(format::bytes).unwrap_or_default();
        let took = self.execution.as_ref().and_then(Execution::duration);
        [
            Cell::new(format::printable(&self.key)),
            toned(self.outcome_text(), tone),
            Cell::new(text("contentType")),
            Cell::new(pixels),
            Cell::new(size),
            Cell::new(took.map(format::seconds).unwrap_or_default()),
        ]
    }
}

/// Formats the response of `GET /images/info`.
fn overview(info: &Value) -> String {
    let types = info.get("contentTypes").and_then(Value::as_object);
    let types: Vec<(&String, usize)> = types
        .into_iter()
        .flatten()
        .map(|(name, count)| {
            (name, count.as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or_default())
        })
        .collect();
    let images = types.iter().map(|(_, count)| count).sum();
    let mut text = format!("The catalog has {}", format::count(images, "image", "images"));
    for (separator, (name, count)) in
        std::iter::once(": ").chain(std::iter::repeat(", ")).zip(types)
    {
        // Writing to a string cannot fail.
        let _written = write!(text, "{separator}{count} {name}");
    }
    for (title, field) in [("largest", "highestSizeImage"), ("smallest", "lowestSizeImage")] {
        if let Some(key) = info.get(field).and_then(Value::as_str) {
            let _written = write!(text, "\n{title:9} {}", format::printable(key));
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::executions::Status;

    fn one(key: &str, output: Value, status: u16, body: Value) -> Row {
        let running = Execution::running(key);
        let (stopped, output) = (Some(running.started + 0.25), Some(output));
        let ended = Execution { status: Status::Succeeded, stopped, output, ..running };
        row(key.to_owned(), JsonResponse { status, body }, Some(ended))
    }

    fn image() -> Row {
        let body = json!({"size": "828201", "contentType": "image/jpeg", "width": "1680", "height": "1050"});
        one("uploads/cat.jpg", json!({"status": "image"}), 200, body)
    }

    fn report(objects: Vec<Row>) -> Report {
        let info = json!({
            "highestSizeImage": "uploads/cat.jpg", "lowestSizeImage": "uploads/a.png",
            "contentTypes": {"image/jpeg": 1, "image/png": 2},
        });
        Report { objects, info, outputs: Outputs::sample() }
    }

    #[test]
    fn report_is_a_table_and_the_overview() {
        let rejected = json!({
            "status": "rejected", "reason": "CorruptImage", "message": "it ends early",
        });
        let report = report(vec![
            image(),
            one("uploads/b", rejected, 404, json!({"error": "…"})),
            one("uploads/c", json!({"status": "absent"}), 404, json!({"error": "…"})),
        ]);
        assert!(report.is_good());
        insta::assert_snapshot!(report.text(""), @"
        OBJECT           OUTCOME                                TYPE           PIXELS      SIZE    TOOK
        uploads/cat.jpg  image                                  image/jpeg  1680×1050  828.2 kB  0.25 s
        uploads/b        rejected: CorruptImage: it ends early                                   0.25 s
        uploads/c        absent                                                                  0.25 s

        The catalog has 3 images: 1 image/jpeg, 2 image/png
        largest   uploads/cat.jpg
        smallest  uploads/a.png
        ");
    }

    #[test]
    fn execution_and_api_must_agree() {
        let lost = row("k".to_owned(), JsonResponse { status: 404, body: Value::Null }, None);
        assert!(!lost.good);
        let disagreeing = one("k", json!({"status": "image"}), 404, Value::Null);
        assert_eq!(disagreeing.outcome, "image (API: 404)");
        let still_listed = one("k", json!({"status": "absent"}), 200, json!({}));
        assert!(!still_listed.good);
        let report = report(vec![image(), lost]);
        assert!(!report.is_good());
        assert!(report.text("").contains("1 of 2 objects did not end as expected"));
    }

    #[test]
    fn overview_of_an_empty_collection_is_formatted() {
        let info = json!({"highestSizeImage": null, "lowestSizeImage": null, "contentTypes": {}});
        assert_eq!(overview(&info), "The catalog has 0 images\n");
        assert_eq!(overview(&Value::Null), "The catalog has 0 images\n");
        let one = json!({"contentTypes": {"image/png": 1}});
        assert_eq!(overview(&one), "The catalog has 1 image: 1 image/png\n");
    }
}
