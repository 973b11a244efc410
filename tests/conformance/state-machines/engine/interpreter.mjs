// Runs a JSONata state machine like Step Functions, against stubbed services.
//
// The interpreter supports the types of states and the fields that the two state machines use. Any
// other type or field is a defect. Rules: https://states-language.net/spec.html and
// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html.

import { Defect } from "./defect.mjs";
import { join } from "./definition.mjs";
import { Raised, evaluate } from "./expressions.mjs";

/**
 * Maximum size of a state's input or output, in bytes.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const MAX_PAYLOAD = 262_144;

/** Maximum number of states that a walk enters. AWS ends an execution at 25,000 history events. */
const MAX_STATES = 5_000;

/**
 * Errors that a Catch or Retry for `States.ALL` does not match.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const NOT_CAUGHT_BY_ALL = ["States.DataLimitExceeded", "States.Runtime"];

const FIELDS = {
    Task: [
        "Resource",
        "Arguments",
        "TimeoutSeconds",
        "Retry",
        "Catch",
        "Assign",
        "Output",
        "Next",
        "End",
    ],
    Pass: ["Assign", "Output", "Next", "End"],
    Choice: ["Choices", "Default", "Assign", "Output"],
    Map: [
        "Items",
        "ItemProcessor",
        "MaxConcurrency",
        "Label",
        "Retry",
        "Catch",
        "Assign",
        "Output",
        "Next",
        "End",
    ],
    Wait: ["Seconds", "Assign", "Output", "Next", "End"],
    Fail: ["Error", "Cause"],
    Succeed: ["Output"],
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
 * start; waits take no time. `isRedriven` is true if the execution is redriven each time that it
 * fails. `log` receives every state that is entered (`state`), every transition (`taken`) and every
 * expression that is evaluated (`seen`).
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
            const scope = { variables: {}, context: this.context };
            return {
                status: "SUCCEEDED",
                output: await this.#machine(this.machine, "", this.context.Execution.Input, scope),
            };
        } catch (error) {
            if (!(error instanceof StateError)) throw error;
            return { status: "FAILED", error: error.output.Error, cause: error.output.Cause };
        }
    }

    /** Runs a machine in a scope of its own from its first state, and returns its output. */
    async #machine(machine, place, input, outer) {
        const scope = { ...outer, variables: { ...outer.variables } };
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
                left = await this.#state(state, { name, place: at, input, scope });
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
            ...at.scope.context,
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
            case "Succeed":
                return this.#leave(state, at, states, at.input);
            default:
                return this.#attempts(state, at, states);
        }
    }

    /** Evaluates a field of the state at `at`; `field` is its place relative to the state. */
    async #field(value, field, at, states) {
        const bindings = { ...at.scope.variables, states };
        try {
            return await evaluate(value, join(at.place, field), bindings, {
                random: this.random,
                seen: this.log.seen,
            });
        } catch (error) {
            if (!(error instanceof Raised)) throw error;
            throw new StateError("States.QueryEvaluationError", error.message);
        }
    }

    /**
     * Evaluates Assign and Output of `object`: a state, a catcher or a choice rule. `path` is the
     * object's place relative to the state. Assign and Output use the values that the variables
     * had when the state was entered.
     */
    async #leave(object, at, states, fallback, path = "") {
        const field = (name) => (path === "" ? name : `${path}.${name}`);
        const has = (name) => object[name] !== undefined;
        const assigned = has("Assign")
            ? await this.#field(object.Assign, field("Assign"), at, states)
            : {};
        const output = has("Output")
            ? await this.#field(object.Output, field("Output"), at, states)
            : fallback;
        if (JSON.stringify(output).length > MAX_PAYLOAD) {
            throw new StateError("States.DataLimitExceeded", `${at.place}: more than 256 KiB`);
        }
        Object.assign(at.scope.variables, assigned);
        if (has("Next")) this.log.taken(join(at.place, field("Next")));
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
            const value =
                state[field] === undefined
                    ? undefined
                    : await this.#field(state[field], field, at, states);
            if (value !== undefined && typeof value !== "string") {
                throw new Defect(
                    join(at.place, field),
                    `is ${JSON.stringify(value)}, not a string`,
                );
            }
            return value;
        };
        throw new StateError(await text("Error"), await text("Cause"));
    }

    /** Runs a Task or a Map, and retries or catches the errors that it reports. */
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
                const name = error.output.Error;
                const retrier = (state.Retry ?? []).findIndex((one) => matches(one, name));
                const times = retried.get(retrier) ?? 0;
                if (retrier >= 0 && times < (state.Retry[retrier].MaxAttempts ?? 3)) {
                    retried.set(retrier, times + 1);
                    this.log.taken(
                        join(
                            at.place,
                            `Retry[${retrier}].ErrorEquals.${named(state.Retry[retrier], name)}`,
                        ),
                    );
                    continue;
                }
                const catcher = (state.Catch ?? []).findIndex((one) => matches(one, name));
                if (catcher < 0) throw error;
                const path = `Catch[${catcher}]`;
                this.log.taken(
                    join(at.place, `${path}.ErrorEquals.${named(state.Catch[catcher], name)}`),
                );
                const caught = { ...states, errorOutput: error.output };
                return this.#leave(state.Catch[catcher], at, caught, error.output, path);
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
        const items = await this.#items(state, at, states);
        const outputs = [];
        for (const [index, item] of items.entries()) {
            const context = { ...at.scope.context, Map: { Item: { Index: index, Value: item } } };
            const place = join(at.place, "ItemProcessor");
            if (Mode !== "DISTRIBUTED") {
                outputs.push(
                    await this.#machine(state.ItemProcessor, place, item, { ...at.scope, context }),
                );
                continue;
            }
            if (ExecutionType === undefined) throw new Defect(place, "has no ExecutionType");
            outputs.push(await this.#child(state, place, item, index));
        }
        return outputs;
    }

    /** Runs a child execution of a Distributed Map. A child cannot read its parent's variables. */
    async #child(state, place, item, index) {
        const parent = this.context.Execution;
        const execution = {
            Id: `${parent.Id}/${state.Label}:${index}`,
            Name: `${index}`,
            Input: item,
        };
        const scope = { variables: {}, context: { ...this.context, Execution: execution } };
        try {
            return await this.#machine(state.ItemProcessor, place, item, scope);
        } catch (error) {
            // The interpreter does not support ToleratedFailureCount, so one failure fails the Map.
            if (!(error instanceof StateError)) throw error;
            throw new StateError(
                "States.ExceedToleratedFailureThreshold",
                `1 of its items failed: ${error.message}`,
            );
        }
    }

    async #items(state, at, states) {
        const items =
            state.Items === undefined
                ? at.input
                : await this.#field(state.Items, "Items", at, states);
        if (!Array.isArray(items)) {
            throw new Defect(join(at.place, "Items"), `is ${JSON.stringify(items)}, not an array`);
        }
        return items;
    }
}

/**
 * True if a redrive runs a failed state again, with the same input. A Fail state only fails again.
 * The redrive of a Distributed Map redrives its failed children, each from the state that failed.
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

/** True if a retrier or a catcher matches an error. */
function matches({ ErrorEquals }, name) {
    return named({ ErrorEquals }, name) !== undefined;
}

/** Returns the name in ErrorEquals that matches the error, or undefined. */
function named({ ErrorEquals }, name) {
    return ErrorEquals.find(
        (one) =>
            one === name
            || (one === "States.ALL" && !NOT_CAUGHT_BY_ALL.includes(name))
            || (one === "States.TaskFailed"
                && name !== "States.Timeout"
                && !NOT_CAUGHT_BY_ALL.includes(name)),
    );
}
