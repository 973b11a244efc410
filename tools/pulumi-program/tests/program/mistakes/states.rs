//! Mistakes in the states of a state machine.

use super::{ANALYZE, Mistake, REMOVED, json};

/// Missing fields, and fields that a state must not have.
pub(super) const FIELDS: &[Mistake] = &[
    json(ANALYZE, "/StartTo", r#""HeadObject""#, ["StartTo", "unknown field StartTo"]),
    json(
        ANALYZE,
        "/QueryLanguage",
        r#""JSONatta""#,
        ["QueryLanguage", "must be JSONata or JSONPath"],
    ),
    json(
        ANALYZE,
        "/QueryLanguage",
        REMOVED,
        ["HeadObject.Arguments", "a JSONPath state does not take"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/QueryLanguage",
        r#""JSONPath""#,
        ["HeadObject.QueryLanguage", "has no JSONPath states"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/TimeoutSeconds",
        r#""15""#,
        ["HeadObject.TimeoutSeconds", "must be a number"],
    ),
    json(ANALYZE, "/States/HeadObject/Type", r#""Tusk""#, ["HeadObject.Type", "unknown type"]),
    json(ANALYZE, "/States/HeadObject/Resource", REMOVED, ["HeadObject", "Resource is missing"]),
    json(
        ANALYZE,
        "/States/HeadObject/Parameters",
        "{}",
        ["HeadObject.Parameters", "JSONata state does not take"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/ResultPath",
        r#""$.a""#,
        ["HeadObject.ResultPath", "JSONata state does not take"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Outputs",
        "{}",
        ["HeadObject.Outputs", "a Task state has no Outputs"],
    ),
    json(ANALYZE, "/States/IsPresent?/Default", REMOVED, ["IsPresent?", "Default is missing"]),
    json(
        ANALYZE,
        "/States/IsPresent?/Choices/0/Variable",
        r#""$.a""#,
        ["Choices[0].Variable", "unknown field"],
    ),
];

/// Transitions that lead nowhere, and states that are never reached.
pub(super) const FLOW: &[Mistake] = &[
    json(ANALYZE, "/StartAt", r#""Start""#, ["StartAt", "must be the name of a state"]),
    json(
        ANALYZE,
        "/States/HeadObject/Next",
        r#""Isn't""#,
        ["HeadObject.Next", "there is no state"],
    ),
    json(ANALYZE, "/States/HeadObject/Next", REMOVED, ["HeadObject", "has neither Next nor End"]),
    json(ANALYZE, "/States/PutMetadata/End", REMOVED, ["PutMetadata", "has neither Next nor End"]),
    json(
        ANALYZE,
        "/States/PutMetadata/Next",
        r#""Failed""#,
        ["PutMetadata", "has both Next and End"],
    ),
    json(ANALYZE, "/States/Lost", r#"{"Type": "Succeed"}"#, ["States.Lost", "is never reached"]),
    json(
        ANALYZE,
        "/States/IsPresent?/Default",
        r#""Nowhere""#,
        ["IsPresent?.Default", "there is no state"],
    ),
    json(
        ANALYZE,
        "/States/IsPresent?/Choices/0/Next",
        r#""Nowhere""#,
        ["Choices[0].Next", "there is no state"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Catch/0/Next",
        r#""Nowhere""#,
        ["Catch[0].Next", "there is no state"],
    ),
];

/// Mistakes in timeouts, retriers and catchers.
pub(super) const ERRORS: &[Mistake] = &[
    json(
        ANALYZE,
        "/States/HeadObject/TimeoutSeconds",
        REMOVED,
        ["HeadObject", "TimeoutSeconds is missing"],
    ),
    json(ANALYZE, "/States/HeadObject/Retry", REMOVED, ["HeadObject", "Retry is missing"]),
    json(ANALYZE, "/States/HeadObject/Catch", REMOVED, ["HeadObject", "Catch is missing"]),
    json(
        ANALYZE,
        "/States/HeadObject/Catch/1/ErrorEquals",
        r#"["OneError"]"#,
        ["HeadObject.Catch", "must catch States.ALL"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Catch/0/ErrorEquals",
        r#"["States.ALL", "B"]"#,
        ["Catch[0].ErrorEquals", "must be the only error"],
    ),
    json(
        ANALYZE,
        "/States/ReadDimensions/Catch/0/ErrorEquals",
        r#"["States.ALL"]"#,
        ["Catch[0].ErrorEquals", "must come last"],
    ),
    json(
        ANALYZE,
        "/States/ReadDimensions/Catch/0/ErrorEquals",
        r#"["ObjectGone"]"#,
        ["Catch[2].ErrorEquals", "is already matched"],
    ),
    json(
        ANALYZE,
        "/States/ReadDimensions/Catch/0/ErrorEquals",
        r#"["States.Timeouts"]"#,
        ["Catch[0].ErrorEquals", "unknown error States.Timeouts"],
    ),
    json(
        ANALYZE,
        "/States/ReadDimensions/Catch/0/ErrorEquals",
        "[]",
        ["Catch[0].ErrorEquals", "at least one error"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Retry/0/IntervalSeconds",
        "0",
        ["Retry[0].IntervalSeconds", "at least 1"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Retry/0/MaxDelaySeconds",
        "1",
        ["Retry[0].MaxDelaySeconds", "greater than IntervalSeconds"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Retry/0/JitterStrategy",
        r#""SOME""#,
        ["Retry[0].JitterStrategy", "FULL or NONE"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Retry/0/Jitter",
        r#""FULL""#,
        ["Retry[0].Jitter", "unknown field"],
    ),
];

/// Expressions that would fail when they are evaluated.
pub(super) const EXPRESSIONS: &[Mistake] = &[
    json(
        ANALYZE,
        "/States/IsPresent?/Choices/0/Condition",
        r#""true""#,
        ["Choices[0].Condition", "must be an expression"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $states.result.Payload""#,
        ["HeadObject.Output", "must enclose the whole string"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $merge([$states.result.Payload %}""#,
        ["HeadObject.Output", "`[` is not closed"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% {'a': 'b} %}""#,
        ["HeadObject.Output", "`'` is not closed"],
    ),
    json(ANALYZE, "/States/HeadObject/Output", r#""{% %}""#, ["HeadObject.Output", "is empty"]),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $merge([$states.result.Payload] %}""#,
        ["HeadObject.Output", "`(` is not closed"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $states.result Payload %}""#,
        ["HeadObject.Output", "`Payload` is not expected here"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% {'a' 1} %}""#,
        ["HeadObject.Output", "`:` is expected in the place of a number"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $states.input.changes + %}""#,
        ["HeadObject.Output", "the expression is incomplete"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% states.result.Payload %}""#,
        ["HeadObject.Output", "states has no value at the top level"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $.Payload %}""#,
        ["HeadObject.Output", "$ has no value at the top level"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $states.result.Payload[$$.key = key] %}""#,
        ["HeadObject.Output", "$$ does not exist"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $exists($states.input.a, 1) %}""#,
        ["HeadObject.Output", "$exists takes 1 argument(s), not 2"],
    ),
    json(
        ANALYZE,
        "/States/IsPresent?/Choices/2/Condition",
        r#""{% $string($states.input.present) %}""#,
        ["Choices[2].Condition", "must be a boolean"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Assign",
        r#"{"looks": "{% $looks + 1 %}"}"#,
        ["HeadObject.Assign.looks", "only this state assigns it"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""$.Payload""#,
        ["HeadObject.Output", "is JSONPath"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#"{"a.$": "$.b"}"#,
        ["HeadObject.Output.a.$", "is JSONPath"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $exist($states.input.a) %}""#,
        ["HeadObject.Output", "no function $exist"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $key %}""#,
        ["HeadObject.Output", "no variable $key"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $states.output %}""#,
        ["HeadObject.Output", "$states has only"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Output",
        r#""{% $states.errorOutput %}""#,
        ["HeadObject.Output", "only in a Catch"],
    ),
    json(
        ANALYZE,
        "/States/HeadObject/Arguments/Payload",
        r#""{% $states.result %}""#,
        ["Arguments.Payload", "only in Output and Assign"],
    ),
];
