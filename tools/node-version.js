// `node tools/node-version.js`, before every script that runs TypeScript: one plain sentence where the machine's Node is
// too old and the pinned runtime (tools/node) is not there. Plain JavaScript, because an old Node reads nothing else.
const needed = [22, 18]; // The first release that runs TypeScript unasked; better-sqlite3 crashes below 22.

/** Ends the process with a plain sentence when Node is too old. */
export function refuseOldNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  console.error(
    `Tapedeck needs Node ${needed.join('.')} or newer, and this is ${version}: install Node 24 from https://nodejs.org, then run npm ci again.`,
  );
  process.exit(1);
}

if (process.argv[1]?.endsWith('node-version.js')) refuseOldNode(process.argv[2]);
