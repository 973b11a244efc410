// JSONata expressions in a definition, parsed and evaluated by the reference implementation under
// the restrictions of Step Functions.

import { Defect } from "./defect.mjs";
import { join } from "./definition.mjs";
import { register } from "./functions.mjs";
import { jsonata } from "./packages.mjs";

/** Fields that never hold expressions, and `ItemProcessor`, whose states are visited separately. */
const SKIPPED = new Set(["Comment", "ItemProcessor", "ErrorEquals", "Type", "Next"]);

/** Returns the text between `{%` and `%}`, or undefined if `value` is not an expression. */
export function source(value) {
    const whole = typeof value === "string" && value.startsWith("{%") && value.endsWith("%}");
    return whole ? value.slice(2, -2) : undefined;
}

/** Yields every expression in `value`, with its place. */
export function* expressions(value, place) {
    const expression = source(value);
    if (expression !== undefined) {
        yield { place, expression };
    } else if (value !== null && typeof value === "object") {
        const array = Array.isArray(value);
        for (const [key, member] of Object.entries(value)) {
            if (array || !SKIPPED.has(key))
                yield* expressions(member, join(place, array ? Number(key) : key));
        }
    }
}

/** Returns why Step Functions refuses an expression; undefined if the expression is accepted. */
export function refusal(expression) {
    try {
        return restricted(jsonata(expression).ast());
    } catch (error) {
        return `does not parse: ${error.message}`;
    }
}

/**
 * Returns the first violation of the restrictions on JSONata. Field names and `$` are allowed where
 * they refer to a current item: after the first step of a path, and in a filter, a group, a sort or
 * a transform. They are not allowed at the top level of an expression, because there is no input
 * document. `$$` and `$eval` are never allowed.
 *
 * https://states-language.net/spec.html#jsonata-restrictions
 */
function restricted(node, nested = false) {
    const inside = (nodes, level = nested) => first(nodes, (child) => restricted(child, level));
    if (node === null || typeof node !== "object") return undefined;
    if (Array.isArray(node)) return inside(node);
    switch (node.type) {
        case "variable":
            if (node.value === "$") return "uses $$, which Step Functions does not support";
            if (node.value === "" && !nested) return "uses $ at the top level; write $states.input";
            return inside(steps(node), true);
        case "name":
        case "wildcard":
        case "descendant":
        case "parent":
            if (!nested)
                return `uses ${named(node)} at the top level; write $states.input.${named(node)}`;
            return inside(steps(node), true);
        case "function":
        case "partial":
            if (node.procedure.value === "eval")
                return "uses $eval, which Step Functions does not support";
            return inside([node.arguments]) ?? inside(steps(node), true);
        case "path": {
            const [start, ...rest] = node.steps;
            return inside([start]) ?? inside([...rest, node.group?.lhs], true);
        }
        case "sort":
            return inside(
                node.terms.map((term) => term.expression),
                true,
            );
        case "transform":
            return inside([node.pattern, node.update, node.delete], true);
        default:
            return (
                inside([
                    node.lhs,
                    node.rhs,
                    node.expressions,
                    node.expression,
                    node.condition,
                    node.then,
                    node.else,
                    node.body,
                ]) ?? inside(steps(node), true)
            );
    }
}

/** Returns a node's filters, group keys and group values, in which `$` refers to a current item. */
function steps(node) {
    return [...(node.stages ?? []), ...(node.predicate ?? [])]
        .map((stage) => stage.expr)
        .concat([node.group?.lhs]);
}

function named(node) {
    return { wildcard: "*", descendant: "**", parent: "%" }[node.type] ?? node.value;
}

function first(values, find) {
    for (const value of values) {
        const found = find(value);
        if (found !== undefined) return found;
    }
    return undefined;
}

const parsed = new Map();

/** Returns `template` with its expressions evaluated. Passes the place of each to `seen`. */
export async function evaluate(template, place, bindings, { random, seen }) {
    const expression = source(template);
    if (expression !== undefined) {
        seen(place);
        return valueOf(expression, place, bindings, random);
    }
    if (Array.isArray(template)) {
        const items = [];
        for (const [index, item] of template.entries()) {
            items.push(await evaluate(item, join(place, index), bindings, { random, seen }));
        }
        return items;
    }
    if (template !== null && typeof template === "object") {
        const members = {};
        for (const [key, member] of Object.entries(template)) {
            members[key] = await evaluate(member, join(place, key), bindings, { random, seen });
        }
        return members;
    }
    return template;
}

/** Error that an expression raises on purpose, with `$error`. */
export class Raised extends Error {}

/** Code of the error that `$error` raises in the reference implementation. */
const RAISED = "D3137";

/**
 * Evaluates an expression. An expression that has no value, or that fails without calling `$error`,
 * is a defect. AWS reports `States.QueryEvaluationError`; a Catch for `States.ALL` would hide it.
 */
async function valueOf(expression, place, bindings, random) {
    if (!parsed.has(expression)) parsed.set(expression, jsonata(expression));
    const compiled = parsed.get(expression);
    register(compiled, random);
    let value;
    try {
        value = await compiled.evaluate(undefined, bindings);
    } catch (error) {
        if (error.code === RAISED) throw new Raised(error.message);
        throw new Defect(place, `fails: ${error.message} (in ${expression.trim()})`);
    }
    const text = JSON.stringify(value);
    if (text === undefined) {
        throw new Defect(place, `has no value (in ${expression.trim()})`);
    }
    return JSON.parse(text);
}
