// `node tools/node-version.js`, before every script that runs TypeScript: one plain sentence where the machine's Node is
// too old and the pinned runtime (tools/node) is not there. Plain JavaScript, because an old Node reads nothing else.
const needed = [22, 18]; // The first release that runs TypeScript unasked; better-sqlite3 crashes below 22.

const version = process.argv[2] ?? process.versions.node;
const [major = 0, minor = 0] = version.split('.').map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `Tapedeck needs Node ${needed.join('.')} or newer, and this is ${version}: install Node 24 from https://nodejs.org, then run npm ci again.`,
  );
  process.exit(1);
}
