// One violation per rule that is not a matter of who imports whom, and the imports that need a file of their own.
import { floor, type Planted, value } from './planted-edges.ts';

const inFile = (what: string, path: string, text: string, rule: string): Planted => ({
  what,
  path,
  text,
  rule,
});
const domain = 'src/main/domain';
const component = 'src/renderer/src/components';

export const plantedFiles: readonly Planted[] = [
  inFile('the preload imports contract values', 'src/preload/index.ts', value('./contract/api.ts'), floor),
  inFile(
    'http.request in a server',
    'src/main/webhooks/server.ts',
    "import { request } from 'node:http';\nexport const b = request;\n",
    floor,
  ),
  inFile(
    'the whole of http in a server',
    'src/main/api/server.ts',
    "import http from 'node:http';\nexport const b = http;\n",
    floor,
  ),
  inFile('electron in the headless host', 'src/main/headless.ts', value('electron'), floor),
  inFile(
    'a forbidden floor by import()',
    'src/main/recordings/by-call.ts',
    "export const b = await import('../store/database.ts');\n",
    floor,
  ),
  inFile(
    'a forbidden floor by re-export',
    'src/main/recordings/by-export.ts',
    "export { a } from '../store/database.ts';\nexport const b = 1;\n",
    floor,
  ),
  inFile(
    'a bare fetch',
    'src/main/jobs/bare.ts',
    "export const b = (): Promise<unknown> => fetch('x');\n",
    'eslint(no-restricted-globals)',
  ),
  inFile(
    'a fetch by globalThis',
    'src/main/jobs/by-global.ts',
    "export const b = (): Promise<unknown> => globalThis.fetch('x');\n",
    'eslint(no-restricted-globals)',
  ),
  inFile(
    'a WebSocket in a view',
    'src/renderer/src/views/socket.ts',
    "export const b = new WebSocket('x');\n",
    'eslint(no-restricted-globals)',
  ),
  inFile(
    'an EventSource in state',
    'src/renderer/src/state/source.ts',
    "export const b = new EventSource('x');\n",
    'eslint(no-restricted-globals)',
  ),
  inFile(
    'a cycle',
    `${domain}/cycle-one.ts`,
    "import { two } from './cycle-two.ts';\nexport const one = (): unknown => two;\n",
    'import(no-cycle)',
  ),
  inFile(
    'a cycle, its other half',
    `${domain}/cycle-two.ts`,
    "import { one } from './cycle-one.ts';\nexport const two = (): unknown => one;\n",
    'import(no-cycle)',
  ),
  inFile(
    'a file of 301 lines',
    `${domain}/long.ts`,
    `${Array.from({ length: 301 }, (_, i) => `export const n${i} = ${i};`).join('\n')}\n`,
    'eslint(max-lines)',
  ),
  inFile(
    'any',
    `${domain}/loose.ts`,
    'export const b = (a: any): unknown => a;\n',
    'typescript(no-explicit-any)',
  ),
  inFile(
    'a promise left floating',
    `${domain}/floating.ts`,
    'export const b = async (): Promise<void> => {};\nb();\n',
    'typescript(no-floating-promises)',
  ),
  inFile(
    'a promise as a condition',
    `${domain}/misused.ts`,
    'export const b = async (): Promise<boolean> => true;\nexport const c = (): number => (b() ? 1 : 2);\n',
    'typescript(no-misused-promises)',
  ),
  inFile(
    'an await in a transaction',
    'src/main/store/waits.ts',
    'export const b = (db: { transaction(run: () => unknown): unknown }): unknown =>\n  db.transaction(async () => {\n    await null;\n  });\n',
    'await-in-transaction',
  ),
  inFile(
    'a named async callback in a transaction',
    'src/main/store/waits-by-name.ts',
    'async function step(): Promise<void> {}\nexport const b = (db: { transaction(run: () => unknown): unknown }): unknown => db.transaction(step);\n',
    'await-in-transaction',
  ),
  inFile(
    'a raw hex colour',
    `${component}/hex.tsx`,
    "export const Hex = (): React.ReactNode => <i style={{ color: '#ff8800' }} />;\n",
    'raw-colour',
  ),
  inFile(
    'a raw hex colour in a style sheet',
    `${component}/hex.module.css`,
    '.a {\n  color: #fff;\n}\n',
    'raw-colour',
  ),
  inFile(
    'a raw rgb colour in a style sheet',
    `${component}/rgb.module.css`,
    '.a {\n  color: rgb(1 2 3);\n}\n',
    'raw-colour',
  ),
  inFile(
    'dangerouslySetInnerHTML',
    `${component}/danger.tsx`,
    "export const Danger = (): React.ReactNode => <i dangerouslySetInnerHTML={{ __html: 'x' }} />;\n",
    'react(no-danger)',
  ),
  inFile('eval', `${domain}/evil.ts`, "export const b = (): unknown => eval('1');\n", 'eslint(no-eval)'),
  inFile(
    'new Function',
    `${domain}/made.ts`,
    "export const b = new Function('return 1');\n",
    'eslint(no-new-func)',
  ),
  inFile(
    'a loose comparison',
    `${domain}/equal.ts`,
    'export const b = (a: unknown): boolean => a == 1;\n',
    'eslint(eqeqeq)',
  ),
  inFile(
    'the console',
    `${domain}/talks.ts`,
    "console.log('x');\nexport const b = 1;\n",
    'eslint(no-console)',
  ),
  inFile(
    'standard output',
    `${domain}/prints.ts`,
    "export const b = (): unknown => process.stdout.write('x');\n",
    'stdout',
  ),
  inFile('a default export', `${domain}/default.ts`, 'export default 1;\n', 'import(no-default-export)'),
  inFile(
    'a barrel',
    'src/main/storage/index.ts',
    "export { a } from './local.ts';\nexport * from './s3.ts';\n",
    'barrel',
  ),
  inFile('a roundabout import', `${domain}/roundabout.ts`, value('./../domain/call.ts'), 'roundabout-import'),
  inFile(
    'an import that nobody can read',
    'src/main/recordings/unseen.ts',
    'export const b = (name: string): Promise<unknown> => import(name);\n',
    'roundabout-import',
  ),
  inFile('a folder without a floor', 'src/main/services/thing.ts', 'export const b = 1;\n', 'no-floor'),
  inFile('a folder too deep', 'src/main/domain/a/b/deep.ts', 'export const b = 1;\n', 'no-floor'),
  inFile(
    'an unhandled case',
    `${domain}/cases.ts`,
    "export function b(a: 'x' | 'y'): number {\n  let n = 0;\n  switch (a) {\n    case 'x':\n      n = 1;\n  }\n  return n;\n}\n",
    'typescript(switch-exhaustiveness-check)',
  ),
  inFile(
    'a test that is skipped',
    'test/unit/skipped.test.ts',
    "import { expect, test } from 'vitest';\ntest.skip('x', () => {\n  expect(1).toBe(1);\n});\n",
    'vitest(no-disabled-tests)',
  ),
  inFile(
    'a test that shuts out the others',
    'test/unit/only.test.ts',
    "import { expect, test } from 'vitest';\ntest.only('x', () => {\n  expect(1).toBe(1);\n});\n",
    'vitest(no-focused-tests)',
  ),
];
