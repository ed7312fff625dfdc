import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '..', '..', '..', 'tools', 'node-version.js');
const check = (...args: string[]): { status: number | null; stderr: string } =>
  spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

test.each(['18.20.4', '20.19.2', '22.12.0', '22.17.1'])('Node %s is refused in one sentence', (version) => {
  const { status, stderr } = check(version);
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(`and this is ${version}`)]);
});

test.each(['22.18.0', '22.20.1', '24.0.0', '24.21.0', '30.0.0'])(
  'Node %s is accepted in silence',
  (version) => {
    expect(check(version)).toMatchObject({ status: 0, stderr: '' });
  },
);

test('without an argument it looks at the Node that runs it', () => {
  expect(check().status).toBe(0);
});
