// Mistakes that are planted in the definitions, one at a time, to prove that the checks can fail.
// The checks must find the mistake of each row of MISTAKES at the place that the row expects. For
// each edit that `slips` yields, a finding at any place is enough. The slips in UNSEEN are not
// planted. An edit that changes nothing counts as a mistake that was not found.

import { MACHINES, allExpressions, differences, invalid, read, refused, ways } from "./checks.mjs";
import { states } from "./engine/definition.mjs";

/**
 * Used instead of a text in a row of MISTAKES. The edit then replaces the whole value, or removes
 * the value if the replacement is undefined.
 */
const VALUE = Symbol("the whole value");

/**
 * Mistakes, by the file of the definition. Each row: the place of the edit, which begins with the
 * name of a state; a text; its replacement; a part of the expected finding's place; and a part of
 * the finding's message.
 */
const MISTAKES = {
    "analyze-image.asl.json": [
        // Mistakes that AWS already refuses when the state machine is created.
        ["HeadObject.InputPath", VALUE, "$", "HeadObject.InputPath", "does not know this field"],
        ["HeadObject.Output", "$merge(", "$merge((", "HeadObject.Output", "does not parse"],
        ["PutMetadata.Output", "$states", "states", "PutMetadata.Output", "uses states at the top"],
        ["PutMetadata.Output", "$states", "$", "PutMetadata.Output", "uses $ at the top level"],
        ["PutMetadata.Output", "$states", "$$", "PutMetadata.Output", "uses $$"],
        ["PutMetadata.Output", "$states", "$eval('1')", "PutMetadata.Output", "uses $eval"],

        // A state that is never entered, and wrong choices between states.
        ["IsTimeLeft?.Choices[1].Next", VALUE, "Resume", "BackOff", "is covered by no walk"],
        ["IsTimeLeft?.Choices[0].Condition", "> 80000", "> 90000", "", "where sqs:sendMessage"],
        ["IsPresent?.Choices[0].Condition", "> 8", "> 7", "States.ReportFailure", "is due"],
        ["IsPresent?.Choices[1].Condition", " and ", " or ", "States.ReadRecord", "is due"],
        ["RecordAbsence.Catch[0].Output", "'RecordAbsence'", "'PutMetadata'",
            "States.PutMetadata", "observation"],

        // Missing members, and wrong values.
        ["PutMetadata.Arguments.Payload", "'sequencer': $states.input.sequencer, ", "",
            "States.PutMetadata", "sequencer = nothing"],
        ["ReadDimensions.Catch[1].Output", ", 'baseline': $states.input.baseline", "",
            "States.ReadRecord", "where read-dimensions is due"],
        ["ReportFailure.Arguments.MessageBody", "Execution.Id", "Execution.Name",
            "States.ReportFailure", "execution ="],
        ["HeadObject.Output", "$replace($uuid(), '-', '')", "$uuid()", "States.", "revision ="],
        ["HeadObject.Output", "$replace($uuid(), '-', '')", "'0123456789abcdef0123456789abcdef'",
            "States.", "uses the revision of another walk"],
        ["PutMetadata.Catch[0].Output", "{'failure'",
            "{'revision': $replace($uuid(), '-', ''), 'failure'",
            "States.PutMetadata", "changes the revision of its write"],

        // Expressions without a value, with a value of the wrong type, and with a wrong number of
        // arguments.
        ["Failed.Error", "failure.Error", "failure.error", "States.Failed.Error", "has no value"],
        ["BackOff.Seconds", "$ceil", "", "States.BackOff.Seconds", "not a number of seconds"],
        ["IsPresent?.Choices[3].Condition", "present", "object", "[3].Condition", "not a boolean"],
        ["HeadObject.Output", "$uuid()", "$uuid(4)", "States.HeadObject.Output", "fails"],
        ["HeadObject.Output", "$exists($own.changes)", "$exists()", "HeadObject.Output", "fails"],

        // An error that is no longer retried, one that is retried but must not be, and one that is
        // no longer caught.
        ["HeadObject.Retry[0].ErrorEquals[0]", VALUE, "A", "States.HeadObject", "once, not"],
        ["ReadDimensions.Retry[0].ErrorEquals[0]", VALUE, "ObjectGone",
            "States.ReadDimensions", "not once"],
        ["ReadDimensions.Catch[0].ErrorEquals", VALUE, ["UnsupportedImage"],
            "States.ReportFailure", "where put-metadata is due"],

        // On the first visit, HeadObject trusts the event's `changes`, `baseline` or `waits`.
        ["HeadObject.Output", "$states.input = $states.context.Execution.Input ? {} : ", "",
            "States.ReportFailure", "where read-dimensions is due"],
        ["HeadObject.Catch[0].Output", "$states.input = $states.context.Execution.Input ? {} : ", "",
            "States.HeadObject.Catch[0].Output", "fails"],

        // The message contains U+FFFE, which SQS does not allow.
        ["ReportFailure.Arguments.MessageBody", "'\\uFFFE', ", "'\\uFFFD', ",
            "States.ReportFailure.Arguments", "does not allow"],
    ],
    "reconcile.asl.json": [
        // Mistakes that AWS already refuses when the state machine is created.
        ["CompareParts.ItemProcessor.States.Report", VALUE, { Type: "Fail" },
            "", "A state with this name already exists: Report"],
        ["CompareParts.MaxConcurrency", VALUE, "10", "", "CompareParts/MaxConcurrency is invalid"],

        // StartSuccessor lacks its Catch. CompareRecords catches every error, so a redrive would
        // not run CompareRecords again. A repair that times out is not reported.
        ["StartSuccessor.Catch", VALUE, undefined, "StartSuccessor", "where the execution ends"],
        ["CompareRecords.Catch", VALUE, [{ ErrorEquals: ["States.ALL"], Next: "EndPart" }],
            "CompareRecords", "where the execution ends"],
        ["Repair.Output", "$error('the repair timed out')", "'failed'", "", "where sqs:sendMessage"],

        // A wrong limit, count or sum.
        ["CompareRecords.Arguments.Payload", "'limit': 200", "'limit': 500",
            "States.CompareRecords", "limit = 500"],
        ["CompareRecords.Output", "$states.input.sums.examined + ", "", "", "examined = "],
        ["CompareObjects.Output", "+ 13 ", "+ 12 ", "States.CompareParts", "with segment ="],
        ["CompareObjects.Output", " + 4 * $states.context.State.RetryCount", "",
            "States.CompareParts", "with segment ="],
        ["CountFailure.Output.events", VALUE, 8, "", "with segment ="],
        ["RepairKeys.Output", "[outcome = 'failed']", "[outcome = 'fail']", "", "failed = "],
        ["CompareParts.Output", "$before.failed + ", "", "", "failed = "],
        ["CompareParts.Output", "events + 10", "events + 1", "", "where states:startExecution"],
        ["Report.Output", "$sums.records.failed + ", "", "", "failed ="],

        // A wrong input or name for the execution that StartSuccessor starts.
        ["StartSuccessor.Arguments.Input.resume", "$name != 'events'", "$name != 'recount'",
            "States.StartSuccessor", "input.resume"],
        ["StartSuccessor.Arguments.Name", "'SHA-256'", "'SHA-512'", "StartSuccessor", "name = "],
    ],
};

/** The last member in a path of an expression, such as `key` in `$states.input.key`. */
const MEMBER = /(?<=[\w)]\.)\w+(?![\w.(])/g;

/**
 * The name of a slip shows a piece of an expression. The piece ends with the misspelled member, and
 * has at most this number of characters.
 */
const SHOWN = 40;

/** Patterns for the names of the slips that no walk can notice. */
const UNSEEN = [
    // `waits` only makes BackOff longer, and in a walk BackOff takes no time.
    /\.waits$/,
    // `changes` is always 0 in ReadRecord, which runs before the first ReadDimensions.
    /^States.ReadRecord.Output: .*\.changes$/,
    // If this member `walk` is misspelled, its value is missing, and `$merge` keeps the input's
    // `walk`, which is the same.
    /^States.CompareParts.Output: .*'records' : \$states\.input\.walk$/,
];

/**
 * For each transition, yields an edit that changes its target. For each MEMBER of an expression,
 * yields an edit that misspells the member.
 */
function* slips(machine) {
    for (const place of ways(machine)) {
        if (!/\.(Next|Default)$/.test(place)) continue;
        const { States } = at(machine, place.slice(0, place.lastIndexOf("States.")));
        const another = (target) => Object.keys(States).find((name) => name !== target);
        yield { name: `${place}: another state`, place, edit: another };
    }
    for (const { place, expression } of allExpressions(machine)) {
        for (const { 0: member, index } of expression.matchAll(MEMBER)) {
            const end = index + member.length;
            const misspelled = `{%${expression.slice(0, end)}X${expression.slice(end)}%}`;
            const shown = expression.slice(Math.max(0, end - SHOWN), end);
            yield { name: `${place}: ${shown}`, place, edit: () => misspelled };
        }
    }
}

/**
 * Plants the mistakes one at a time. Returns their number (`planted`), and a message for each
 * mistake that the checks did not find (`failures`).
 */
export async function missed(folder) {
    const failures = [];
    let planted = 0;
    const plant = async (machine, { walks, count }, { name, place, edit, finding }) => {
        planted += 1;
        const mistaken = structuredClone(machine);
        const changed = edited(mistaken, place, edit);
        const findings = changed ? await found(mistaken, walks, count) : "the edit does not apply";
        if (!changed || !findings.some(finding))
            failures.push(`statemachine/${walks.file}: ${name} gave ${JSON.stringify(findings)}`);
    };
    for (const checked of MACHINES) {
        const machine = read(folder, checked.walks);
        const places = Object.fromEntries([...states(machine)].map((it) => [it.name, it.place]));
        for (const [place, text, replacement, where, message] of MISTAKES[checked.walks.file]) {
            await plant(machine, checked, {
                name: `${JSON.stringify(replacement)} in ${place}`,
                place: place.replace(/^[^.]+/, (state) => places[state]),
                edit: (old) => (text === VALUE ? replacement : old.replace(text, () => replacement)),
                finding: (one) => `${one.place}`.includes(where) && one.message.includes(message),
            });
        }
        for (const slip of slips(machine)) {
            if (!UNSEEN.some((unseen) => unseen.test(slip.name)))
                await plant(machine, checked, { ...slip, finding: () => true });
        }
    }
    return { planted, failures };
}

/**
 * Returns the findings of the first check that has any. The seed is fixed, so the findings never
 * vary.
 */
async function found(machine, walks, count) {
    const numbers = Array.from({ length: count }, (_, number) => number);
    // `invalid` comes last, because it is slowest: asl-validator compiles its schemas each time.
    for (const check of [refused, (it) => differences(it, walks, { seed: 1, numbers }), invalid]) {
        const findings = await check(machine);
        if (findings.length > 0) return findings;
    }
    return [];
}

/** Returns the value at a place. */
function at(machine, place) {
    return keys(place).reduce((value, key) => value[key], machine);
}

/** Edits the value at a place, whose parent must exist. False if nothing changes. */
function edited(machine, place, edit) {
    const parent = at(machine, keys(place).slice(0, -1).join("."));
    const last = keys(place).at(-1);
    const before = JSON.stringify(parent[last]);
    parent[last] = edit(parent[last]);
    return JSON.stringify(parent[last]) !== before;
}

/** The keys that lead to a place. Those of `Choices[0].Next` are `Choices`, `0` and `Next`. */
function keys(place) {
    return place.match(/[^.[\]]+/g) ?? [];
}
