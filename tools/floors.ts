// Turns the floor table into .oxlintrc.json: `node tools/floors.ts --write`. One override per place and depth,
// because oxlint sees an import as written, not where it leads, and because a later override of a rule replaces
// an earlier one. tools/check-source.ts sees to it that every import is written the shortest way.
import { writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fetchers, type Floor, floors, homes, openings, waysOut } from './floor-table.ts';
import { categories, exceptions, ignorePatterns, plugins, rules } from './lint-rules.ts';

/** Folders below a floor's folder that the patterns reach. check-source.ts refuses deeper ones. */
export const maxDepth = 1;

/** As oxlint reads it. A match of a negated glob ends the search, so what must hold all the same comes first, as a regex. */
interface ImportRules {
  paths: { name: string; message: string; allowTypeImports: true; allowImportNames?: readonly string[] }[];
  patterns: { regex?: string; group?: string[]; message: string; allowTypeImports?: true }[];
}

const isFolder = (place: string): boolean => place.endsWith('/');

const regexOf = (glob: string): string => glob.replace(/[.+]/g, String.raw`\$&`).replaceAll('*', '[^/*]+');

/** True when `place` is `outer` or lies in it. Works on places and on file names. */
export function liesIn(place: string, outer: string): boolean {
  if (place === outer) return true;
  return new RegExp(isFolder(outer) ? `^${regexOf(outer)}` : `^${regexOf(outer)}$`).test(place);
}

/** The floor that a file or place stands on: the last entry of the table that holds it. */
export function floorOf(place: string): Floor | undefined {
  return floors.findLast((floor) => floor.at.some((at) => liesIn(place, at)));
}

/** How an import of `place` is written in a file of the folder `from`. */
function written(from: string, place: string): string {
  const path = posix.relative(from, isFolder(place) ? place.slice(0, -1) : place);
  const relative = path === '' ? '.' : path.startsWith('.') ? path : `./${path}`;
  return isFolder(place) ? `${relative}/**` : relative;
}

type Access = 'values' | 'types' | 'none';

function access(floor: Floor, target: Floor, place: string): Access {
  const names = (list: readonly string[]): boolean =>
    list.includes(target.name) || list.some((name) => liesIn(place, name));
  if (names(floor.uses)) return 'values';
  return names(floor.knows) ? 'types' : 'none';
}

/** How a file of the folder `from` may import its own floor's folder: up to that folder's top and no further. */
function ownPatterns(from: string, ownPlace: string): string[] {
  if (!isFolder(ownPlace)) return [`!${written(from, ownPlace)}`];
  const depth = from.split('/').length - ownPlace.split('/').length + 1;
  const up = Array.from({ length: depth }, (_, steps) => `!${'../'.repeat(steps + 1)}**`);
  return ['!./**', ...up, `${'../'.repeat(depth + 1)}**`];
}

/** What a file in the folder `from`, on `floor`, may import of the product. Later patterns outrank earlier ones. */
function productPatterns(
  floor: Floor,
  cell: string,
  from: string,
): { forbidden: string[]; typesOnly: string[] } {
  const ownPlace = floor.at.find((at) => liesIn(cell, at)) ?? cell;
  const forbidden = ownPatterns(from, ownPlace);
  const typesOnly: string[] = [];
  const open: string[] = [ownPlace];
  for (const target of floors) {
    for (const place of target.at) {
      if (place === ownPlace) continue;
      const may = access(floor, target, place);
      const pattern = written(from, place);
      // What was never opened needs no closing, unless it is a part of something open.
      if (may === 'none' && !open.some((outer) => liesIn(place, outer))) continue;
      open.push(place);
      forbidden.push(may === 'none' ? pattern : `!${pattern}`);
      if (may === 'types') typesOnly.push(pattern);
    }
  }
  return { forbidden, typesOnly };
}

const wayOut = 'The guarded fetch (net/guarded-fetch.ts) is the one way out.';

/** Node's modules that lead outside: closed but for their types, or for the names of an opening. */
function waysOutFrom(cell: string): ImportRules['paths'] {
  const opened = new Map(
    Object.entries(openings)
      .filter(([place]) => liesIn(cell, place))
      .flatMap(([, modules]) => Object.entries(modules)),
  );
  return waysOut
    .filter((name) => opened.get(name)?.includes('*') !== true)
    .map((name) => ({ name: `node:${name}`, names: opened.get(name) }))
    .map(({ name, names }) => ({
      name,
      message: wayOut,
      allowTypeImports: true,
      ...(names === undefined ? {} : { allowImportNames: names }),
    }));
}

/** The rule for the files of one folder. */
function importRules(floor: Floor, cell: string, from: string): ImportRules {
  const { forbidden, typesOnly } = productPatterns(floor, cell, from);
  const homesHere = (kind: 'values' | 'types'): string[] =>
    Object.keys(homes).filter((name) => homes[name]?.[kind]?.some((place) => liesIn(cell, place)));
  const packages = [...(floor.packages ?? []), ...homesHere('values')];
  const packageTypes = homesHere('types').filter((name) => !packages.includes(name));
  const open = [...packages, ...packageTypes].flatMap((name) => [`!${name}`, `!${name}/**`]);
  if (floor.node === true) open.push('!node:*', '!node:*/*');
  const byType = [...typesOnly, ...packageTypes.map((name) => `${name}/**`)].map((glob) =>
    glob.endsWith('/**') ? `${regexOf(glob.slice(0, -3))}(/|$)` : `${regexOf(glob)}$`,
  );
  const away = Object.keys(homes).filter((name) => !packages.includes(name) && !packageTypes.includes(name));
  const patterns: ImportRules['patterns'] = [
    {
      regex: `^(${away.join('|')})(/|$)`,
      message: 'This package has a home elsewhere (tools/floor-table.ts).',
    },
  ];
  if (byType.length > 0) {
    const message = `${floor.name}: only types may be imported from here, the values come as arguments.`;
    patterns.push({ regex: `^(${byType.join('|')})`, allowTypeImports: true, message });
  }
  patterns.push({
    group: ['*', ...forbidden, ...open],
    message: `${floor.name}: this may not be imported here (tools/floor-table.ts).`,
  });
  return { paths: floor.node === true ? waysOutFrom(cell) : [], patterns };
}

/** Every place with its own answer: the floors', and those where a package or a module has its home. */
function cells(): string[] {
  const special = [
    ...Object.values(homes).flatMap((home) => [...home.values, ...(home.types ?? [])]),
    ...Object.keys(openings),
  ];
  const places = [...floors.flatMap((floor) => floor.at), ...special.toSorted((a, b) => a.length - b.length)];
  return [...new Set(places)];
}

function floorOverrides(): { files: string[]; rules: object }[] {
  return cells().flatMap((cell) => {
    const floor = floorOf(cell);
    if (floor === undefined) throw new Error(`${cell} stands on no floor`);
    const depths = isFolder(cell) ? Array.from({ length: maxDepth + 1 }, (_, depth) => depth) : [0];
    return depths.map((depth) => {
      const folder = isFolder(cell) ? cell.slice(0, -1) + '/*'.repeat(depth) : posix.dirname(cell);
      return {
        files: [isFolder(cell) ? `${folder}/*.{ts,tsx}` : cell],
        rules: { 'no-restricted-imports': ['error', importRules(floor, cell, folder)] },
      };
    });
  });
}

/** The whole of .oxlintrc.json. */
export function createLintConfig(): { overrides: object[] } & Record<string, unknown> {
  const globals = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
    name,
    message: 'The guarded fetch (main) and the client (renderer) are the only ways out.',
  }));
  const glob = (place: string): string => (isFolder(place) ? `${place}**` : place);
  return {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins,
    categories,
    ignorePatterns,
    rules,
    overrides: [
      ...exceptions,
      {
        files: ['src/**'],
        rules: { 'no-restricted-globals': ['error', { globals, checkGlobalObject: true }] },
      },
      { files: fetchers.map(glob), rules: { 'no-restricted-globals': 'off' } },
      ...floorOverrides(),
    ],
  };
}

/** .oxlintrc.json as text, one override a line, so that a change of the table reads well as a change of the file. */
export function lintConfigText(): string {
  const { overrides, ...rest } = createLintConfig();
  const head = JSON.stringify(rest, null, 2).slice(0, -2);
  return `${head},\n  "overrides": [\n${overrides.map((one) => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]\n}\n`;
}

if (import.meta.main) {
  const path = join(import.meta.dirname, '..', '.oxlintrc.json');
  if (process.argv.includes('--write')) writeFileSync(path, lintConfigText());
  else process.stdout.write(lintConfigText());
}
