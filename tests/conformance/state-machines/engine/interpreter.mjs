// Runs a JSONata state machine as Step Functions does, but with stubbed services.
//
// The interpreter supports the types of states and the fields that analyze-image and reconcile use.
// It reports any other type or field as a defect. Rules: https://states-language.net/spec.html.

import { Defect } from "./defect.mjs";
import { join } from "./definition.mjs";
import { Raised, evaluate } from "./expressions.mjs";

/**
 * Maximum size of a state's input or output, in bytes.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const MAX_PAYLOAD = 262_144;

/**
 * Maximum number of states that a walk enters. AWS ends an execution at 25,000 history events, and
 * a Task that succeeds without a retry has five.
 */
const MAX_STATES = 5_000;

/**
 * Errors that a Catch or Retry for `States.ALL` does not match.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const NOT_CAUGHT_BY_ALL = ["States.DataLimitExceeded", "States.Runtime"];

const LEAVING = ["Output", "Next", "End"];
const TRYING = ["Retry", "Catch", ...LEAVING];
const FIELDS = {
    Task: ["Resource", "Arguments", "TimeoutSeconds", ...TRYING],
    Pass: LEAVING,
    Choice: ["Choices", "Default", "Output"],
    Map: ["Items", "ItemProcessor", "MaxConcurrency", "Label", ...TRYING],
    Wait: ["Seconds", ...LEAVING],
    Fail: ["Error", "Cause"],
};

/** Error reported by a state. Retry and Catch match its name. */
class StateError extends Error {
    constructor(name, cause) {
        super(`${name}: ${cause}`);
        this.output = cause === undefined ? { Error: name } : { Error: name, Cause: cause };
    }
}

/**
 * One execution. `services.call(resource, args, attempt, place)` responds to a Task, with
 * `{ result }` or `{ error, cause }`. `services.elapsed()` returns the number of seconds since the
 * start; waits take no time. `isRedriven` is true if the execution is redriven whenever a Task
 * makes it fail. `log` receives every state that is entered (`state`), every transition (`taken`)
 * and every expression that is evaluated (`seen`).
 */
export class Execution {
    constructor({ machine, name, input, services, isRedriven = false, random, log }) {
        Object.assign(this, { machine, services, isRedriven, random, log, entered: 0 });
        const id = `arn:aws:states:us-east-1:123456789012:execution:machine:${name}`;
        this.context = {
            Execution: { Id: id, Input: input, Name: name, StartTime: time(0) },
            StateMachine: {
                Id: "arn:aws:states:us-east-1:123456789012:stateMachine:machine",
                Name: "machine",
            },
        };
    }

    /** Runs to the end. Returns `{ status, output }`, or `{ status, error, cause }` on failure. */
    async run() {
        try {
            const { machine, context } = this;
            const output = await this.#machine(machine, "", context.Execution.Input, context);
            return { status: "SUCCEEDED", output };
        } catch (error) {
            if (!(error instanceof StateError)) throw error;
            return { status: "FAILED", error: error.output.Error, cause: error.output.Cause };
        }
    }

    /** Runs a machine from its first state, and returns its output. */
    async #machine(machine, place, input, context) {
        let name = machine.StartAt;
        for (;;) {
            const at = join(place, `States.${name}`);
            const state = machine.States?.[name];
            if (state === undefined) throw new Defect(at, "there is no such state");
            this.log.state(name, at);
            this.entered += 1;
            if (this.entered > MAX_STATES)
                throw new Defect(at, "is entered again and again: the execution never ends");
            let left;
            try {
                left = await this.#state(state, { name, place: at, input, context });
            } catch (error) {
                if (!this.isRedriven || !isRedrivable(state, error)) throw error;
                continue;
            }
            const { output, next } = left;
            if (next === undefined) return output;
            [name, input] = [next, output];
        }
    }

    async #state(state, at) {
        const unknown = Object.keys(state).find(
            (field) => !["Type", "Comment"].includes(field) && !FIELDS[state.Type]?.includes(field),
        );
        if (unknown !== undefined)
            throw new Defect(join(at.place, unknown), "the interpreter does not know this field");
        const entered = time(this.services.elapsed?.() ?? 0);
        const context = {
            ...at.context,
            State: { Name: at.name, EnteredTime: entered, RetryCount: 0 },
        };
        const states = { input: at.input, context };
        switch (state.Type) {
            case "Choice":
                return this.#choice(state, at, states);
            case "Fail":
                return this.#fail(state, at, states);
            case "Wait":
                return this.#wait(state, at, states);
            case "Pass":
                return this.#leave(state, at, states, at.input);
            default:
                return this.#attempts(state, at, states);
        }
    }

    /** Evaluates `value`, which is at `field` in the state that `at` describes. */
    async #field(value, field, at, states) {
        const { random, log } = this;
        try {
            const place = join(at.place, field);
            return await evaluate(value, place, { states }, { random, seen: log.seen });
        } catch (error) {
            if (!(error instanceof Raised)) throw error;
            throw new StateError("States.QueryEvaluationError", error.message);
        }
    }

    /**
     * Returns the output of `object` (a state, a catcher or a choice rule) and the next state's
     * name. If there is no Output, `fallback` is the output. `path` is the object's place relative
     * to the state.
     */
    async #leave(object, at, states, fallback, path = "") {
        const field = (name) => (path === "" ? name : `${path}.${name}`);
        const output =
            object.Output === undefined
                ? fallback
                : await this.#field(object.Output, field("Output"), at, states);
        if (JSON.stringify(output).length > MAX_PAYLOAD) {
            throw new StateError("States.DataLimitExceeded", `${at.place}: more than 256 KiB`);
        }
        if (object.Next !== undefined) this.log.taken(join(at.place, field("Next")));
        return { output, next: object.Next };
    }

    async #choice(state, at, states) {
        for (const [index, rule] of state.Choices.entries()) {
            const path = `Choices[${index}]`;
            const holds = await this.#field(rule.Condition, `${path}.Condition`, at, states);
            if (typeof holds !== "boolean") {
                const message = `is ${JSON.stringify(holds)}, not a boolean`;
                throw new Defect(join(at.place, `${path}.Condition`), message);
            }
            if (holds) return this.#leave(rule, at, states, at.input, path);
        }
        if (state.Default === undefined) throw new StateError("States.NoChoiceMatched", at.place);
        const { output } = await this.#leave({ ...state, Next: undefined }, at, states, at.input);
        this.log.taken(join(at.place, "Default"));
        return { output, next: state.Default };
    }

    /** https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
    async #wait(state, at, states) {
        const seconds = await this.#field(state.Seconds, "Seconds", at, states);
        if (!Number.isInteger(seconds) || seconds < 0 || seconds > 99_999_999) {
            throw new Defect(
                join(at.place, "Seconds"),
                `is ${JSON.stringify(seconds)}, not a number of seconds`,
            );
        }
        return this.#leave(state, at, states, at.input);
    }

    async #fail(state, at, states) {
        const text = async (field) => {
            const value = await this.#field(state[field], field, at, states);
            if (typeof value === "string") return value;
            throw new Defect(join(at.place, field), `is ${JSON.stringify(value)}, not a string`);
        };
        throw new StateError(await text("Error"), await text("Cause"));
    }

    /** Runs a Task or a Map, and applies its Retry and Catch to the errors that it reports. */
    async #attempts(state, at, states) {
        const retried = new Map();
        for (let attempt = 0; ; attempt += 1) {
            states.context.State.RetryCount = attempt;
            try {
                const result =
                    state.Type === "Task"
                        ? await this.#task(state, at, states, attempt)
                        : await this.#map(state, at, states);
                return await this.#leave(state, at, { ...states, result }, result);
            } catch (error) {
                if (!(error instanceof StateError)) throw error;
                const retrier = handlerOf(error, state, "Retry", at.place);
                const times = retried.get(retrier?.path) ?? 0;
                if (retrier && times < (retrier.handler.MaxAttempts ?? 3)) {
                    retried.set(retrier.path, times + 1);
                    this.log.taken(retrier.matched);
                    continue;
                }
                const catcher = handlerOf(error, state, "Catch", at.place);
                if (catcher === undefined) throw error;
                this.log.taken(catcher.matched);
                const caught = { ...states, errorOutput: error.output };
                return this.#leave(catcher.handler, at, caught, error.output, catcher.path);
            }
        }
    }

    async #task(state, at, states, attempt) {
        const args = await this.#field(state.Arguments, "Arguments", at, states);
        const answer = this.services.call(state.Resource, args, attempt, at.place);
        if (answer.error !== undefined) throw new StateError(answer.error, answer.cause);
        return answer.result;
    }

    /** Runs the iterations of a Map one after the other, and returns their outputs. */
    async #map(state, at, states) {
        const { Mode, ExecutionType } = state.ItemProcessor.ProcessorConfig ?? {};
        const items = await this.#field(state.Items, "Items", at, states);
        if (!Array.isArray(items)) {
            throw new Defect(join(at.place, "Items"), `is ${JSON.stringify(items)}, not an array`);
        }
        const place = join(at.place, "ItemProcessor");
        const isDistributed = Mode === "DISTRIBUTED";
        if (isDistributed && ExecutionType === undefined)
            throw new Defect(place, "has no ExecutionType");
        const outputs = [];
        for (const [index, item] of items.entries()) {
            const run = isDistributed
                ? this.#child(state, place, item, index)
                : this.#machine(state.ItemProcessor, place, item, at.context);
            outputs.push(await run);
        }
        return outputs;
    }

    /** Runs a child execution of a Distributed Map. */
    async #child(state, place, item, index) {
        const parent = this.context.Execution;
        const execution = {
            Id: `${parent.Id}/${state.Label}:${index}`,
            Name: `${index}`,
            Input: item,
        };
        const context = { ...this.context, Execution: execution };
        try {
            return await this.#machine(state.ItemProcessor, place, item, context);
        } catch (error) {
            // The interpreter does not support ToleratedFailureCount, so one failure fails the Map.
            if (!(error instanceof StateError)) throw error;
            throw new StateError(
                "States.ExceedToleratedFailureThreshold",
                `1 of its items failed: ${error.message}`,
            );
        }
    }
}

/**
 * True for a failed Task: a redrive runs it again, with the same input. A Fail state would only
 * fail again. For a Distributed Map, a redrive continues each failed child at the state that
 * failed, so `#machine` repeats the child's Task, not the Map.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-behavior-states
 */
function isRedrivable(state, error) {
    return state.Type === "Task" && error instanceof StateError;
}

/** The time `seconds` after an execution's start, in the format of the context object. */
function time(seconds) {
    return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
}

/**
 * Finds the first retrier or catcher (`field` is `Retry` or `Catch`) that matches an error. Returns
 * this handler, its place relative to the state, and the place of the name that matches.
 */
function handlerOf(error, state, field, place) {
    const isMatch = (name) =>
        name === error.output.Error
        || (name === "States.ALL" && !NOT_CAUGHT_BY_ALL.includes(error.output.Error));
    for (const [index, handler] of (state[field] ?? []).entries()) {
        const path = `${field}[${index}]`;
        const name = handler.ErrorEquals.find(isMatch);
        if (name) return { handler, path, matched: join(place, `${path}.ErrorEquals.${name}`) };
    }
    return undefined;
}
