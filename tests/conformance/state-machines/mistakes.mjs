// Mistakes that are planted in the definitions, one at a time, to prove that the checks can fail.
// The checks must find each mistake at its place. An edit that no longer changes the definition is
// a failure too.

import { MACHINES, differences, invalid, read, refused } from "./checks.mjs";
import { analyzeImageWalks as analyze } from "./walks/analyze-image.mjs";
import { reconcileWalks as reconcile } from "./walks/reconcile.mjs";

const BATCH = "/States/CompareObjects/ItemProcessor/States";
const REPAIR_OBJECT = `${BATCH}/RepairObjects/ItemProcessor/States`;
const SEGMENT = "/States/CompareRecords/ItemProcessor/States";

/** Sets the value at a JSON pointer; undefined removes it. */
const set = (walks, pointer, value, place, message) => ({
    walks,
    pointer,
    place,
    message,
    edit: () => value,
    did: `set to ${JSON.stringify(value)}`,
});

/** Replaces a part of the text at a JSON pointer. */
const text = (walks, pointer, find, replacement, place, message) => ({
    walks,
    pointer,
    place,
    message,
    edit: (old) => (old.includes(find) ? old.replace(find, () => replacement) : NO_EDIT),
    did: `${find} to ${replacement}`,
});

const NO_EDIT = Symbol("an edit that does not apply");

const MISTAKES = [
    // Mistakes that AWS already refuses when the state machine is created.
    set(
        reconcile,
        `${SEGMENT}/Failed`,
        { Type: "Fail" },
        "",
        "A state with this name already exists: Failed",
    ),
    set(
        reconcile,
        "/States/SumObjects/Output",
        [0, 1, 2, 3].map((segment) => ({ segment, segments: 4 })),
        "",
        "SumObjects/Output is invalid",
    ),
    set(
        reconcile,
        "/States/CompareObjects/MaxConcurrency",
        "10",
        "",
        "CompareObjects/MaxConcurrency is invalid",
    ),
    set(
        analyze,
        "/States/HeadObject/InputPath",
        "$",
        "States.HeadObject.InputPath",
        "does not know this field",
    ),
    text(
        analyze,
        "/States/HeadObject/Output",
        "$replace($uuid(), '-', '')",
        "'0123456789abcdef0123456789abcdef'",
        "States.",
        "uses the revision of another walk",
    ),
    text(
        analyze,
        "/States/HeadObject/Output",
        "$merge(",
        "$merge((",
        "States.HeadObject.Output",
        "does not parse",
    ),
    text(
        analyze,
        "/States/HeadObject/Output",
        "? $states.input.changes :",
        "$states.input.changes :",
        "States.HeadObject.Output",
        "does not parse",
    ),
    text(
        analyze,
        "/States/ReadDimensions/Output",
        "[$states.input,",
        "[$states.input;",
        "States.ReadDimensions.Output",
        "does not parse",
    ),
    text(
        analyze,
        "/States/PutMetadata/Output",
        "$states.result.Payload",
        "states.result.Payload",
        "States.PutMetadata.Output",
        "uses states at the top level",
    ),
    text(
        analyze,
        "/States/PutMetadata/Output",
        "$states.result.Payload",
        "$.result.Payload",
        "States.PutMetadata.Output",
        "uses $ at the top level",
    ),
    text(
        analyze,
        "/States/PutMetadata/Output",
        "$states.result.Payload",
        "$$.result.Payload",
        "States.PutMetadata.Output",
        "uses $$",
    ),
    text(
        analyze,
        "/States/RecordRejection/Output",
        "$states.result.Payload",
        "$eval('1')",
        "States.RecordRejection.Output",
        "uses $eval",
    ),

    // A wrong transition.
    set(
        analyze,
        "/States/ReadDimensions/Catch/0/Next",
        "RecordAbsence",
        "States.RecordAbsence",
        'observation.status = "absent"',
    ),
    set(
        analyze,
        "/States/ReadDimensions/Catch/1/Next",
        "ReportFailure",
        "States.Failed.Error",
        "has no value",
    ),
    set(
        analyze,
        "/States/ReadDimensions/Catch/2/Next",
        "RecordRejection",
        "States.RecordRejection",
        "observation",
    ),
    set(
        analyze,
        "/States/IsPresent?/Choices/2/Next",
        "RecordRejection",
        "States.RecordRejection",
        "where read-dimensions is due",
    ),
    set(
        analyze,
        "/States/ReadDimensions/Next",
        "RecordAbsence",
        "States.RecordAbsence",
        'observation.status = "absent", not "image"',
    ),
    set(analyze, "/States/IsPresent?/Default", "PutMetadata", "States.PutMetadata", "observation"),
    set(
        analyze,
        "/States/ReadRecord/Next",
        "ReadDimensions",
        "States.ReadDimensions",
        "where head-object is due",
    ),
    set(
        analyze,
        "/States/HeadObject/Catch/0/Next",
        "Failed",
        "States.Failed",
        "ends without calling sqs:sendMessage",
    ),
    set(
        reconcile,
        "/States/CompareObjects/Next",
        "SumRecords",
        "States.RecountTotals",
        "where compare-records is due",
    ),
    set(
        reconcile,
        "/States/CompareRecords/Next",
        "RecountTotals",
        "States.RecountTotals",
        "output.records = nothing",
    ),
    set(reconcile, `${SEGMENT}/RepairRecords/Next`, "SumPages", "ComparePage", "segment ="),
    set(
        reconcile,
        `${SEGMENT}/HasMorePages?/Choices/0/Next`,
        "RepairRecords",
        "States.CompareRecords",
        "never ends",
    ),
    set(reconcile, `${SEGMENT}/ComparePage/Next`, "HasMorePages?", "ComparePage", "is due"),

    // A lost or misspelt member.
    text(
        analyze,
        "/States/PutMetadata/Arguments/Payload",
        "'sequencer': $states.input.sequencer, ",
        "",
        "States.PutMetadata",
        "sequencer = nothing",
    ),
    text(
        analyze,
        "/States/PutMetadata/Arguments/Payload",
        "'baseline': $states.input.baseline, ",
        "",
        "States.PutMetadata",
        "baseline = nothing",
    ),
    text(
        analyze,
        "/States/RecordRejection/Arguments/Payload",
        "'rejection': $states.input.rejection",
        "'rejection': $states.input.rejections",
        "States.RecordRejection",
        "observation.rejection = nothing",
    ),
    text(
        analyze,
        "/States/RecordAbsence/Arguments/Payload",
        "$states.input.revision",
        "$states.input.revisions",
        "States.RecordAbsence",
        "revision = nothing",
    ),
    text(
        analyze,
        "/States/ReadDimensions/Arguments/Payload",
        "$states.input.object",
        "$states.input.objects",
        "States.ReadDimensions",
        "object = nothing",
    ),
    text(
        analyze,
        "/States/ReadDimensions/Catch/0/Output",
        "errorMessage",
        "message",
        "States.RecordRejection",
        "observation.rejection.message = nothing",
    ),
    text(
        analyze,
        "/States/ReadDimensions/Catch/1/Output",
        ", 'baseline': $states.input.baseline",
        "",
        "States.ReadRecord",
        "where read-dimensions is due",
    ),
    text(
        analyze,
        "/States/ReadDimensions/Output",
        "'image'",
        "'picture'",
        "States.PutMetadata",
        "observation.image = nothing",
    ),
    text(
        analyze,
        "/States/ReportFailure/Arguments/MessageBody",
        "'error': $states.input.failure.Error, ",
        "",
        "States.ReportFailure",
        "error = nothing",
    ),
    text(
        analyze,
        "/States/ReportFailure/Arguments/MessageBody",
        "Execution.Id",
        "Execution.Name",
        "States.ReportFailure",
        "execution =",
    ),
    text(
        analyze,
        "/States/ReadRecord/Output",
        "revision.S",
        "revision.N",
        "States.Record",
        "baseline.revision = nothing",
    ),
    text(
        analyze,
        "/States/HeadObject/Output",
        "'revision': $replace($uuid(), '-', '')",
        "'revision': $uuid()",
        "States.",
        "revision =",
    ),
    text(
        analyze,
        "/States/PutMetadata/Output",
        "Payload",
        "Paylod",
        "States.PutMetadata.Output",
        "has no value",
    ),
    text(
        analyze,
        "/States/Failed/Error",
        "failure.Error",
        "failure.error",
        "States.Failed.Error",
        "has no value",
    ),
    text(
        reconcile,
        `${BATCH}/CompareBatch/Arguments/Payload`,
        "'Items'",
        "'items'",
        "States.CompareBatch",
        "compare-objects with",
    ),
    text(
        reconcile,
        `${SEGMENT}/ComparePage/Arguments/Payload`,
        "$states.input.next",
        "$states.input.start",
        "States.ComparePage",
        "start = nothing",
    ),
    text(
        reconcile,
        `${SEGMENT}/ComparePage/Output`,
        "$states.input.sums.repaired",
        "$states.input.sums.repair",
        "",
        "records.repaired",
    ),
    text(
        reconcile,
        `${REPAIR_OBJECT}/RepairObject/Output`,
        "Output.outcome",
        "Output.outcomes",
        "RepairObject.Output",
        "has no value",
    ),
    text(
        reconcile,
        `${BATCH}/RepairObjects/Output`,
        "'failed'])",
        "'fail'])",
        "",
        "objects.failed",
    ),
    text(
        reconcile,
        "/States/RecountTotals/Output",
        "$records.failed",
        "$objects.failed",
        "States.RecountTotals",
        "failed =",
    ),

    // A value of the wrong type, or the wrong number of arguments.
    text(
        analyze,
        "/States/IsPresent?/Choices/2/Condition",
        "$states.input.present",
        "$states.input.object",
        "Choices[2].Condition",
        "not a boolean",
    ),
    text(
        analyze,
        "/States/IsPresent?/Choices/2/Condition",
        "$states.input.present",
        "$string($states.input.present)",
        "Choices[2].Condition",
        "not a boolean",
    ),
    text(
        analyze,
        "/States/IsPresent?/Choices/0/Condition",
        "> 8",
        "+ 8",
        "Choices[0].Condition",
        "not a boolean",
    ),
    text(
        analyze,
        "/States/IsPresent?/Choices/0/Condition",
        "> 8",
        "> 7",
        "States.ReportFailure",
        "is due",
    ),
    text(
        analyze,
        "/States/IsPresent?/Choices/1/Condition",
        " and ",
        " or ",
        "States.ReadRecord",
        "is due",
    ),
    text(
        analyze,
        "/States/HeadObject/Output",
        "$uuid()",
        "$uuid(4)",
        "States.HeadObject.Output",
        "fails",
    ),
    text(
        analyze,
        "/States/HeadObject/Output",
        "$exists($states.input.changes)",
        "$exists()",
        "States.HeadObject.Output",
        "fails",
    ),
    text(
        analyze,
        "/States/ReadDimensions/Catch/0/Output",
        "$parse($states.errorOutput.Cause)",
        "$parse($states.errorOutput.Cause, 1)",
        "States.ReadDimensions.Catch[0].Output",
        "fails",
    ),
    text(
        reconcile,
        `${BATCH}/RepairObjects/Output`,
        "$count($states.result[$ = 'recorded'])",
        "$count($states.result, 'recorded')",
        "RepairObjects.Output",
        "fails",
    ),

    // A wrong retrier or catcher, a variable out of scope, a wrong limit.
    set(
        analyze,
        "/States/HeadObject/Retry/1/ErrorEquals/0",
        "StorageRefused",
        "States.HeadObject",
        "once, not",
    ),
    set(
        analyze,
        "/States/PutMetadata/Retry/1/ErrorEquals/1",
        "MalformedItem",
        "States.PutMetadata",
        "once, not",
    ),
    set(
        analyze,
        "/States/ReadDimensions/Retry/1/ErrorEquals/0",
        "ObjectGone",
        "States.ReadDimensions",
        "not once",
    ),
    set(
        analyze,
        "/States/ReadDimensions/Catch/0/ErrorEquals",
        ["UnsupportedImage"],
        "States.ReportFailure",
        "where put-metadata is due",
    ),
    text(
        reconcile,
        `${SEGMENT}/SumPages/Output`,
        "$states.input.sums",
        "$objects",
        "SumPages.Output",
        "has no value",
    ),
    set(
        reconcile,
        "/States/SumRecords/Output",
        "{% $records %}",
        "States.SumRecords.Output",
        "has no value",
    ),
    text(
        reconcile,
        "/States/CompareObjects/ItemReader/Arguments/Prefix",
        "uploads/",
        "upload/",
        "States.CompareObjects",
        "Prefix =",
    ),
    set(
        reconcile,
        "/States/CompareObjects/ItemBatcher/MaxItemsPerBatch",
        501,
        "States.CompareBatch",
        "compare-objects with Items",
    ),
];

/** Plants every mistake. `failures` describes those that the checks did not find. */
export async function missed(folder) {
    const failures = [];
    for (const mistake of MISTAKES) {
        const findings = await found(folder, mistake);
        const expected = (one) =>
            `${one.place}`.includes(mistake.place) && one.message.includes(mistake.message);
        if (!findings.some(expected)) {
            const what = `statemachine/${mistake.walks.file}: ${mistake.pointer}: ${mistake.did}`;
            failures.push(
                `${what} gave ${JSON.stringify(findings)}, `
                    + `not ${mistake.place}: ${mistake.message}`,
            );
        }
    }
    return { planted: MISTAKES.length, failures };
}

/** Returns the findings of the first check that has any. The seed is fixed, so they never vary. */
async function found(folder, { walks, pointer, edit }) {
    let applied = true;
    const machine = read(folder, walks, (definition) => {
        applied = plant(definition, pointer, edit);
        return definition;
    });
    if (!applied) return [{ place: "", message: "the edit no longer applies" }];
    const { count } = MACHINES.find((one) => one.walks === walks);
    const numbers = Array.from({ length: count }, (_, number) => number);
    // asl-validator comes last: it compiles its schemas each time, which takes longer than walks.
    for (const check of [refused, (it) => differences(it, walks, { seed: 1, numbers }), invalid]) {
        const findings = await check(machine);
        if (findings.length > 0) return findings;
    }
    return [];
}

/** Edits the value at a JSON pointer, whose parent must exist. False if that changes nothing. */
function plant(definition, pointer, edit) {
    const keys = pointer.split("/").slice(1);
    const last = keys.pop();
    const parent = keys.reduce((object, key) => object?.[key], definition);
    const value = parent === undefined ? NO_EDIT : edit(parent[last]);
    if (value === NO_EDIT || JSON.stringify(value) === JSON.stringify(parent[last])) return false;
    if (value === undefined) delete parent[last];
    else parent[last] = value;
    return true;
}
