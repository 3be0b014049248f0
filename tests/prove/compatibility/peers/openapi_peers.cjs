// Reads cases as JSON lines, prints {id, breaking, ms} per line. Usage: node openapi_peers.cjs NAME < cases
const readline = require("readline");
const { performance } = require("perf_hooks");
const { createRequire } = require("module");

const load = createRequire(process.cwd() + "/");
const judges = {
  "api-smart-diff": () => {
    const { apiDiff } = load("api-smart-diff");
    return async (old, next) => apiDiff(old, next).some((diff) => diff.type === "breaking");
  },
  "openapi-diff": () => {
    const { diffSpecs } = load("openapi-diff");
    const spec = (value, location) => ({
      content: JSON.stringify(value), location, format: "openapi3",
    });
    return async (old, next) =>
      (await diffSpecs({ sourceSpec: spec(old, "old"), destinationSpec: spec(next, "new") }))
        .breakingDifferencesFound;
  },
};

(async () => {
  const judge = judges[process.argv[2]]();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const item = JSON.parse(line);
    const started = performance.now();
    let breaking = null;
    try { breaking = await judge(item.old, item.new); } catch { breaking = null; }
    console.log(JSON.stringify({ id: item.id, breaking, ms: performance.now() - started }));
  }
})();
