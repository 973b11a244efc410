// Random walks through the state machine analyze-image. Each walk has its own event, and its own
// responses of functions, the table and the failure queue.

import { analyzeImage } from "../models/analyze-image.mjs";
import { QUEUE, Services, action, failure, lambda, targets } from "./services.mjs";

const REFUSALS = ["InvalidInput", "NobodyKnowsThisError"];

/** Possible errors of each call. put-metadata has an entry for each kind of observation. */
const CALLS = {
    "head-object": lambda(["StorageUnavailable"], ["StorageRefused", ...REFUSALS]),
    "dynamodb:getItem": action(
        [
            "DynamoDB.AmazonDynamoDBException",
            "DynamoDB.ThrottlingException",
            "DynamoDB.ProvisionedThroughputExceededException",
            "DynamoDB.RequestLimitExceeded",
            "DynamoDB.InternalServerErrorException",
            "DynamoDB.InternalServerError",
            "DynamoDB.SdkClientException",
            "States.Timeout",
        ],
        ["DynamoDB.ResourceNotFoundException"],
    ),
    "read-dimensions": lambda(["StorageUnavailable"], ["StorageRefused", ...REFUSALS]),
    ...Object.fromEntries(
        ["image", "rejected", "absent"].map((status) => [
            `put-metadata ${status}`,
            lambda(
                ["TableUnavailable", "RecordConflict"],
                ["TableRefused", "MalformedItem", ...REFUSALS],
            ),
        ]),
    ),
    [QUEUE]: action(["States.Timeout", "SQS.SdkClientException"], ["SQS.QueueDoesNotExist"]),
};

/**
 * Final states of the object. "undescribed": HEAD does not describe the object. "UnreadableObject":
 * HEAD describes the object, but GET fails. "ObjectGone": the object is deleted before GET.
 */
const ENDS = [
    "image",
    "UnsupportedImage",
    "CorruptImage",
    "undescribed",
    "UnreadableObject",
    "ObjectGone",
    "absent",
];

const NAMES = ["cat.jpg", "a b+c%.png", "é/🦀.gif", 'it\'s "quoted".webp', "\\\uFFFE\uFFFF"];

/**
 * Additional members of events. The machine must ignore them, although values that it passes from
 * state to state have the same names.
 */
const STRANGERS = [{}, { changes: "x", waits: "x", baseline: 5 }, { changes: 9, resume: "PutMetadata" }];

const RECORDED_AS = {
    image: ["image"],
    rejected: ["UnsupportedImage", "CorruptImage", "undescribed", "UnreadableObject"],
    absent: ["ObjectGone", "absent"],
};

export const analyzeImageWalks = {
    file: "analyze-image.asl.json",
    calls: CALLS,
    nameOf,
    model: analyzeImage,
    // - Every error of every call.
    // - For each call, a transient error after 80 seconds (`late`). After that time, the execution
    //   no longer returns to the failed state.
    // - Every final state of the object, after an event with a sequencer and after an event without
    //   one (`byHand`).
    // - An object that is overwritten 8 times: the execution still records its final state.
    // - An object that is overwritten 9 times: the execution reports a failure.
    targets: [
        ...targets(CALLS),
        ...Object.entries(CALLS).map(([call, { transient }]) => ({
            call,
            error: transient[0],
            ends: "stays",
            late: true,
        })),
        ...ENDS.flatMap((end) => [true, false].map((byHand) => ({ end, byHand }))),
        ...[8, 9].map((changes) => ({ changes })),
    ],
    scenario,
    services,
};

/** Draws the event of a walk, and the values that decide how the services respond. */
function scenario(random, target = {}) {
    const recorded = /^put-metadata (\w+)$/.exec(target.call ?? "")?.[1];
    const byHand = target.byHand ?? (target.call === "dynamodb:getItem" || random.chance(30));
    const reached = target.call !== undefined;
    const key = `uploads/${random.pick(NAMES)}`;
    const object = byHand
        ? { key }
        : { key, size: 1, etag: random.hex(32), sequencer: random.hex(18).toUpperCase() };
    return {
        input: {
            version: "0",
            source: "aws.s3",
            "detail-type": "Object Created",
            detail: { bucket: { name: "photos" }, object },
            ...random.pick(STRANGERS),
        },
        key,
        sequencer: object.sequencer?.padEnd(32, "0"),
        end:
            target.end
            ?? random.pick(
                recorded
                    ? RECORDED_AS[recorded]
                    : target.call === "read-dimensions"
                      ? ["image"]
                      : ENDS,
            ),
        changes:
            target.changes ?? (reached || random.chance(70) ? 0 : random.pick([1, 2, 3, 8, 9, 10])),
        // True if S3 refuses the HEAD request. The execution then calls the failure queue.
        refused: target.call === QUEUE,
        hasRecord: random.chance(60),
        // True if calls may take so long that the deadline passes. After the deadline, an execution
        // does not return to an earlier state. So `slow` is false for targets that may need such
        // a return: those with `changes`, and those with an error that stays.
        slow: target.changes === undefined && target.ends !== "stays" && random.chance(40),
    };
}

/** The name under which CALLS lists a call. */
function nameOf(name, payload) {
    return name === "put-metadata" ? `${name} ${payload?.observation?.status}` : name;
}

/** Stubs of the services, for one walk. */
function services(random, world, target) {
    let changes = 0;
    let object;
    const answers = {
        "head-object": () => {
            if (world.refused) return failure("StorageRefused", random);
            const present = changes < world.changes || world.end !== "absent";
            object = {
                size: random.below(1e9),
                etag: random.hex(32),
                claimedContentType: "image/png",
            };
            if (random.chance(50)) object.versionId = random.hex(8);
            const { key, sequencer } = world;
            const result = { bucket: "photos", key, sequencer, present };
            if (present && world.end === "undescribed" && changes >= world.changes) {
                const rejection = { reason: "UnreadableObject", message: random.hex(8) };
                return { result: { ...result, rejection } };
            }
            return { result: { ...result, ...(present && { object }) } };
        },
        "dynamodb:getItem": () => ({
            result: world.hasRecord ? { Item: { revision: { S: random.hex(32) } } } : {},
        }),
        "read-dimensions": () => {
            changes += 1;
            if (changes <= world.changes) return failure("ObjectChanged", random);
            if (world.end !== "image")
                return failure(world.end, random, `not "this": ${random.hex(4)}`);
            return {
                result: {
                    format: "png",
                    contentType: "image/png",
                    width: random.below(9999),
                    height: 1,
                    displayWidth: 1,
                    displayHeight: 1,
                },
            };
        },
        "put-metadata": ({ key, observation }) => ({
            result: {
                key,
                status: observation?.status,
                outcome: random.pick(["recorded", "stale", "unchanged"]),
                roundTrips: 1,
                items: 2,
            },
        }),
        [QUEUE]: () => ({ result: {} }),
    };
    return new Services({
        calls: CALLS,
        answers,
        random,
        target,
        nameOf,
        faultsPercent: 15,
        retries: 1,
        // With `late`, each call takes more than 80 seconds. After this time, an execution does not
        // return to a state that has failed.
        seconds: () => (target?.late ? 81 : random.below(world.slow ? 60 : 3)),
    });
}
