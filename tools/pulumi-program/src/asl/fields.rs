//! Checks the fields of state machines and states: no field is unknown, and no required field of a
//! state is missing.
//!
//! Fields are from <https://states-language.net/spec.html>; those that only Step Functions has are
//! from <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>.

use serde_json::{Map, Value};

use super::{Linter, QueryLanguage, State};
use crate::finding::Place;

/// Fields of a whole state machine.
const MACHINE: &[&str] =
    &["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"];

/// Fields of a state machine inside a Parallel or Map state.
const BRANCH: &[&str] = &["Comment", "ProcessorConfig", "StartAt", "States"];

/// Fields of every state.
const COMMON: &[&str] = &["Type", "Comment", "QueryLanguage"];

/// Fields of one type of state. Some exist in both query languages, some only in one of them.
struct Fields {
    kind: &'static str,
    both: &'static [&'static str],
    jsonata: &'static [&'static str],
    json_path: &'static [&'static str],
    required: &'static [&'static str],
}

const STATES: &[Fields] = &[
    Fields {
        kind: "Task",
        both: &[
            "Resource",
            "TimeoutSeconds",
            "HeartbeatSeconds",
            "Credentials",
            "Retry",
            "Catch",
            "Assign",
            "Next",
            "End",
        ],
        jsonata: &["Arguments", "Output"],
        json_path: &[
            "InputPath",
            "OutputPath",
            "Parameters",
            "ResultPath",
            "ResultSelector",
            "TimeoutSecondsPath",
            "HeartbeatSecondsPath",
        ],
        required: &["Resource"],
    },
    Fields {
        kind: "Choice",
        both: &["Choices", "Default", "Assign"],
        jsonata: &["Output"],
        json_path: &["InputPath", "OutputPath"],
        required: &["Choices", "Default"],
    },
    Fields {
        kind: "Pass",
        both: &["Assign", "Next", "End"],
        jsonata: &["Output"],
        json_path: &["InputPath", "OutputPath", "Parameters", "Result", "ResultPath"],
        required: &[],
    },
    Fields {
        kind: "Wait",
        both: &["Seconds", "Timestamp", "Assign", "Next", "End"],
        jsonata: &["Output"],
        json_path: &["InputPath", "OutputPath", "SecondsPath", "TimestampPath"],
        required: &[],
    },
    Fields {
        kind: "Succeed",
        both: &[],
        jsonata: &["Output"],
        json_path: &["InputPath", "OutputPath"],
        required: &[],
    },
    Fields {
        kind: "Fail",
        both: &["Error", "Cause"],
        jsonata: &[],
        json_path: &["ErrorPath", "CausePath"],
        required: &[],
    },
    Fields {
        kind: "Parallel",
        both: &["Branches", "Retry", "Catch", "Assign", "Next", "End"],
        jsonata: &["Arguments", "Output"],
        json_path: &["InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector"],
        required: &["Branches"],
    },
    Fields {
        kind: "Map",
        both: &[
            "ItemProcessor",
            "ItemReader",
            "ItemSelector",
            "ItemBatcher",
            "ResultWriter",
            "MaxConcurrency",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
            "Label",
            "Retry",
            "Catch",
            "Assign",
            "Next",
            "End",
        ],
        jsonata: &["Items", "Output"],
        json_path: &[
            "InputPath",
            "ItemsPath",
            "OutputPath",
            "Parameters",
            "ResultPath",
            "ResultSelector",
            "Iterator",
            "MaxConcurrencyPath",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentagePath",
        ],
        required: &["ItemProcessor"],
    },
];

/// Numeric fields of a state or of its `ItemBatcher`.
const NUMBERS: &[&str] = &[
    "HeartbeatSeconds",
    "MaxConcurrency",
    "MaxInputBytesPerBatch",
    "MaxItemsPerBatch",
    "Seconds",
    "TimeoutSeconds",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
];

const CHOICE_RULE: &[&str] = &["Condition", "Next", "Output", "Assign", "Comment"];
const RETRIER: &[&str] = &[
    "ErrorEquals",
    "IntervalSeconds",
    "MaxAttempts",
    "BackoffRate",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
];
const JSONATA_CATCHER: &[&str] = &["ErrorEquals", "Next", "Output", "Assign", "Comment"];
const JSON_PATH_CATCHER: &[&str] = &["ErrorEquals", "Next", "ResultPath", "Assign", "Comment"];

impl Linter {
    pub(super) fn machine_fields(
        &mut self,
        place: &Place,
        machine: &Map<String, Value>,
        outermost: bool,
    ) {
        self.known(place, machine, if outermost { MACHINE } else { BRANCH });
        self.language(place, machine);
    }

    /// Checks the fields of a state. `language` is the query language of the state machine.
    pub(super) fn state_fields(&mut self, state: &State<'_>, language: QueryLanguage) {
        self.language(&state.place, state.fields);
        if (language, state.language) == (QueryLanguage::Jsonata, QueryLanguage::JsonPath) {
            let message = "a JSONata state machine has no JSONPath states";
            self.error(&state.place.key("QueryLanguage"), message);
        }
        self.numbers(state);
        let Some(fields) = STATES.iter().find(|fields| fields.kind == state.kind) else {
            let kinds: Vec<_> = STATES.iter().map(|fields| fields.kind).collect();
            let message =
                format!("unknown type {:?}; known types are {}", state.kind, kinds.join(", "));
            return self.error(&state.place.key("Type"), message);
        };
        let (own, other) = match state.language {
            QueryLanguage::Jsonata => (fields.jsonata, fields.json_path),
            QueryLanguage::JsonPath => (fields.json_path, fields.jsonata),
        };
        for key in state.fields.keys().map(String::as_str) {
            if other.contains(&key) {
                let message = format!("a {} state does not take {key}", state.language.name());
                self.error(&state.place.key(key), message);
            } else if ![COMMON, fields.both, own].concat().contains(&key) {
                self.error(&state.place.key(key), format!("a {} state has no {key}", state.kind));
            }
        }
        for required in fields.required {
            if !state.fields.contains_key(*required) {
                self.error(&state.place, format!("{required} is missing"));
            }
        }
        self.parts(state);
    }

    /// Requires that numeric fields are JSON numbers or expressions: AWS refuses a text such as
    /// `"10"`.
    fn numbers(&mut self, state: &State<'_>) {
        let batcher = state.fields.get("ItemBatcher").and_then(Value::as_object);
        let place = state.place.key("ItemBatcher");
        let of_batcher = batcher.map(|batcher| (place, batcher));
        for (place, fields) in [(state.place.clone(), state.fields)].into_iter().chain(of_batcher) {
            for (key, value) in fields.iter().filter(|(key, _)| NUMBERS.contains(&key.as_str())) {
                let expression = value.as_str().is_some_and(|text| text.starts_with("{%"));
                if !value.is_number() && !expression {
                    self.error(&place.key(key), "must be a number or an expression, `{% … %}`");
                }
            }
        }
    }

    /// Checks the objects inside a state: choice rules, retriers and catchers.
    fn parts(&mut self, state: &State<'_>) {
        let jsonata = state.language == QueryLanguage::Jsonata;
        for (place, retrier) in state.objects("Retry") {
            self.known(&place, retrier, RETRIER);
        }
        for (place, catcher) in state.objects("Catch") {
            self.known(&place, catcher, if jsonata { JSONATA_CATCHER } else { JSON_PATH_CATCHER });
        }
        // A JSONPath rule is a tree of comparisons. This project has no such rules, so they are not
        // checked.
        for (place, rule) in state.objects("Choices").iter().filter(|_| jsonata) {
            self.known(place, rule, CHOICE_RULE);
            if !rule.contains_key("Condition") {
                self.error(place, "Condition is missing");
            }
        }
    }

    pub(super) fn known(&mut self, place: &Place, object: &Map<String, Value>, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let message = format!("unknown field {key}; known fields are {}", known.join(", "));
            self.error(&place.key(key), message);
        }
    }

    fn language(&mut self, place: &Place, object: &Map<String, Value>) {
        if let Some(language) = object.get("QueryLanguage")
            && !matches!(language.as_str(), Some("JSONata" | "JSONPath"))
        {
            self.error(&place.key("QueryLanguage"), "must be JSONata or JSONPath");
        }
    }
}
