// Model of an execution of reconcile. It is written from docs/ARCHITECTURE.md ("A reconciliation,
// step by step"), docs/SEMANTICS.md ("Reconciliation") and decision 0024; quotes are from there.
// The walks compare the model with statemachine/reconcile.asl.json, so never derive it from that
// file.

import { createHash } from "node:crypto";

import { QUEUE, REPAIR, SUCCESSOR } from "../walks/services.mjs";
import { isTransient, persistently } from "./errors.mjs";

/** "In four segments." */
const SEGMENTS = 4;

/** "A page names at most 200 keys." */
const KEYS = 200;

/** "Each part of a recount scans for 240 seconds." */
const SECONDS = 240;

/**
 * An execution counts the events of its own history, by what it does. A child execution, which
 * compares, counts "13 a page, 8 a repair, 72 a repair that failed to start or to end, and 4 a
 * retry." The 72 are `lost`. The parent counts "10 a round, 8 a part of the recount, 4 a retry."
 */
const EVENTS = { page: 13, repair: 8, lost: 72, retry: 4, round: 10, recount: 8 };

/** "A hash of the execution's own ARN", SHA-256 in hexadecimal. */
function hash(execution) {
    return createHash("sha256").update(execution).digest("hex");
}

/** Failure of a call, which ends the reconciliation. */
class Failure extends Error {
    constructor({ error, cause }) {
        super(error);
        this.answer = { error, cause };
    }
}

/**
 * Runs the execution with the ARN `execution`, and returns its result. A part ends after
 * `limits.part` events, and an execution after `limits.execution` events,
 * "before its history could exceed 25,000". In the definition, the limits are 8,000 and 20,000.
 * `walks/reconcile.mjs` replaces them with lower numbers.
 */
export function reconcile(services, input, execution, limits) {
    try {
        return { status: "SUCCEEDED", output: walks(services, input, execution, limits) };
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { status: "FAILED", ...error.answer };
    }
}

/** The walks, "first over the objects, then over the records", and then the recount. */
function walks(services, input, execution, limits) {
    let { walk, remeasure, parts, sums, recount } = input.resume ?? {
        walk: "objects",
        // "If the input has `remeasure`, a record that states an older version … differs, too."
        remeasure: input.remeasure ?? false,
        parts: segments("objects"),
        sums: { objects: NOTHING, records: NOTHING },
    };
    let events = 0;
    for (;;) {
        if (events > limits.execution)
            return successor(services, execution, { walk, remeasure, parts, sums, recount });
        if (parts.length === 0) {
            const payload = { seconds: SECONDS, recount };
            const { result, retries } = answered(services, "recount-totals", payload);
            events += EVENTS.recount + EVENTS.retry * retries;
            if (result.totals !== undefined) return report(sums, result.totals);
            recount = result.recount;
            continue;
        }
        const results = inChildren(parts, (part, child) =>
            compared(services, { ...part, remeasure }, `${execution}/parts:${child}`, limits.part),
        );
        events += EVENTS.round;
        for (const result of results) sums = { ...sums, [walk]: added(sums[walk], result.sums) };
        parts = results.filter(({ done }) => !done);
        // "The next round continues the segments that have not ended."
        if (parts.length === 0 && walk === "objects") {
            walk = "records";
            parts = segments("records");
        } else {
            parts = parts.map((part) => ({ ...part }));
        }
    }
}

function segments(walk) {
    return Array.from({ length: SEGMENTS }, (_, segment) => ({
        walk,
        segment,
        segments: SEGMENTS,
    }));
}

/** "One part: page after page of a segment, with the repairs of each page." */
function compared(services, part, execution, limit) {
    let { start, sums, events } = { start: part.start, sums: NOTHING, events: 0 };
    for (let done = false; ;) {
        if (done || events > limit)
            return { ...identity(part), ...(start !== undefined && { start }), done, sums };
        const page = {
            bucket: "the-bucket-name",
            segment: part.segment,
            segments: part.segments,
            start,
            limit: KEYS,
            ...(part.walk === "objects" && { remeasure: part.remeasure }),
        };
        const name = part.walk === "objects" ? "compare-objects" : "compare-records";
        const { result, retries } = answered(services, name, page);
        done = result.next === undefined;
        start = result.next ?? start;
        events += EVENTS.page + EVENTS.retry * retries;
        sums = added(sums, { ...NOTHING, examined: result.examined });
        for (const key of result.keys) {
            const repaired = repair(services, key, execution);
            events += repaired.events;
            sums = added(sums, {
                examined: 0,
                repaired: repaired.outcome === "recorded" ? 1 : 0,
                failed: repaired.outcome === "failed" ? 1 : 0,
            });
        }
    }
}

function identity({ walk, segment, segments: all }) {
    return { walk, segment, segments: all };
}

/**
 * "An execution of `repair-image` for each key, … its event has no sequencer." "A repair that
 * records something counts as repaired, one that fails as failed." "The event of a repair that does
 * not start, or that times out, goes to the failure queue from here."
 */
function repair(services, key, execution) {
    const event = {
        AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: execution,
        version: "0",
        source: "pixgauge.reconcile",
        "detail-type": "Object Differs",
        detail: { bucket: { name: "the-bucket-name" }, object: { key } },
    };
    // Retries only a repair that does not start. A repair that has started retries on its own.
    const answer = persistently(services, REPAIR, event, failsToStart);
    const events = EVENTS.repair + EVENTS.retry * answer.retries;
    if (answer.result?.Status === "SUCCEEDED")
        return { outcome: JSON.parse(answer.result.Output).outcome, events };
    if (answer.result?.Status === "FAILED") return { outcome: "failed", events };
    const { error, cause } = answer.error
        ? answer
        : { error: "States.QueryEvaluationError", cause: /timed out/ };
    persistently(services, QUEUE, { event, error, cause, execution }, () => true);
    return { outcome: "failed", events: EVENTS.lost };
}

/** True for a transient error other than a timeout: a repair that times out may have started. */
function failsToStart(error) {
    return isTransient(error) && error !== "States.Timeout";
}

const NOTHING = { examined: 0, repaired: 0, failed: 0 };

/** "It starts its successor, … and its output names it." */
function successor(services, execution, resume) {
    const input = { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: execution, resume };
    const name = hash(execution);
    const started = answered(services, SUCCESSOR, { name, input }, alreadyExists);
    // "If the response to the start was lost and the successor has already ended, the output names
    // it all the same."
    const ExecutionArn = execution.replace(/[^:]+$/, name);
    const continuedBy = started.error === undefined ? started.result.ExecutionArn : ExecutionArn;
    const { objects, records } = resume.sums;
    return { continuedBy, objects, records };
}

function alreadyExists(error) {
    return /^StepFunctions\.ExecutionAlreadyExists(Exception)?$/.test(error);
}

function report({ objects, records }, totals) {
    const sum = (field) => objects[field] + records[field] + totals[field];
    return { objects, records, totals, repaired: sum("repaired"), failed: sum("failed") };
}

function added(one, other) {
    return Object.fromEntries(
        Object.keys(NOTHING).map((field) => [field, one[field] + other[field]]),
    );
}

/** Runs a child execution for each part. If one fails, the reconciliation fails. */
function inChildren(parts, run) {
    return parts.map((part, child) => {
        try {
            return run(part, child);
        } catch (error) {
            if (!(error instanceof Failure)) throw error;
            const cause = new RegExp(escaped(error.answer.error));
            throw new Failure({ error: "States.ExceedToleratedFailureThreshold", cause });
        }
    });
}

function escaped(text) {
    return text.replace(/\./g, "\\.");
}

/**
 * Makes a call, with retries. Returns the answer if it has no error, or if `accepted` is true for
 * its error. After any other error, makes the call again if the execution is redriven ("a redrive
 * continues with the state that failed"); otherwise throws a Failure.
 */
function answered(services, name, payload, accepted = () => false) {
    for (;;) {
        const answer = persistently(services, name, payload);
        if (answer.error === undefined || accepted(answer.error)) return answer;
        if (!services.isRedriven) throw new Failure(answer);
    }
}
