// The functions that Step Functions adds to JSONata.
//
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn

import { createHash } from "node:crypto";

/**
 * Registers on `expression` the functions that the state machines use. `$random` and `$uuid` draw
 * from `random`.
 */
export function register(expression, random) {
    const uuid = () => {
        const digits = random.hex(30);
        return [
            digits.slice(0, 8),
            digits.slice(8, 12),
            `4${digits.slice(12, 15)}`,
            `a${digits.slice(15, 18)}`,
            digits.slice(18),
        ].join("-");
    };
    expression.registerFunction("uuid", uuid, "<:s>");
    expression.registerFunction("random", () => random.number(), "<n?:n>");
    expression.registerFunction("parse", (text) => text && JSON.parse(text), "<s-:x>");
    expression.registerFunction(
        "hash",
        (data, algorithm) => createHash(algorithm.replace("-", "")).update(data).digest("hex"),
        "<s-s:s>",
    );
}
