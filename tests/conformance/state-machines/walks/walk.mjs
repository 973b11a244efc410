// One walk: the interpreter runs the state machine's definition in a random scenario, and a model
// of the state machine runs in the same scenario. The interpreter and the model must make the same
// calls with the same payloads, and end with the same result.

import { Defect } from "../engine/defect.mjs";
import { Execution } from "../engine/interpreter.mjs";
import { Random } from "../engine/random.mjs";
import { integrations } from "./services.mjs";

/** Runs walk `number` and returns the first difference, `{ place, message }`, or undefined. */
export async function walk(machine, walks, { seed, number, log }) {
    const random = () => new Random(seed, number);
    const target = walks.targets[number];
    const services = () => {
        const choices = random();
        const world = walks.scenario(choices, target);
        return { world, stubs: walks.services(choices, world, target?.call && { ...target }) };
    };

    const modelled = services();
    const name = `${number}`;
    const execution = `arn:aws:states:us-east-1:123456789012:execution:machine:${name}`;
    const expected = walks.model(modelled.stubs, modelled.world.input, execution);

    const states = [];
    const { world, stubs } = services();
    const run = new Execution({
        machine,
        name,
        input: world.input,
        services: { ...integrations(stubs), elapsed: stubs.elapsed },
        isRedriven: stubs.isRedriven,
        random: new Random(seed + 1, number),
        log: { ...log, state: (state, place) => states.push({ state, place }) },
    });
    const found = (difference) =>
        difference && { ...difference, message: `${difference.message}; states: ${way(states)}` };
    let actual;
    try {
        actual = await run.run();
    } catch (error) {
        if (!(error instanceof Defect)) throw error;
        return found({ place: error.place, message: error.message });
    }
    return found(
        calls(modelled.stubs.calls, stubs.calls, states)
            ?? stale(stubs.calls, log.fresh)
            ?? ended(expected, actual, states.at(-1).place),
    );
}

/**
 * Returns a difference if a call has the wrong revision. A walk must write with a revision that no
 * earlier walk has used, and must retry the write with the same revision.
 */
function stale(calls, fresh) {
    const [write, ...again] = calls.filter(({ payload }) => payload?.revision);
    if (write && !fresh(write.payload.revision))
        return { place: write.place, message: "uses the revision of another walk" };
    const changed = again.find(({ payload }) => payload.revision !== write.payload.revision);
    return changed && { place: changed.place, message: "changes the revision of its write" };
}

/** Lists the names of the states that a walk entered; of more than twenty, only the last twenty. */
function way(states) {
    const names = states.map((one) => one.state);
    return (names.length > 20 ? ["…", ...names.slice(-20)] : names).join(" > ");
}

/** Returns the first difference between the expected calls and the actual ones. */
function calls(expected, actual, states) {
    for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
        const [should, does] = [expected[index], actual[index]];
        if (does === undefined) {
            return { place: states.at(-1).place, message: `ends without calling ${should.name}` };
        }
        if (should === undefined)
            return { place: does.place, message: `calls ${does.name}, where the execution ends` };
        if (should.name !== does.name) {
            return {
                place: does.place,
                message: `calls ${does.name}, where ${should.name} is due`,
            };
        }
        const payload =
            difference(should.payload, does.payload)
            ?? difference(should.payload, does.changed ?? does.payload);
        if (payload) return { place: does.place, message: `calls ${does.name} with ${payload}` };
        if (tries(should) !== tries(does)) {
            return {
                place: does.place,
                message:
                    `calls ${does.name} ${tries(does)}, not ${tries(should)}, `
                    + `and got ${brief(does.final)}`,
            };
        }
    }
    return undefined;
}

/**
 * The number of attempts, in words. If the last of several attempts failed, the words are vague,
 * because the model does not know how many attempts a state makes before it gives up.
 */
function tries({ attempts, final }) {
    if (attempts === 1) return "once";
    return final.error === undefined ? `${attempts} times` : "more than once";
}

function ended(expected, actual, place) {
    const different = difference(expected, actual);
    return different && { place, message: `ends with ${different}` };
}

/** Describes the first difference of two values; `expected` may contain regular expressions. */
export function difference(expected, actual, path = "") {
    const at = path === "" ? "" : `${path} = `;
    if (expected instanceof RegExp) {
        const meets = typeof actual === "string" && expected.test(actual);
        return meets ? undefined : `${at}${brief(actual)}, not ${expected}`;
    }
    const objects = [expected, actual].every((one) => one !== null && typeof one === "object");
    if (objects && Array.isArray(expected) === Array.isArray(actual)) {
        for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
            const found = difference(
                expected[key],
                actual[key],
                path === "" ? key : `${path}.${key}`,
            );
            if (found) return found;
        }
        return undefined;
    }
    return expected === actual ? undefined : `${at}${brief(actual)}, not ${brief(expected)}`;
}

function brief(value) {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
