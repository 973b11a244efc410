// Model of an execution of reconcile. It is written from docs/ARCHITECTURE.md ("A reconciliation,
// step by step"), docs/SEMANTICS.md ("Reconciliation") and decision 0008; quotes are from there.
// The walks compare the model with statemachine/reconcile.asl.json, so never derive it from that
// file.

import { batches } from "../engine/interpreter.mjs";
import { failed, isTransient, persistently } from "./errors.mjs";

/** "In batches of at most 500 objects or 128 KiB." */
const BATCH = { MaxItemsPerBatch: 500, MaxInputBytesPerBatch: 131_072 };

/** "In four segments and these in pages." */
const SEGMENTS = 4;

/** Failure of a function or of the listing, which ends the reconciliation. */
class Failure extends Error {
    constructor({ error, cause }) {
        super(error);
        this.answer = { error, cause };
    }
}

/** Runs an execution, whose input is ignored, and returns its result. `execution` is its ARN. */
export function reconcile(services, execution) {
    try {
        const objects = compareObjects(services, execution);
        const records = compareRecords(services, execution);
        const totals = answered(services, "recount-totals", {});
        const sum = (field) => objects[field] + records[field] + totals[field];
        return {
            status: "SUCCEEDED",
            output: { objects, records, totals, repaired: sum("repaired"), failed: sum("failed") },
        };
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return failed(error.answer);
    }
}

/** "`CompareObjects` compares the bucket's listing, in batches, with the records." */
function compareObjects(services, execution) {
    const listing = services.listing("s3:listObjectsV2", {
        Bucket: "the-bucket-name",
        Prefix: "uploads/",
    });
    if (listing.error !== undefined) throw new Failure(listing);
    return inChildren(batches(listing.items, BATCH), (batch, child) => {
        const { examined, keys } = answered(services, "compare-objects", batch);
        return { examined, ...repair(services, keys, `${execution}/objects:${child}`) };
    });
}

/** "`CompareRecords` compares the table's records … with S3", here segment by segment. */
function compareRecords(services, execution) {
    const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
    return inChildren(segments, (segment, child) => {
        let sums = NOTHING;
        let start;
        do {
            const page = { bucket: "the-bucket-name", segment, segments: SEGMENTS, start };
            const { examined, keys, next } = answered(services, "compare-records", page);
            sums = added(sums, {
                examined,
                ...repair(services, keys, `${execution}/records:${child}`),
            });
            start = next;
        } while (start !== undefined);
        return sums;
    });
}

/**
 * "`repair-image` for each key that differs, and only for those … its event has no sequencer." "A
 * failed repair is counted … the other repairs continue." "A repair that
 * records something counts as repaired, one that fails as failed."
 */
function repair(services, keys, parent) {
    const outcomes = keys.map((key) => {
        const event = {
            AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: parent,
            version: "0",
            source: "pixgauge.reconcile",
            "detail-type": "Object Differs",
            detail: { bucket: { name: "the-bucket-name" }, object: { key } },
        };
        // Only the start of a repair is retried: an execution that failed has made its own retries.
        const transient = (error) => error.startsWith("StepFunctions.");
        const answer = persistently(services, REPAIR, event, transient);
        return answer.error === undefined ? answer.result.outcome : "failed";
    });
    const count = (outcome) => outcomes.filter((one) => one === outcome).length;
    return { repaired: count("recorded"), failed: count("failed") };
}

const REPAIR =
    "states:startExecution.sync:2 arn:aws:states:us-east-1:123456789012:stateMachine:repair-image";
const NOTHING = { examined: 0, repaired: 0, failed: 0 };

function added(one, other) {
    return Object.fromEntries(
        Object.keys(NOTHING).map((field) => [field, one[field] + other[field]]),
    );
}

/** Runs a child execution for each item. If one fails, the reconciliation fails. */
function inChildren(items, run) {
    let sums = NOTHING;
    for (const [child, item] of items.entries()) {
        try {
            sums = added(sums, run(item, child));
        } catch (error) {
            if (!(error instanceof Failure)) throw error;
            const cause = new RegExp(escaped(error.answer.error));
            throw new Failure({ error: "States.ExceedToleratedFailureThreshold", cause });
        }
    }
    return sums;
}

function escaped(text) {
    return text.replace(/\./g, "\\.");
}

/** Invokes a function, with retries, and returns its result. Throws a Failure if it fails. */
function answered(services, name, payload) {
    const answer = persistently(services, name, payload, isTransient);
    if (answer.error !== undefined) throw new Failure(answer);
    return answer.result;
}
