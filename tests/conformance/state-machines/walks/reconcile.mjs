// Random walks through reconcile. A walk consists of a bucket's listing, a table in pages, and the
// responses of functions and repairs.

import { reconcile } from "../models/reconcile.mjs";
import { Services, action, failure, lambda, targets } from "./services.mjs";

const REPAIR =
    "states:startExecution.sync:2 arn:aws:states:us-east-1:123456789012:stateMachine:repair-image";

const STARTS = action(
    [
        "StepFunctions.ExecutionLimitExceeded",
        "StepFunctions.ExecutionLimitExceededException",
        "StepFunctions.ThrottlingException",
        "StepFunctions.SdkClientException",
    ],
    ["States.TaskFailed", "States.Timeout"],
);

/** Possible errors of each call. Repairs have an entry for each comparison that names keys. */
const CALLS = {
    "compare-objects": lambda(["TableUnavailable"], ["TableRefused", "InvalidInput"]),
    "compare-records": lambda(
        ["TableUnavailable", "StorageUnavailable"],
        ["TableRefused", "StorageRefused"],
    ),
    "repair of an object": STARTS,
    "repair of a record": STARTS,
    "recount-totals": lambda(["TableUnavailable"], ["TableRefused", "MalformedItem"]),
};

export const reconcileWalks = {
    file: "reconcile.asl.json",
    calls: CALLS,
    nameOf,
    model: (services, _input, execution) => reconcile(services, execution),
    targets: [
        // A permanent error ends a walk early, so not every one of them is a target.
        ...targets(CALLS).filter(
            ({ error, ends }) =>
                ends === "passes" || error.startsWith("Table") || error.startsWith("States."),
        ),
        { listing: "empty" },
        { listing: "refused" },
        { listing: "long keys" },
        { listing: "many keys" },
    ],
    scenario,
    services,
};

function scenario(random, target = {}) {
    const listing =
        target.listing
        ?? (target.call ? "some" : random.pick(["empty", "some", "some", "many keys"]));
    const sizes = {
        empty: 0,
        refused: 0,
        some: 1 + random.below(8),
        "long keys": 300,
        "many keys": 501 + random.below(700),
    };
    return {
        input: {},
        listing,
        objects: sizes[listing],
        // True if every comparison must name a key, because the target is an error of a repair.
        repairs: target.call?.startsWith("repair"),
    };
}

function nameOf(name, payload) {
    if (name !== REPAIR) return name;
    const differs = payload?.detail?.object?.key;
    return `repair of ${/record/.test(differs) ? "a record" : "an object"}`;
}

function services(random, world, target) {
    const items = Array.from({ length: world.objects }, (_, number) => ({
        Etag: `"${random.hex(32)}"`,
        Key: `uploads/${number}${world.listing === "long keys" ? "x".repeat(900) : ""}`,
        LastModified: 1714564800,
        Size: random.below(1e9),
        StorageClass: "STANDARD",
    }));
    const some = (keys) =>
        keys.filter(
            (_, index) =>
                (world.repairs && index === 0) || random.chance(keys.length > 50 ? 2 : 30),
        );
    let page = 0;
    const counts = () => ({
        examined: random.below(100),
        repaired: random.below(9),
        failed: random.below(9),
    });
    const answers = {
        "compare-objects": ({ Items }) => ({
            result: { examined: Items.length, keys: some(Items.map((item) => item.Key)) },
        }),
        "compare-records": () => {
            page += 1;
            const keys = some(
                Array.from(
                    { length: random.below(4) + (world.repairs ? 1 : 0) },
                    (_, index) => `uploads/record ${page}-${index}`,
                ),
            );
            return {
                result: {
                    examined: keys.length + random.below(500),
                    keys,
                    ...(random.chance(40) && { next: random.hex(20) }),
                },
            };
        },
        [REPAIR]: ({ detail }) => ({
            result: {
                key: detail?.object?.key,
                status: "image",
                outcome: random.pick(["recorded", "stale", "unchanged"]),
                roundTrips: 1,
                items: 2,
            },
        }),
        "recount-totals": () => ({ result: counts() }),
    };
    const stubs = new Services({
        calls: CALLS,
        answers,
        random,
        target,
        nameOf,
        faultsPercent: 20,
    });
    stubs.listing = (integration, args, place) => {
        stubs.calls.push({ name: integration, payload: args, attempts: 1, final: {}, place });
        return world.listing === "refused" ? failure("States.ItemReaderFailed", random) : { items };
    };
    return stubs;
}
