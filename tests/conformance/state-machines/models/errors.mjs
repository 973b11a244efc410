// Failures, in the words of docs/ARCHITECTURE.md ("Errors") and docs/SEMANTICS.md ("Failures").

/**
 * "Transient failures are retried: errors and throttling of S3 and DynamoDB, responses that are
 * late, truncated or lost, functions that crash, and conflicting writes."
 */
const TRANSIENT = [
    // Errors and throttling of S3 and DynamoDB, and conflicting writes, as the functions name them.
    /^(StorageUnavailable|TableUnavailable|RecordConflict)$/,
    // Errors and throttling of DynamoDB, as Step Functions names them when it calls DynamoDB.
    /^DynamoDB\.(ProvisionedThroughputExceeded|RequestLimitExceeded|InternalServer)/,
    // Throttling, failed connections and too many running executions, when Step Functions calls
    // DynamoDB or starts an execution.
    /^(DynamoDB|StepFunctions)\.(Throttling|SdkClient)/,
    /^StepFunctions\.ExecutionLimitExceeded/,
    // "The codes that the SDK does not declare, throttling among them, have one name."
    /^(DynamoDB\.AmazonDynamoDB|StepFunctions\.AWSStepFunctions|Sfn\.Sfn|Sfn\.SdkClient)Exception$/,
    // A function that crashes or takes too long, and throttling, failed connections and other
    // failures of Lambda itself.
    /^Lambda\.(TooManyRequests|ClientExecutionTimeout|Service|AWSLambda|SdkClient)Exception$/,
    /^Lambda\.(ResourceConflictException|ResourceNotReadyException|Unknown)$/,
    /^(Runtime\.(ExitError|OutOfMemory|Unknown)|Sandbox\.Timedout)$/,
    // Responses that are late.
    /^States\.Timeout$/,
];

export function isTransient(error) {
    return TRANSIENT.some((name) => name.test(error));
}

/** More attempts than any state of the two state machines makes. */
const MANY = 200;

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

/** Returns the result of a failed execution. A failure without a cause gets an empty one. */
export function failed({ error, cause = "" }) {
    return { status: "FAILED", error, cause };
}
