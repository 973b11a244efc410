// Prints one line of JSON for each path on the standard input: the facts that sharp states, under
// their names in the API's JSON, or an error.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.env.ORACLE_PACKAGES}/`);
const sharp = require("sharp");

for await (const path of createInterface({ input: process.stdin })) {
    try {
        const image = await sharp(path, { limitInputPixels: false }).metadata();
        const isVector = image.format === "svg";
        // For formats that are not in this list, sharp states a default density that is not in the
        // file. The default is left out.
        const density = ["jpeg", "png", "tiff", "webp"].includes(image.format) ? image.density : undefined;
        const count = image.format === "tiff" ? "pages" : "frames";
        const facts = {
            width: image.width,
            // If sharp has read all frames of an animation, `height` is the sum of their heights.
            height: image.pageHeight ?? image.height,
            orientation: isVector ? undefined : image.orientation,
            hasAlpha: isVector ? undefined : image.hasAlpha,
            progressive: ["jpeg", "png", "gif"].includes(image.format) ? image.isProgressive : undefined,
            densityX: density,
            [count]: image.pages > 1 ? image.pages : undefined,
        };
        console.log(JSON.stringify(facts));
    } catch (error) {
        console.log(JSON.stringify({ error: String(error.message ?? error).split("\n")[0] }));
    }
}
