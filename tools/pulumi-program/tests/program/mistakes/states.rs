//! Mistakes in the states of a state machine.

use super::{ANALYZE, Planted, REMOVED, planted, set};

pub(super) const MISTAKES: &[Planted] = &[
    planted(ANALYZE, "").with(&[
        set("StartTo", "HeadObject", "unknown field StartTo"),
        set("QueryLanguage", "JSONatta", "must be JSONata or JSONPath"),
        set("QueryLanguage", REMOVED, "a JSONPath state does not take").at("HeadObject.Arguments"),
        set("StartAt", "Start", "must be the name of a state"),
        set(
            "States",
            "{HeadObject: {Type: Pass, Next: HeadObject}}",
            "no state ends the execution",
        ),
    ]),
    planted(ANALYZE, "States.HeadObject").with(&[
        set("QueryLanguage", "JSONPath", "has no JSONPath states"),
        set("TimeoutSeconds", r#""15""#, "must be a number"),
        set("Type", "Tusk", "unknown type"),
        set("Resource", REMOVED, "Resource is missing"),
        set("Parameters", "{}", "JSONata state does not take"),
        set("ResultPath", "$.a", "JSONata state does not take"),
        set("Outputs", "{}", "a Task state has no Outputs"),
        // Transitions.
        set("Next", "Isn't", "there is no state"),
        set("Next", REMOVED, "has neither Next nor End"),
        set("Catch[0].Next", "Nowhere", "there is no state"),
        // Timeouts, retriers and catchers.
        set("TimeoutSeconds", REMOVED, "TimeoutSeconds is missing"),
        set("Retry", REMOVED, "Retry is missing"),
        set("Catch", REMOVED, "Catch is missing"),
        set("Catch[1].ErrorEquals", "[OneError]", "must catch States.ALL"),
        set("Catch[0].ErrorEquals", "[States.ALL, B]", "must be the only error"),
        set("Retry[0].IntervalSeconds", "0", "at least 1"),
        set("Retry[0].MaxDelaySeconds", "1", "greater than IntervalSeconds"),
        set("Retry[0].JitterStrategy", "SOME", "FULL or NONE"),
        set("Retry[0].Jitter", "FULL", "unknown field"),
        // Expressions.
        set("Output", r#""{% $states.result.Payload""#, "must enclose the whole string"),
        set("Output", r#""{% $merge([$states.result.Payload %}""#, "`[` is not closed"),
        set("Output", r#""{% {'a': 'b} %}""#, "`'` is not closed"),
        set("Output", r#""{% %}""#, "is empty"),
        set("Output", r#""{% $merge([$states.result.Payload] %}""#, "`(` is not closed"),
        set("Output", r#""{% $states.result Payload %}""#, "`Payload` is not expected here"),
        set("Output", r#""{% {'a' 1} %}""#, "`:` is expected in the place of a number"),
        set("Output", r#""{% $states.input.changes + %}""#, "the expression is incomplete"),
        set("Output", r#""{% states.result.Payload %}""#, "states has no value at the top level"),
        set("Output", r#""{% $.Payload %}""#, "$ has no value at the top level"),
        set("Output", r#""{% $states.result.Payload[$$.key = key] %}""#, "$$ does not exist"),
        set(
            "Output",
            r#""{% $exists($states.input.a, 1) %}""#,
            "$exists takes 1 argument(s), not 2",
        ),
        set("Assign", "{looks: '{% $looks + 1 %}'}", "only this state assigns it"),
        set("Output", "$.Payload", "is JSONPath"),
        set("Output", "{a.$: $.b}", "is JSONPath"),
        set("Output", r#""{% $exist($states.input.a) %}""#, "no function $exist"),
        set("Output", r#""{% $key %}""#, "no variable $key"),
        set("Output", r#""{% $states.output %}""#, "$states has only"),
        set("Output", r#""{% $states.errorOutput %}""#, "only in a Catch"),
        set("Arguments.Payload", r#""{% $states.result %}""#, "only in Output and Assign"),
    ]),
    planted(ANALYZE, "States").with(&[
        set("IsPresent?.Default", REMOVED, "Default is missing"),
        set("IsPresent?.Choices[0].Variable", "$.a", "unknown field"),
        // Transitions, and states that are never reached.
        set("PutMetadata.End", REMOVED, "has neither Next nor End"),
        set("PutMetadata.Next", "Failed", "has both Next and End"),
        set("Lost", "{Type: Succeed}", "is never reached"),
        set("Lost", "{Type: Parallel, Branches: [{States: {A: {Next: B}}}]}", "there is no state")
            .at("States.Lost.Branches[0].States.A.Next"),
        set("IsPresent?.Default", "Nowhere", "there is no state"),
        set("IsPresent?.Choices[0].Next", "Nowhere", "there is no state"),
        // Conditions.
        set("IsPresent?.Choices[0].Condition", r#""true""#, "must be an expression"),
        set(
            "IsPresent?.Choices[2].Condition",
            r#""{% $string($states.input.present) %}""#,
            "must be a boolean",
        ),
    ]),
    planted(ANALYZE, "States.ReadDimensions.Catch").with(&[
        set("[0].ErrorEquals", "[States.ALL]", "must come last"),
        set("[0].ErrorEquals", "[ObjectGone]", "is already matched").at("Catch[2].ErrorEquals"),
        set("[0].ErrorEquals", "[States.Timeouts]", "unknown error States.Timeouts"),
        set("[0].ErrorEquals", "[]", "at least one error"),
    ]),
];
