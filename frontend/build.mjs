// Builds each entry by itself into ../src/ronghe/static/dist under a fixed name, so that one page loads one
// script and one style sheet; the hash in the served name is WhiteNoise's business.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const outDir = fileURLToPath(new URL("../src/ronghe/static/dist", import.meta.url));

const shared = {
  root: here,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
};

function options(input, output) {
  return {
    ...shared,
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2022",
      cssTarget: ["chrome100", "safari15", "firefox100"],
      reportCompressedSize: false,
      // htmx holds one eval for attributes we do not use; `htmx.config.allowEval` is false and the policy forbids it.
      rollupOptions: { input: `${here}src/${input}`, output, checks: { eval: false, pluginTimings: false } },
    },
  };
}

for (const name of ["desk", "portal"]) {
  await build(options(`${name}.ts`, { format: "iife", entryFileNames: `${name}.js` }));
}
await build(options("css/app.scss", { assetFileNames: "[name][extname]" }));
