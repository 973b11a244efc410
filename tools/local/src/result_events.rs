//! Result events of the stack, as a subscriber gets them.
//!
//! A rule on the stack's bus sends every event to a log group, which EventBridge supports as a
//! target (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html>). Only the
//! local stack has this rule: `cargo local up` and `cargo local reset` add it after they have
//! deployed the stack.

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use aws_sdk_eventbridge::types::Target;
use serde::Serialize;
use serde_json::Value;

use crate::aws::Aws;
use crate::deploy::Failure;
use crate::deploy::failure::{During as _, Required as _};
use crate::logs::{self, LogsError};
use crate::stack::Outputs;

/// Name of the stack's output that holds the event bus's name.
const BUS: &str = "eventBusName";

/// One result event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultEvent {
    /// Time of arrival, in milliseconds since 1970.
    pub time: i64,
    /// The event, with EventBridge's envelope.
    pub event: Value,
}

impl ResultEvent {
    /// Kind of the event, its `detail-type`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.event["detail-type"].as_str().unwrap_or_default()
    }

    /// Key of the object.
    #[must_use]
    pub fn key(&self) -> &str {
        self.detail("key")
    }

    /// The text of one member of the event's detail; empty if the member is missing or not text.
    #[must_use]
    pub fn detail(&self, name: &str) -> &str {
        self.event["detail"][name].as_str().unwrap_or_default()
    }

    /// The result in a few words: the image's format and size in pixels, or the reason for a
    /// rejection; empty for other events.
    #[must_use]
    pub fn result(&self) -> String {
        let detail = &self.event["detail"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(image) = detail.get("image") {
            let [format, width, height] = ["format", "width", "height"].map(|it| text(&image[it]));
            return format!("{format}, {width}×{height}");
        }
        detail.get("rejection").map(|rejection| text(&rejection["reason"])).unwrap_or_default()
    }
}

/// Creates the log group and the rule that keep the stack's result events from now on. Repeated
/// calls have no further effect.
///
/// # Errors
/// If a call to EventBridge or CloudWatch Logs fails.
pub async fn keep(aws: &Aws, outputs: &Outputs) -> Result<(), Failure> {
    let bus = bus(outputs);
    let group = group(bus);
    let create = aws.logs.create_log_group().log_group_name(&group);
    create.send().await.unless("ResourceAlreadyExistsException", "CreateLogGroup")?;
    let rule = format!("{bus}-shown");
    let put = aws.eventbridge.put_rule().name(&rule).event_bus_name(bus);
    let put = put.event_pattern(r#"{"source": ["pixgauge"]}"#).send().await.during("PutRule")?;
    let arn = put.rule_arn.required("PutRule", "RuleArn")?;
    let scope: Vec<_> = arn.split(':').skip(3).take(2).collect();
    let target = format!("arn:aws:logs:{}:log-group:{group}", scope.join(":"));
    let target = Target::builder().id("shown").arn(target).build()?;
    let put = aws.eventbridge.put_targets().rule(&rule).event_bus_name(bus).targets(target);
    put.send().await.during("PutTargets")?;
    Ok(())
}

/// The kept events that arrived at `time` or later, oldest first. `time` is in milliseconds since
/// 1970.
///
/// # Errors
/// If a call to CloudWatch Logs fails.
pub async fn since(aws: &Aws, outputs: &Outputs, time: i64) -> Result<Vec<ResultEvent>, LogsError> {
    let events = logs::events(&aws.logs, &group(bus(outputs)), time, None).await?;
    let read = |it: FilteredLogEvent| {
        let event = serde_json::from_str(&it.message?).ok()?;
        Some(ResultEvent { time: it.timestamp.unwrap_or_default(), event })
    };
    let mut events: Vec<_> = events.into_iter().filter_map(read).collect();
    events.sort_by_key(|event| event.time);
    Ok(events)
}

fn bus(outputs: &Outputs) -> &str {
    outputs.further.get(BUS).and_then(Value::as_str).unwrap_or_default()
}

fn group(bus: &str) -> String {
    format!("/aws/events/{bus}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> ResultEvent {
        ResultEvent { time: 0, event: serde_json::from_str(text).unwrap() }
    }

    #[test]
    fn each_sample_is_a_kind_a_key_and_a_result() {
        let shown = |text: &str| {
            let event = sample(text);
            (event.kind().to_owned(), event.key().to_owned(), event.result())
        };
        let expected = [
            ("ImageRecorded", "uploads/photo.jpg", "jpeg, 640×480"),
            ("ImageChanged", "uploads/drawing.png", "png, 800×600"),
            ("ImageRejected", "uploads/text-named.jpg", "UnsupportedImage"),
            ("ImageRemoved", "uploads/bitmap.bmp", ""),
        ];
        let samples = [
            include_str!("../../../events/result-image-recorded.json"),
            include_str!("../../../events/result-image-changed.json"),
            include_str!("../../../events/result-image-rejected.json"),
            include_str!("../../../events/result-image-removed.json"),
        ];
        for (text, (kind, key, result)) in samples.into_iter().zip(expected) {
            assert_eq!(shown(text), (kind.to_owned(), key.to_owned(), result.to_owned()));
        }
    }
}
