// Failures, in the words of docs/ARCHITECTURE.md ("Errors") and docs/SEMANTICS.md ("Failures").

/**
 * "Transient failures are retried: errors and throttling of S3 and DynamoDB, responses that are
 * late, truncated or lost, functions that crash, and conflicting writes."
 */
const TRANSIENT = [
    // Errors and throttling of S3 and DynamoDB, and conflicting writes, as the functions name them
    // …
    /^(StorageUnavailable|TableUnavailable|RecordConflict)$/,
    // … and as Step Functions names those of DynamoDB when it calls it itself.
    /^DynamoDB\.(Throttling|ProvisionedThroughputExceeded|RequestLimitExceeded)/,
    /^DynamoDB\.(InternalServer|SdkClient)/,
    // Functions that crash, and Lambda.
    /^(Lambda|Runtime|Sandbox)\./,
    // Responses that are late.
    /^States\.Timeout$/,
];

export function isTransient(error) {
    return TRANSIENT.some((name) => name.test(error));
}

/** More attempts than any state machine makes. */
const MANY = 50;

/**
 * Makes a call, repeats it while its failure is transient, and returns the last response with the
 * number of retries.
 */
export function persistently(services, name, payload, transient = isTransient) {
    for (let attempt = 0; ; attempt += 1) {
        const answer = services.call(name, payload, attempt);
        if (answer.error === undefined || !transient(answer.error) || attempt === MANY)
            return { ...answer, retries: attempt };
    }
}

/** The end of a failed execution. A failure need not have a cause. */
export function failed({ error, cause = "" }) {
    return { status: "FAILED", error, cause };
}
