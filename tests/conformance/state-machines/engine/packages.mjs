// The npm packages that `run` installs: asl-validator, and the version of JSONata's reference
// implementation that Step Functions supports.

import { createRequire } from "node:module";
import { join } from "node:path";

const installed = createRequire(join(process.env.CONFORMANCE_PACKAGES, "package.json"));

export const jsonata = installed("jsonata");
export const validate = installed("asl-validator");
