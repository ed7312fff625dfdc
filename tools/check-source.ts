// What oxlint cannot see: `node tools/check-source.ts`, the second half of `npm run lint`.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'vite';
import { floorOf, liesIn, maxDepth } from './floors.ts';

export interface Problem {
  path: string;
  line: number;
  rule: 'no-floor' | 'roundabout-import' | 'await-in-transaction' | 'raw-colour' | 'barrel' | 'stdout';
  message: string;
}

type Node = Record<string, unknown> & { type: string; start: number };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Calls `visit` on a node and on everything below it. */
function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (!isNode(node)) return;
  visit(node);
  for (const child of Object.values(node)) if (typeof child === 'object') walk(child, visit);
}

const textOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null;
const nameOf = (node: unknown): string | null => {
  if (!isNode(node)) return null;
  if (node.type === 'MemberExpression') return nameOf(node['property']);
  return typeof node['name'] === 'string' ? node['name'] : null;
};

const colour =
  /#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b|\b(?:rgba?|hsla?|hwb|oklch|oklab|lab|lch|color)\(/i;

/** better-sqlite3 throws on it too, but only when the line is reached. */
function awaitsInTransactions(program: Node): Node[] {
  const functions = new Map<string, Node>();
  walk(program, (node) => {
    const body = node.type === 'VariableDeclarator' ? node['init'] : node;
    const name = nameOf(node['id']);
    if (name !== null && isNode(body) && /Function/.test(body.type)) functions.set(name, body);
  });
  const found: Node[] = [];
  walk(program, (node) => {
    if (node.type !== 'CallExpression' || !/transaction$/i.test(nameOf(node['callee']) ?? '')) return;
    for (const argument of Array.isArray(node['arguments']) ? node['arguments'] : []) {
      const callback = functions.get(nameOf(argument) ?? '') ?? argument;
      if (!isNode(callback) || !/Function/.test(callback.type)) continue;
      if (callback['async'] === true) found.push(callback);
      else walk(callback, (inner) => inner.type === 'AwaitExpression' && found.push(inner));
    }
  });
  return found;
}

/** The shortest way to write a relative import: what the floors' patterns count on. */
function shortest(path: string, specifier: string): string {
  const target = posix.relative(posix.dirname(path), posix.join(posix.dirname(path), specifier));
  return target.startsWith('.') ? target : `./${target}`;
}

function checkScript(
  path: string,
  text: string,
  report: (at: number, rule: Problem['rule'], message: string) => void,
): void {
  const { program } = parseSync(path, text);
  const root: Node = { ...program, type: 'Program', start: 0 };
  const inRenderer = path.startsWith('src/renderer/');
  walk(root, (node) => {
    const specifier = textOf(node['source']);
    if (specifier?.startsWith('.') === true && specifier !== shortest(path, specifier)) {
      report(node.start, 'roundabout-import', `Import it as '${shortest(path, specifier)}'.`);
    }
    if (specifier !== null && /^(?:[/#~]|[a-z]:|file:|data:|https?:)/i.test(specifier)) {
      report(node.start, 'roundabout-import', 'Import files of the product by their relative path.');
    }
    const words =
      textOf(node) ?? (node.type === 'TemplateElement' ? text.slice(node.start, Number(node['end'])) : '');
    if (inRenderer && colour.test(words))
      report(node.start, 'raw-colour', 'Colours are named in styles/tokens.css.');
    const isStdout = nameOf(node) === 'stdout' && nameOf(node['object']) === 'process';
    if (isStdout && path !== 'src/main/headless.ts') {
      report(node.start, 'stdout', 'Only the headless host writes to standard output.');
    }
    if (node.type === 'ImportExpression' && specifier === null) {
      report(
        node.start,
        'roundabout-import',
        'Name the file that is imported, so that the floors can see it.',
      );
    }
  });
  for (const node of awaitsInTransactions(root)) {
    report(node.start, 'await-in-transaction', 'A transaction is synchronous: await before or after it.');
  }
  const reExports = program.body.filter(
    (node) => /^Export(?:All|Named)/.test(node.type) && 'source' in node && node.source !== null,
  );
  const imports = program.body.filter((node) => node.type === 'ImportDeclaration');
  if (reExports.length > 0 && reExports.length + imports.length === program.body.length) {
    report(0, 'barrel', 'Import from the file that says it; no barrels.');
  }
}

function checkStyles(
  path: string,
  text: string,
  report: (at: number, rule: Problem['rule'], message: string) => void,
): void {
  if (path === 'src/renderer/src/styles/tokens.css') return;
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length));
  // Only what stands after a colon and before the end of a declaration: `#fade` may be an id, too.
  for (const match of code.matchAll(/:[^;{}]*/g)) {
    if (colour.test(match[0])) report(match.index, 'raw-colour', 'Colours are named in styles/tokens.css.');
  }
}

/**
 * Checks one file.
 * @param path from the root, with forward slashes
 */
export function checkFile(path: string, text: string): Problem[] {
  const problems: Problem[] = [];
  const report = (at: number, rule: Problem['rule'], message: string): void => {
    problems.push({ path, line: text.slice(0, at).split('\n').length, rule, message });
  };
  const folder = floorOf(path)?.at.find((at) => at.endsWith('/') && liesIn(path, at));
  if (floorOf(path) === undefined) report(0, 'no-floor', 'Give this file a floor in tools/floor-table.ts.');
  else if (folder !== undefined && path.split('/').length - folder.split('/').length > maxDepth) {
    report(0, 'no-floor', `Too deep: the floors reach ${maxDepth} folder below ${folder}.`);
  }
  if (path.endsWith('.css')) checkStyles(path, text, report);
  else checkScript(path, text, report);
  return problems;
}

/** Checks every source file below `<root>/src`. */
export function checkSource(root: string): Problem[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join('src', name.replaceAll('\\', '/')))
    .filter((path) => /\.(?:tsx?|css)$/.test(path))
    .toSorted()
    .flatMap((path) => checkFile(path, readFileSync(join(root, path), 'utf8')));
}

if (import.meta.main) {
  const problems = checkSource(process.argv[2] ?? join(import.meta.dirname, '..'));
  for (const { path, line, rule, message } of problems)
    console.error(`${path}:${line}: ${message} [${rule}]`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
