// State machine definitions as Step Functions receives them: with every placeholder replaced.

import { readFileSync } from "node:fs";

const ACCOUNT = "us-east-1:123456789012";

/** Reads a definition. `edit` may change the JSON before placeholders are replaced. */
export function readDefinition(path, edit = (definition) => definition) {
    const definition = edit(JSON.parse(readFileSync(path, "utf8")));
    return JSON.parse(
        JSON.stringify(definition).replace(/\$\{(\w+)\}/g, (_, name) => sample(name)),
    );
}

/** A value like the one that the Pulumi program inserts for the placeholder `${name}`. */
export function sample(name) {
    const words = (suffix) =>
        name
            .slice(0, name.length - suffix.length)
            .replace(/\B[A-Z]/g, "-$&")
            .toLowerCase();
    if (name === "Partition") return "aws";
    const arn = (service, type, suffix) => `arn:aws:${service}:${ACCOUNT}:${type}:${words(suffix)}`;
    if (name.endsWith("FunctionArn")) return arn("lambda", "function", "FunctionArn");
    if (name.endsWith("Arn")) return arn("states", "stateMachine", "Arn");
    if (name.endsWith("QueueUrl")) return `https://queue.example/${words("QueueUrl")}`;
    return `the-${words("")}`;
}

/** Yields every state of a machine and of the machines nested in it, with the state's place. */
export function* states(machine, place = "") {
    for (const [name, state] of Object.entries(machine.States ?? {})) {
        const at = join(place, `States.${name}`);
        yield { name, state, place: at };
        if (state.ItemProcessor) yield* states(state.ItemProcessor, `${at}.ItemProcessor`);
    }
}

/** Place of a part of the value at `place`. `key` is a member's path or an item's index. */
export function join(place, key) {
    if (typeof key === "number") return `${place}[${key}]`;
    return place === "" ? key : `${place}.${key}`;
}
