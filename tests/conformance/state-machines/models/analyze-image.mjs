// Model of an execution of analyze-image. It is written from docs/ARCHITECTURE.md ("An upload, step
// by step", "Errors") and docs/SEMANTICS.md; quotes are from there. The walks compare the model
// with statemachine/analyze-image.asl.json, so never derive it from that file: where the two
// differ, either the documents are wrong or the definition is.

import { QUEUE } from "../walks/services.mjs";
import { failed, isTransient, persistently } from "./errors.mjs";

/** "`ObjectChanged` … after the ninth time, reports the failure." */
const CHANGES_ALLOWED = 8;

/** "… for as long as the execution has taken at most 80 seconds." */
const SECONDS = 80;

/** "A new random `revision` … drawn with the observation": 32 hexadecimal digits. */
const REVISION = /^[0-9a-f]{32}$/;

/** Runs an execution with an S3 event and returns its result. `execution` is its ARN. */
export function analyzeImage(services, event, execution) {
    const report = (failure) => reportFailure(services, event, execution, failure);
    let read = {};
    for (let changes = 0; ; changes += 1) {
        // "`HeadObject` takes bucket, key and sequencer from the event and reads the object's
        // current state from S3." "Every function gets the execution's ARN."
        const observe = () => inTime(services, "head-object", { ...event, execution });
        let head = observe();
        if (head.error !== undefined) return report(head);
        if (changes > CHANGES_ALLOWED)
            return report({ error: "ObjectChanged", cause: /overwritten 9 times/ });

        // "Without a sequencer, it goes once to `ReadRecord`, which reads the record's revision,
        // and to `HeadObject` again."
        if (head.result.sequencer === undefined && read.baseline === undefined) {
            const record = readRecord(services, head.result.key);
            if (record.error !== undefined) return report(record);
            read = { baseline: { revision: record.result.Item?.revision.S } };
            head = observe();
            if (head.error !== undefined) return report(head);
        }

        const { bucket, key, sequencer, present, object } = head.result;
        const put = (observation) => {
            const payload = {
                key,
                sequencer,
                ...read,
                revision: REVISION,
                execution,
                observation,
            };
            const receipt = inTime(services, "put-metadata", payload);
            return receipt.error === undefined
                ? { status: "SUCCEEDED", output: receipt.result }
                : report(receipt);
        };

        // "… an existing object goes to `ReadDimensions`, a missing one to `RecordAbsence`, and one
        // that S3 does not describe to `RecordRejection`."
        if (!present) return put({ status: "absent" });
        const { rejection } = head.result;
        if (rejection !== undefined) return put({ status: "rejected", rejection });
        const image = inTime(services, "read-dimensions", {
            bucket,
            key,
            object,
            execution,
        });
        switch (image.error) {
            case undefined:
                return put({ status: "image", object, image: image.result });
            case "UnsupportedImage":
            case "CorruptImage":
            case "UnreadableObject": {
                const message = JSON.parse(image.cause).errorMessage;
                return put({
                    status: "rejected",
                    object,
                    rejection: { reason: image.error, message },
                });
            }
            case "ObjectGone":
                return put({ status: "absent" });
            case "ObjectChanged":
                if (late(services)) return report(image);
                continue; // "Back to `HeadObject`."
            default:
                return report(image);
        }
    }
}

/**
 * "A transient error that outlasts the retry of its state … waits in `BackOff`, and `Resume`
 * returns to the state that failed."
 */
function inTime(services, name, payload) {
    for (;;) {
        const answer = persistently(services, name, payload);
        if (answer.error === undefined || !isTransient(answer.error) || late(services))
            return answer;
    }
}

function late(services) {
    return services.elapsed() > SECONDS;
}

/** "Reads the record's revision", with strong consistency, so that it misses no earlier write. */
function readRecord(services, key) {
    return inTime(services, "dynamodb:getItem", {
        TableName: "the-table-name",
        Key: { s3objectkey: { S: key } },
        ConsistentRead: true,
        ProjectionExpression: "revision",
    });
}

/**
 * Sends "event, error, cause and execution ARN to the failure queue", with retries. "If the failure
 * queue cannot be reached either, the execution fails with the first error."
 */
function reportFailure(services, event, execution, { error, cause }) {
    persistently(services, QUEUE, { event, error, cause, execution }, () => true);
    return failed({ error, cause });
}
