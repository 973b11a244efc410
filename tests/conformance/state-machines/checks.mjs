// The checks of a state machine: asl-validator, JSONata's reference parser, and random walks
// (walks/walk.mjs).

import { join } from "node:path";

import { readDefinition, states } from "./engine/definition.mjs";
import { expressions, refusal } from "./engine/expressions.mjs";
import { validate } from "./engine/packages.mjs";
import { walk } from "./walks/walk.mjs";
import { analyzeImageWalks } from "./walks/analyze-image.mjs";
import { reconcileWalks } from "./walks/reconcile.mjs";

/** The state machines, and the default number of walks through each. */
export const MACHINES = [
    { walks: analyzeImageWalks, count: 1000 },
    { walks: reconcileWalks, count: 150 },
];

/** Reads the definition in `file`, and applies `edit` if there is one. */
export function read(folder, { file, edit }) {
    return readDefinition(join(folder, file), edit);
}

/** Returns asl-validator's findings about a machine. */
export function invalid(machine) {
    // `validate` modifies its argument.
    const { errors } = validate(structuredClone(machine));
    return errors.map((error) => ({
        place: error.path ?? "",
        message: `${error["Error code"]}: ${error.Message}`,
    }));
}

/** Returns every expression of the machine, with its place. */
export function allExpressions(machine) {
    return [...states(machine)].flatMap(({ state, place }) => [...expressions(state, place)]);
}

/** Returns a finding for each expression that does not parse or that Step Functions refuses. */
export function refused(machine) {
    return allExpressions(machine).flatMap(({ place, expression }) => {
        const message = refusal(expression);
        return message === undefined
            ? []
            : [{ place, message: `${message} (in ${expression.trim()})` }];
    });
}

/** Yields the place of every transition and of every error name that a Retry or a Catch matches. */
export function* ways(machine) {
    for (const { state, place } of states(machine)) {
        const next = (object, path) => (object.Next === undefined ? [] : [`${place}.${path}Next`]);
        yield* next(state, "");
        if (state.Default !== undefined) yield `${place}.Default`;
        for (const field of ["Choices", "Catch", "Retry"]) {
            for (const [index, object] of (state[field] ?? []).entries()) {
                yield* next(object, `${field}[${index}].`);
                for (const error of object.ErrorEquals ?? [])
                    yield `${place}.${field}[${index}].ErrorEquals.${error}`;
            }
        }
    }
}

/**
 * Transitions, matched error names and expressions that walks have covered, and revisions that the
 * walks have generated.
 */
export class Coverage {
    #met = new Set();
    #revisions = new Set();
    taken = (place) => this.#met.add(place);
    seen = (place) => this.#met.add(place);
    /** Adds a revision. True if no earlier walk has used it. */
    fresh = (revision) => this.#revisions.size < this.#revisions.add(revision).size;

    /** Returns a finding for each transition, error name or expression that no walk covered. */
    missing(machine) {
        const all = [...ways(machine), ...allExpressions(machine).map(({ place }) => place)];
        return all
            .filter((place) => !this.#met.has(place))
            .map((place) => ({
                place,
                message: "is covered by no walk: extend the scenarios in walks/",
            }));
    }
}

/**
 * Runs walks until one differs from the model, and returns the difference. If no walk differs,
 * returns the places that no walk covered, or nothing if there are fewer walks than
 * `walks.targets`.
 */
export async function differences(machine, walks, { seed, numbers }) {
    const coverage = new Coverage();
    for (const number of numbers) {
        const found = await walk(machine, walks, { seed, number, log: coverage });
        if (found) return [{ ...found, message: `walk ${number}: ${found.message}` }];
    }
    return numbers.length >= walks.targets.length ? coverage.missing(machine) : [];
}
