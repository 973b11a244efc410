// The functions that Step Functions adds to JSONata.
//
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn

import { createHash } from "node:crypto";

const HASHES = {
    MD5: "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
};

/** Registers the functions with an expression. `$random` and `$uuid` draw from `random`. */
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
        (data, algorithm) => createHash(HASHES[algorithm]).update(data).digest("hex"),
        "<s-s:s>",
    );
    expression.registerFunction("partition", partition, "<a-n:a>");
    expression.registerFunction("range", range, "<n-nn:a<n>>");
}

function partition(items, size) {
    const parts = [];
    for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
    return parts;
}

function range(first, last, step) {
    const numbers = [];
    for (let next = first; step > 0 ? next <= last : next >= last; next += step) numbers.push(next);
    return numbers;
}
