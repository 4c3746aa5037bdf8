import { setFlagsFromString } from "node:v8";

// As in eslint.config.mjs: it runs for seconds, too short for that to pay.
setFlagsFromString("--interrupt-budget=1000000");

export default { printWidth: 100 };
