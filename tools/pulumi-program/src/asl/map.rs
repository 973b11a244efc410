//! Checks that every Map state has only fields and values that its mode, inline or distributed,
//! allows.
//!
//! Rules: <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>

use serde_json::{Map, Value};

use super::integrations::in_partition;
use super::{Linter, State, each_state, inner_machines};
use crate::finding::Place;

/// Fields that only a Distributed Map takes.
const DISTRIBUTED_ONLY: [&str; 6] = [
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
];

const READER: &[&str] = &["Resource", "Arguments", "ReaderConfig"];
const BATCHER: &[&str] = &["MaxItemsPerBatch", "MaxInputBytesPerBatch", "BatchInput"];
const PROCESSOR: &[&str] = &["Mode", "ExecutionType"];

/// Maximum size of a batch's input, in bytes.
const MAX_BATCH_BYTES: u64 = 262_144;

/// Maximum length of a Map's label.
const MAX_LABEL: usize = 40;

/// True for a Distributed Map, which runs its iterations as child executions.
pub(super) fn is_distributed(state: &State<'_>) -> bool {
    let processor = state.fields.get("ItemProcessor");
    let mode = processor.and_then(|it| it.get("ProcessorConfig")).and_then(|it| it.get("Mode"));
    mode.and_then(Value::as_str) == Some("DISTRIBUTED")
}

impl Linter {
    pub(super) fn map(&mut self, state: &State<'_>) {
        let Some(processor) = state.fields.get("ItemProcessor").and_then(Value::as_object) else {
            return;
        };
        let place = state.place.key("ItemProcessor").key("ProcessorConfig");
        let config = processor.get("ProcessorConfig").and_then(Value::as_object);
        let text = |field: &str| config?.get(field)?.as_str();
        if let Some(config) = config {
            self.known(&place, config, PROCESSOR);
        }
        match text("Mode") {
            None | Some("INLINE") => self.inline(state),
            Some("DISTRIBUTED") => self.distributed(state, &place, text("ExecutionType")),
            Some(_) => self.error(&place.key("Mode"), "must be INLINE or DISTRIBUTED"),
        }
    }

    fn inline(&mut self, state: &State<'_>) {
        for field in DISTRIBUTED_ONLY.iter().filter(|field| state.fields.contains_key(**field)) {
            let message = format!("only a Map whose Mode is DISTRIBUTED takes {field}");
            self.error(&state.place.key(field), message);
        }
    }

    fn distributed(&mut self, state: &State<'_>, config: &Place, execution: Option<&str>) {
        match execution {
            Some("STANDARD") => {}
            Some("EXPRESS") => self.express(state),
            _ => self.error(
                &config.key("ExecutionType"),
                "a Distributed Map must have ExecutionType STANDARD or EXPRESS",
            ),
        }
        self.label(state);
        self.reader(state);
        self.batcher(state);
    }

    fn label(&mut self, state: &State<'_>) {
        let Some(label) = state.text("Label") else { return };
        let place = state.place.key("Label");
        if label.chars().count() > MAX_LABEL {
            self.error(&place, format!("is longer than {MAX_LABEL} characters"));
        }
        if !label.chars().all(|c| c.is_ascii_alphanumeric()) {
            self.error(&place, "must consist of letters and digits");
        }
    }

    /// Reports states in the Map, at any depth, that wait for a job or a task token. An EXPRESS
    /// execution cannot wait for either.
    fn express(&mut self, state: &State<'_>) {
        for (place, machine) in inner_machines(state) {
            each_state(&place, machine, &mut |inner| {
                let resource = inner.text("Resource").unwrap_or_default();
                if [".sync", ".waitForTaskToken"].iter().any(|wait| resource.contains(wait)) {
                    let message =
                        "an EXPRESS execution cannot wait for this: use the ExecutionType STANDARD";
                    self.error(&inner.place.key("Resource"), message);
                }
                self.express(inner);
            });
        }
    }

    fn reader(&mut self, state: &State<'_>) {
        let place = state.place.key("ItemReader");
        let Some(reader) = self.object(state, "ItemReader") else { return };
        self.known(&place, reader, READER);
        if state.fields.contains_key("Items") {
            self.error(&place, "a Map has either Items or an ItemReader, not both");
        }
        let resource = reader.get("Resource").and_then(Value::as_str).unwrap_or_default();
        let service = in_partition(resource).map(|(_, service)| service);
        if !matches!(service, Some("states:::s3:listObjectsV2" | "states:::s3:getObject")) {
            let message = "must be arn:${Partition}:states:::s3:listObjectsV2 or \
                           arn:${Partition}:states:::s3:getObject";
            self.error(&place.key("Resource"), message);
        }
        if reader.get("Arguments").and_then(|it| it.get("Bucket")).is_none() {
            self.error(&place.key("Arguments"), "must name the Bucket");
        }
    }

    fn batcher(&mut self, state: &State<'_>) {
        let place = state.place.key("ItemBatcher");
        let Some(batcher) = self.object(state, "ItemBatcher") else { return };
        self.known(&place, batcher, BATCHER);
        let limit = |field: &str| batcher.get(field).and_then(Value::as_u64);
        let (items, bytes) = (limit("MaxItemsPerBatch"), limit("MaxInputBytesPerBatch"));
        if items.is_none() && bytes.is_none() {
            let message = "needs MaxItemsPerBatch or MaxInputBytesPerBatch, as a number";
            self.error(&place, message);
        }
        if items == Some(0) {
            self.error(&place.key("MaxItemsPerBatch"), "must be at least 1");
        }
        if bytes.is_some_and(|bytes| bytes == 0 || bytes > MAX_BATCH_BYTES) {
            let message = format!("must be from 1 to {MAX_BATCH_BYTES}");
            self.error(&place.key("MaxInputBytesPerBatch"), message);
        }
    }

    fn object<'a>(&mut self, state: &State<'a>, field: &str) -> Option<&'a Map<String, Value>> {
        let value = state.fields.get(field)?;
        if !value.is_object() {
            self.error(&state.place.key(field), "must be an object");
        }
        value.as_object()
    }
}
