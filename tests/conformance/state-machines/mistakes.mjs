// Mistakes that are planted in the definitions, one at a time, to prove that the checks can fail.
// The checks must find each mistake at its place. An edit that no longer changes the definition is
// a failure too.

import { MACHINES, differences, invalid, read, refused } from "./checks.mjs";
import { analyzeImageWalks as analyze } from "./walks/analyze-image.mjs";
import { reconcileWalks as reconcile } from "./walks/reconcile.mjs";

const PART = "/States/CompareParts/ItemProcessor/States";
const REPAIR = `${PART}/RepairKeys/ItemProcessor/States`;

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
        "? $own.changes :",
        "$own.changes :",
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
        "States.ReportFailure",
        "is due",
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
        "/States/IsPresent?/Choices/3/Next",
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
        "/States/HeadObject/Catch/1/Next",
        "Failed",
        "States.Failed",
        "ends without calling sqs:sendMessage",
    ),

    set(
        analyze,
        "/States/IsPresent?/Choices/2/Next",
        "ReadDimensions",
        "States.ReadDimensions",
        "where put-metadata is due",
    ),
    set(
        analyze,
        "/States/PutMetadata/Catch/0/Next",
        "ReportFailure",
        "States.ReportFailure",
        "where put-metadata is due",
    ),
    set(
        analyze,
        "/States/Resume/Choices/2/Next",
        "HeadObject",
        "States.HeadObject",
        "where put-metadata is due",
    ),
    set(
        analyze,
        "/States/IsTimeLeft?/Choices/1/Next",
        "Resume",
        "BackOff",
        "is covered by no walk",
    ),
    set(analyze, "/States/IsTimeLeft?/Default", "ReportFailure", "States.ReportFailure", "is due"),
    text(
        analyze,
        "/States/IsTimeLeft?/Choices/0/Condition",
        "> 80000",
        "> 90000",
        "States.",
        "where sqs:sendMessage",
    ),
    text(
        analyze,
        "/States/BackOff/Seconds",
        "$ceil",
        "",
        "States.BackOff.Seconds",
        "not a number of seconds",
    ),
    text(
        analyze,
        "/States/RecordAbsence/Catch/0/Output",
        "'resume': 'RecordAbsence'",
        "'resume': 'PutMetadata'",
        "States.PutMetadata",
        "observation",
    ),
    text(
        analyze,
        "/States/PutMetadata/Catch/0/Output",
        "{'failure'",
        "{'revision': $uuid(), 'failure'",
        "States.PutMetadata",
        "revision",
    ),

    // A lost or misspelled member.
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
        "/States/PutMetadata/Arguments/Payload",
        "'execution': $states.context.Execution.Id, ",
        "",
        "States.PutMetadata",
        "execution = nothing",
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

    // A value of the wrong type, or the wrong number of arguments.
    text(
        analyze,
        "/States/IsPresent?/Choices/3/Condition",
        "$states.input.present",
        "$states.input.object",
        "Choices[3].Condition",
        "not a boolean",
    ),
    text(
        analyze,
        "/States/IsPresent?/Choices/3/Condition",
        "$states.input.present",
        "$string($states.input.present)",
        "Choices[3].Condition",
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
        "$exists($own.changes)",
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

    // A wrong retrier or catcher, a variable out of scope, a wrong limit.
    set(
        analyze,
        "/States/HeadObject/Retry/0/ErrorEquals/0",
        "StorageRefused",
        "States.HeadObject",
        "once, not",
    ),
    set(
        analyze,
        "/States/PutMetadata/Retry/0/ErrorEquals/1",
        "MalformedItem",
        "States.PutMetadata",
        "once, not",
    ),
    set(
        analyze,
        "/States/ReadDimensions/Retry/0/ErrorEquals/0",
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

    // A state reads a member of its input that only the execution's event has.
    text(
        analyze,
        "/States/HeadObject/Output",
        "$states.input = $states.context.Execution.Input ? {} : ",
        "",
        "States.ReportFailure",
        "where read-dimensions is due",
    ),
    text(
        analyze,
        "/States/HeadObject/Catch/0/Output",
        "$states.input = $states.context.Execution.Input ? {} : ",
        "",
        "States.HeadObject.Catch[0].Output",
        "fails",
    ),
    // Characters that SQS does not allow.
    text(
        analyze,
        "/States/ReportFailure/Arguments/MessageBody",
        "'\\uFFFE', ",
        "'\\uFFFD', ",
        "States.ReportFailure.Arguments",
        "does not allow",
    ),
    set(
        reconcile,
        "/States/StartSuccessor/Catch",
        undefined,
        "States.StartSuccessor",
        "where the execution ends",
    ),

    // Mistakes in the reconciliation: its creation, its walks, and its limits.
    set(
        reconcile,
        `${PART}/Report`,
        { Type: "Fail" },
        "",
        "A state with this name already exists: Report",
    ),
    set(
        reconcile,
        "/States/CompareParts/MaxConcurrency",
        "10",
        "",
        "CompareParts/MaxConcurrency is invalid",
    ),
    set(reconcile, "/States/Begin/Output", "{% {'events': 0} %}", "", "recount-totals, where"),
    set(
        reconcile,
        "/States/CompareParts/Next",
        "RecountTotals",
        "States.RecountTotals",
        "where compare-objects is due",
    ),
    set(
        reconcile,
        `${PART}/RepairKeys/Next`,
        "EndPart",
        "States.CompareParts",
        "with segment =",
    ),
    set(
        reconcile,
        `${PART}/NextStep?/Choices/0/Next`,
        "EndPart",
        "States.CompareParts",
        "is due",
    ),
    text(
        reconcile,
        `${PART}/CompareObjects/Arguments/Payload`,
        "$states.input.start",
        "$states.input.next",
        "States.CompareObjects",
        "start = nothing",
    ),
    text(
        reconcile,
        `${PART}/CompareRecords/Arguments/Payload`,
        "'limit': 200",
        "'limit': 500",
        "States.CompareRecords",
        "limit = 500",
    ),
    // A state that catches its own error. A redrive would not repeat this state.
    set(
        reconcile,
        `${PART}/CompareRecords/Catch`,
        [{ ErrorEquals: ["States.ALL"], Next: "EndPart" }],
        "CompareRecords",
        "where the execution ends",
    ),
    text(
        reconcile,
        `${PART}/CompareRecords/Output`,
        "$states.input.sums.examined + ",
        "",
        "",
        "examined = ",
    ),
    text(
        reconcile,
        `${PART}/CompareObjects/Output`,
        "+ 13 ",
        "+ 12 ",
        "States.CompareParts",
        "with segment =",
    ),
    text(
        reconcile,
        `${PART}/CompareObjects/Output`,
        " + 4 * $states.context.State.RetryCount",
        "",
        "States.CompareParts",
        "with segment =",
    ),
    text(
        reconcile,
        `${REPAIR}/Repair/Output`,
        "Output).outcome",
        "Output).outcomes",
        "",
        "repaired = ",
    ),
    text(
        reconcile,
        `${REPAIR}/Repair/Output`,
        "$error('the repair timed out')",
        "'failed'",
        "",
        "where sqs:sendMessage",
    ),
    text(
        reconcile,
        `${REPAIR}/Repair/Catch/0/Output`,
        "'key': $states.input",
        "'key': $states.inputs",
        "ReportRepair",
        "event.detail.object.key = nothing",
    ),
    set(
        reconcile,
        `${REPAIR}/CountFailure/Output`,
        { outcome: "failed", events: 8 },
        "",
        "with segment =",
    ),
    text(
        reconcile,
        `${PART}/RepairKeys/Output`,
        "[outcome = 'failed']",
        "[outcome = 'fail']",
        "",
        "failed = ",
    ),
    text(
        reconcile,
        `${PART}/RepairKeys/Output`,
        "$count($states.result[outcome = 'recorded'])",
        "$count($states.result, 'recorded')",
        "RepairKeys.Output",
        "fails",
    ),
    text(
        reconcile,
        "/States/CompareParts/Output",
        "$before.failed + ",
        "",
        "",
        "failed = ",
    ),
    text(
        reconcile,
        "/States/CompareParts/Output",
        "$states.input.events + 10",
        "$states.input.events + 1",
        "",
        "where states:startExecution",
    ),
    text(
        reconcile,
        "/States/StartSuccessor/Arguments/Input/resume",
        "$name != 'events'",
        "$name != 'recount'",
        "States.StartSuccessor",
        "input.resume",
    ),
    text(
        reconcile,
        "/States/StartSuccessor/Arguments/Name",
        "'SHA-256'",
        "'SHA-512'",
        "States.StartSuccessor",
        "name = ",
    ),
    text(
        reconcile,
        "/States/RecountTotals/Arguments/Payload",
        "$states.input.recount",
        "$states.input.progress",
        "States.RecountTotals",
        "recount = nothing",
    ),
    text(
        reconcile,
        "/States/Report/Output",
        "$sums.records.failed + ",
        "",
        "",
        "failed =",
    ),
    text(
        reconcile,
        "/States/NextRound?/Choices/2/Condition",
        "$count($states.input.parts) > 0",
        "$count($states.input.parts)",
        "Choices[2].Condition",
        "not a boolean",
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

/** Edits the value at a JSON pointer, whose parent must exist. False if nothing changes. */
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
