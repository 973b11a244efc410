// Random walks through the state machine reconcile. Each walk has its own pages of objects and
// records, and its own responses of functions, repairs and the failure queue.

import { reconcile } from "../models/reconcile.mjs";
import { QUEUE, REPAIR, SUCCESSOR, Services, action, failure, lambda, targets } from "./services.mjs";

/** Numbers of events after which a part and an execution end; on AWS, 8,000 and 20,000. */
const LIMITS = { part: 40, execution: 60 };

/** Possible errors of each call. */
const CALLS = {
    "compare-objects": lambda(
        ["TableUnavailable", "StorageUnavailable"],
        ["TableRefused", "InvalidInput"],
    ),
    "compare-records": lambda(
        ["TableUnavailable", "StorageUnavailable"],
        ["TableRefused", "StorageRefused"],
    ),
    [REPAIR]: action(
        ["Sfn.SfnException", "Sfn.SdkClientException"],
        ["Sfn.StateMachineDoesNotExistException", "States.Timeout"],
    ),
    [QUEUE]: action(["States.Timeout", "SQS.SdkClientException"], []),
    "recount-totals": lambda(["TableUnavailable"], ["TableRefused"]),
    [SUCCESSOR]: action(
        [
            "StepFunctions.AWSStepFunctionsException",
            "StepFunctions.ExecutionLimitExceeded",
            "StepFunctions.ExecutionLimitExceededException",
            "StepFunctions.ThrottlingException",
            "StepFunctions.SdkClientException",
            "States.Timeout",
        ],
        [
            "StepFunctions.StateMachineDoesNotExist",
            "StepFunctions.ExecutionAlreadyExists",
            "StepFunctions.ExecutionAlreadyExistsException",
        ],
    ),
};

export const reconcileWalks = {
    file: "reconcile.asl.json",
    calls: CALLS,
    nameOf: (name) => name,
    edit: lowered,
    model: (services, input, execution) => reconcile(services, input, execution, LIMITS),
    targets: [
        // All targets with `passes`, but only some with `stays`: an error that stays may end the
        // walk early.
        ...targets(CALLS).filter(
            ({ call, error, ends }) =>
                ends === "passes" || call === QUEUE || /^(Table|States\.|Sfn\.State|.*Already)/.test(error),
        ),
        { pages: "empty" },
        { pages: "long keys" },
        { pages: "many keys" },
        { pages: "many pages" },
        ...["SUCCEEDED", "FAILED", "TIMED_OUT"].map((status) => ({ status })),
        { recounts: 12 },
        { resumed: true },
        ...["compare-objects", "compare-records", "recount-totals", SUCCESSOR].map((call) => ({
            call,
            error: CALLS[call].permanent[0],
            ends: "stays",
            redriven: true,
        })),
    ],
    scenario,
    services,
};

/** Replaces the limits in a definition with LIMITS, so that walks with few pages reach them. */
function lowered(definition) {
    const text = JSON.stringify(definition)
        .replace("$states.input.events > 8000", `$states.input.events > ${LIMITS.part}`)
        .replace("$states.input.events > 20000", `$states.input.events > ${LIMITS.execution}`);
    return JSON.parse(text);
}

/** Sizes of a segment: at most `pages` pages, each with at most `keys` keys of length `length`. */
const PAGES = {
    empty: { pages: 1, keys: 0, length: 1 },
    some: { pages: 3, keys: 3, length: 9 },
    "long keys": { pages: 1, keys: 20, length: 1024 },
    "many keys": { pages: 2, keys: 200, length: 9 },
    "many pages": { pages: 12, keys: 1, length: 9 },
};

function scenario(random, target = {}) {
    const pages =
        target.pages
        ?? (target.call === SUCCESSOR || target.recounts
            ? "many pages"
            : target.call === "recount-totals"
              ? "empty"
              : random.pick(["empty", "some", "some", "many pages"]));
    const resumed = target.resumed || (!target.call && random.chance(10));
    const sums = { examined: random.below(100), repaired: random.below(9), failed: 0 };
    const part = (segment) => ({ walk: "records", segment, segments: 4, start: random.hex(9) });
    return {
        input: resumed
            ? {
                  resume: {
                      walk: "records",
                      remeasure: random.chance(50),
                      parts: [0, 3].slice(random.below(2)).map(part),
                      sums: { objects: sums, records: { ...sums, failed: 3 } },
                  },
              }
            : random.pick([{}, { anything: [1] }, { remeasure: true }, { remeasure: false }]),
        ...PAGES[pages],
        // True if each page must name at least one key to repair.
        repairs: [REPAIR, QUEUE].includes(target.call) || target.status !== undefined,
        // True if the execution is redriven whenever a Task makes it fail.
        redriven: target.redriven ?? random.chance(30),
        // Status of the first repair; random if undefined.
        status: target.call === QUEUE ? "TIMED_OUT" : target.status,
        recounts:
            target.recounts ?? (target.call === SUCCESSOR ? 12 : random.pick([1, 1, 2])),
    };
}

/** Character that takes the most bytes in JSON. */
const CONTROL = "\u0001";

function services(random, world, target) {
    // Number of pages left, for each segment of the objects and of the records.
    const left = {};
    let recounts = 0;
    let repairs = 0;
    const page = (walk) => (request) => {
        const segment = `${walk} ${request.segment}`;
        left[segment] ??= 1 + random.below(world.pages);
        left[segment] -= 1;
        const least = world.repairs && world.keys > 0 ? 1 : 0;
        const count = Math.max(least, random.below(Math.min(world.keys, request.limit) + 1));
        const key = (number) => `uploads/\uFFFE\uFFFF${number}`.padEnd(world.length, CONTROL);
        return {
            result: {
                examined: count + random.below(500),
                keys: Array.from({ length: count }, (_, number) => key(number)),
                ...(left[segment] > 0 && { next: random.hex(20).padEnd(world.length, CONTROL) }),
            },
        };
    };
    const answers = {
        "compare-objects": page("objects"),
        "compare-records": page("records"),
        [REPAIR]: ({ detail }) => {
            repairs += 1;
            const drawn = random.below(100);
            const status =
                (repairs === 1 && world.status)
                || (drawn < 90 ? "SUCCEEDED" : drawn < 95 ? "FAILED" : "TIMED_OUT");
            const outcome = random.pick(["recorded", "stale", "unchanged"]);
            const Output = JSON.stringify({ key: detail.object.key, status: "image", outcome });
            return { result: { Status: status, ...(status === "SUCCEEDED" && { Output }) } };
        },
        [QUEUE]: () => ({ result: {} }),
        "recount-totals": () => {
            recounts += 1;
            if (recounts < world.recounts)
                return { result: { recount: { round: recounts, unscanned: [{ segment: 1 }] } } };
            const totals = {
                examined: 8,
                repaired: random.below(9),
                failed: random.below(9),
            };
            return { result: { totals } };
        },
        [SUCCESSOR]: () => ({ result: { ExecutionArn: `arn:${random.hex(8)}` } }),
    };
    return new Services({
        calls: CALLS,
        answers,
        random,
        target,
        nameOf: (name) => name,
        faultsPercent: 8,
        isRedriven: world.redriven,
    });
}
