// The npm packages that `run` installs: JSONata's reference implementation, in the version that
// Step Functions supports, and asl-validator.

import { createRequire } from "node:module";
import { join } from "node:path";

const installed = createRequire(join(process.env.CONFORMANCE_PACKAGES, "package.json"));

export const jsonata = installed("jsonata");
export const validate = installed("asl-validator");
