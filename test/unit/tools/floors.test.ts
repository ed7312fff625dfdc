import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSource } from '../../../tools/check-source.ts';
import { floors } from '../../../tools/floor-table.ts';
import { createLintConfig, floorOf, lintConfigText } from '../../../tools/floors.ts';
import { allowed } from './allowed.ts';
import { plantedEdges } from './planted-edges.ts';
import { plantedFiles } from './planted-files.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const lint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
const planted = [...plantedEdges, ...plantedFiles];
const trees: string[] = [];

/** Plants files in a tree of their own and runs both halves of `npm run lint` on them. @returns rules by path */
function report(files: readonly { path: string; text: string }[]): Map<string, string[]> {
  const tree = mkdtempSync(join(tmpdir(), 'tapedeck-floors-'));
  trees.push(tree);
  const base = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as {
    compilerOptions: object;
  };
  const compilerOptions = { ...base.compilerOptions, lib: ['ES2024', 'DOM'], jsx: 'react-jsx', types: [] };
  const all = [
    ...files,
    { path: '.oxlintrc.json', text: JSON.stringify(createLintConfig()) },
    { path: 'tsconfig.json', text: JSON.stringify({ compilerOptions, include: ['src', 'test'] }) },
  ];
  for (const { path, text } of all) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const run = spawnSync(
    process.execPath,
    [lint, '--type-aware', '--deny-warnings', '-f', 'json', 'src', 'test'],
    {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  const found = new Map<string, string[]>();
  const add = (path: string, rule: string): void => void found.set(path, [...(found.get(path) ?? []), rule]);
  const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of diagnostics) add(filename, code);
  for (const { path, rule } of checkSource(tree)) add(path, rule);
  return found;
}

afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

describe('a planted violation is reported', () => {
  let found = new Map<string, string[]>();
  beforeAll(() => {
    found = report(planted);
  });

  test.each(planted)('$what', ({ path, rule }) => {
    expect(found.get(path)).toContain(rule);
  });
});

test('what the house allows is not reported', () => {
  const tree = [...allowed, { path: 'test/unit/control.test.ts', text: "import 'vitest';\n" }];
  expect(Object.fromEntries(report(tree))).toEqual({});
});

test('every planted file has a path of its own', () => {
  for (const files of [planted, allowed])
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
});

test('.oxlintrc.json is what the table says (node tools/floors.ts --write)', () => {
  expect(readFileSync(join(root, '.oxlintrc.json'), 'utf8')).toBe(lintConfigText());
});

test("every name on a floor's lists is a floor or a place of the table", () => {
  const known = new Set(floors.flatMap(({ name, at }) => [name, ...at]));
  for (const { uses, knows } of floors) expect(known).toEqual(new Set([...known, ...uses, ...knows]));
});

test('a later entry of the table stands for a part of an earlier one', () => {
  expect(floorOf('src/main/store/store.ts')?.name).toBe('ports');
  expect(floorOf('src/main/store/database.ts')?.name).toBe('adapters');
  expect(floorOf('src/main/providers/twilio/ids.ts')?.name).toBe('a provider');
  expect(floorOf('src/main/index.ts')?.name).toBe('shell');
  expect(floorOf('src/main/app.ts')?.name).toBe('composition');
  expect(floorOf('src/main/services/thing.ts')).toBeUndefined();
});
