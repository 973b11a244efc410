// Checks the state machines, and that planted mistakes are caught. `run` starts this program.

import { parseArgs } from "node:util";
import { MACHINES, allExpressions, differences, invalid, read, refused } from "./checks.mjs";
import { missed } from "./mistakes.mjs";

const { values: options } = parseArgs({
    options: {
        definitions: { type: "string" },
        seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
        walks: { type: "string" },
        only: { type: "string" },
    },
});
const seed = Number(options.seed);

/** Prints findings about a definition, and returns their number. */
function report(file, findings) {
    for (const { place, message } of findings) {
        console.log(`error: statemachine/${file}: ${place === "" ? "" : `${place}: `}${message}`);
    }
    return findings.length;
}

let failures = 0;
for (const { walks, count } of MACHINES) {
    const started = performance.now();
    const machine = read(options.definitions, walks);
    const only = options.only === undefined ? undefined : Number(options.only);
    const numbers =
        only === undefined
            ? Array.from({ length: Number(options.walks ?? count) }, (_, number) => number)
            : [only];
    const found =
        report(walks.file, invalid(machine))
        + report(walks.file, refused(machine))
        + report(walks.file, await differences(machine, walks, { seed, numbers }));
    failures += found;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const expressions = allExpressions(machine).length;
    console.log(
        `${walks.file}: ${expressions} expressions, ${numbers.length} walks with seed ${seed}, `
            + `${found} findings, ${seconds} s`,
    );
}

if (options.only === undefined) {
    const started = performance.now();
    const { planted, failures: undetected } = await missed(options.definitions);
    for (const message of undetected) console.log(`error: ${message}`);
    failures += undetected.length;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
        `${planted - undetected.length} of ${planted} planted mistakes caught, ${seconds} s`,
    );
}

if (failures > 0) {
    console.log(`to repeat: tests/conformance/state-machines/run --seed ${seed}`);
    process.exitCode = 1;
}
