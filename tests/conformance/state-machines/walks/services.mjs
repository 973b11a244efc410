// Stubs of the services that the state machines call. Responses are random. The interpreter and the
// model get the same responses as long as they make the same calls.

import { Defect } from "../engine/defect.mjs";
import { join } from "../engine/definition.mjs";

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine";

/** Names that `integrations` gives to calls of SQS and of Step Functions. */
export const QUEUE = "sqs:sendMessage https://queue.example/failure";
export const REPAIR = `aws-sdk:sfn:startSyncExecution ${MACHINE}:repair-image`;
export const SUCCESSOR = `states:startExecution ${MACHINE}:machine`;

/** Transient errors with which a call of any Lambda function can fail. */
const TRANSIENT_OF_LAMBDA = [
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ResourceConflictException",
    "Lambda.ResourceNotReadyException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "Runtime.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
];

/** Errors of a Lambda function: its own transient and permanent ones, and those of Lambda. */
export function lambda(transient, permanent) {
    return {
        transient: [...TRANSIENT_OF_LAMBDA, ...transient],
        permanent: [...permanent, "Lambda.ResourceNotFoundException"],
    };
}

/** Errors of a call to a service other than Lambda. */
export function action(transient, permanent) {
    return { transient, permanent };
}

/**
 * Returns the targets: the errors that walks must inject at each call. In a target, `call` and
 * `error` are the names of the call and of the error. `ends` is `passes` if a later attempt
 * succeeds, and `stays` if none does.
 */
export function targets(calls) {
    return Object.entries(calls).flatMap(([call, { transient, permanent }]) => [
        ...transient.flatMap((error) => ["passes", "stays"].map((ends) => ({ call, error, ends }))),
        ...permanent.map((error) => ({ call, error, ends: "stays" })),
    ]);
}

/** Responds to calls and records them. */
export class Services {
    /** Calls so far. A call and its retries are one entry. */
    calls = [];
    #faults;
    #elapsed = 0;

    /**
     * - `calls`: the errors that a call can have, by the name that `nameOf` returns for the call.
     * - `answers`: functions that turn a payload into `{ result }` or `{ error, cause }`, by the
     *   `name` that is passed to `call`.
     * - `target`: if given, the first fault is `target.error`. It occurs in the first call that has
     *   the name `target.call`.
     * - `faultsPercent`: percentage of calls that have a fault. If there is a target, this is the
     *   percentage of the calls after the first fault.
     * - `retries`: maximum number of failed attempts of a call that succeeds in the end. Every
     *   state makes at least this number of retries.
     * - `seconds`: draws how long a call takes, with all its attempts.
     * - `isRedriven`: true if the execution is redriven whenever a Task makes it fail.
     */
    constructor({ calls, retries = 3, seconds = () => 0, isRedriven = false, ...others }) {
        Object.assign(this, { kinds: calls, retries, seconds, isRedriven, ...others });
    }

    /** Seconds that the calls so far have taken. */
    elapsed = () => this.#elapsed;

    /** Responds to attempt number `attempt` (from 0) of a call made by the state at `place`. */
    call(name, payload, attempt, place) {
        if (attempt === 0) {
            this.#faults = this.#drawn(this.nameOf(name, payload));
            if (this.answers[name] === undefined) throw unexpected(name, place);
            const final = this.#faults.stays ?? this.#answer(name, payload, place);
            this.#elapsed += this.seconds();
            this.calls.push({ name, payload, attempts: 0, final, place });
        }
        const call = this.calls.at(-1);
        call.attempts += 1;
        if (JSON.stringify(call.payload) !== JSON.stringify(payload)) call.changed = payload;
        return attempt < this.#faults.passing.length ? this.#faults.passing[attempt] : call.final;
    }

    #answer(name, payload, place) {
        try {
            return this.answers[name](payload);
        } catch {
            throw unexpected(
                `${name} with a payload that it cannot read: ${JSON.stringify(payload)}`,
                place,
            );
        }
    }

    /**
     * Draws the faults of a call. `passing` contains the errors of the first attempts, one for each
     * attempt. `stays`, if there is one, is the error of all later attempts.
     */
    #drawn(name) {
        const kind = this.kinds[name];
        if (kind === undefined) return { passing: [] };
        const { random, target } = this;
        const several = (pick) =>
            Array.from({ length: 1 + random.below(this.retries) }, () => failure(pick(), random));
        if (target !== undefined && !target.met) {
            if (target.call !== name) return { passing: [] };
            target.met = true;
            const error = () => target.error;
            return target.ends === "passes"
                ? { passing: several(error) }
                : { passing: [], stays: failure(target.error, random) };
        }
        const any = () => random.pick(kind.transient);
        const roll = random.below(100);
        if (roll >= this.faultsPercent) return { passing: [] };
        if (roll < this.faultsPercent / 8)
            return {
                passing: several(any),
                stays: failure(random.pick([...kind.transient, ...kind.permanent]), random),
            };
        return { passing: kind.transient.length > 0 ? several(any) : [] };
    }
}

/** Returns a defect for a call that no stub responds to. */
function unexpected(call, place = "") {
    return new Defect(join(place, "Arguments"), `calls ${call}, to which nothing responds`);
}

/** Returns the response to a failed call. A timeout may lack a cause. */
export function failure(error, random, message = `because of ${random.hex(6)}`) {
    if (error === "States.Timeout" && random.chance(50)) return { error };
    const cause = error.includes(".")
        ? message
        : JSON.stringify({ errorType: error, errorMessage: message });
    return { error, cause };
}

/** Runs Tasks: translates each into a call of `services`, and the response into a result. */
export function integrations(services) {
    return {
        call(resource, args, attempt, place) {
            const integration = resource.replace(/^arn:[\w-]+:states:::/, "");
            let translation;
            try {
                translation = translated(integration, args);
            } catch (error) {
                throw unexpected(
                    `${integration} with arguments that are refused: ${error.message}`,
                    place,
                );
            }
            const { name, payload, result } = translation;
            const answer = services.call(name, payload, attempt, place);
            return answer.error === undefined ? { result: result(answer.result) } : answer;
        },
    };
}

/**
 * A character that SQS does not allow in a message. SQS refuses the message, or replaces the
 * character.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const NOT_IN_MESSAGES = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function translated(integration, args) {
    switch (integration) {
        case "lambda:invoke":
            return {
                name: args.FunctionName.replace(/^.*:function:/, ""),
                payload: args.Payload,
                result: (Payload) => ({ ExecutedVersion: "$LATEST", Payload, StatusCode: 200 }),
            };
        case "sqs:sendMessage":
            if (NOT_IN_MESSAGES.test(args.MessageBody))
                throw new Error("a character that SQS does not allow in a message");
            return {
                name: `${integration} ${args.QueueUrl}`,
                payload: JSON.parse(args.MessageBody),
                result: () => ({ MessageId: "1", MD5OfMessageBody: "2" }),
            };
        case "aws-sdk:sfn:startSyncExecution":
            return {
                name: `${integration} ${args.StateMachineArn}`,
                payload: JSON.parse(args.Input),
                result: (ended) => ({ ExecutionArn: "arn", Input: args.Input, ...ended }),
            };
        case "states:startExecution":
            return {
                name: `${integration} ${args.StateMachineArn}`,
                payload: { name: args.Name, input: args.Input },
                result: (started) => ({ ...started, StartDate: "2024-05-01T12:00:00Z" }),
            };
        default:
            return { name: integration, payload: args, result: (result) => result };
    }
}
