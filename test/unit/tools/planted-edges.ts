// Imports that cross floors or leave a package's home. Written from the house's rules and not from
// tools/floor-table.ts: a mistake in the table must show here.

export interface Planted {
  what: string;
  path: string;
  text: string;
  /** The rule that must report it. */
  rule: string;
}

export const value = (from: string): string => `import { a } from '${from}';\nexport const b = a;\n`;
export const type = (from: string): string => `import type { A } from '${from}';\nexport type B = A;\n`;

export const floor = 'eslint(no-restricted-imports)';
const edges: readonly (readonly [what: string, folder: string, from: string])[] = [
  ['contract imports node', 'src/preload/contract', 'node:fs'],
  ['contract imports a package that is not zod', 'src/preload/contract', 'pino'],
  ['contract imports main', 'src/preload/contract', '../../main/domain/call.ts'],
  ['contract imports the preload', 'src/preload/contract', '../index.ts'],

  ['domain imports node', 'src/main/domain', 'node:crypto'],
  ['domain imports zod', 'src/main/domain', 'zod'],
  ['domain imports a package', 'src/main/domain', 'libphonenumber-js'],
  ['domain imports contract values', 'src/main/domain', '../../preload/contract/calls.ts'],
  ['domain imports ids', 'src/main/domain', '../ids.ts'],
  ['domain imports a use case', 'src/main/domain', '../recordings/playback.ts'],
  ['domain imports the store', 'src/main/domain', '../store/store.ts'],

  ['a use case imports a store value', 'src/main/recordings', '../store/store.ts'],
  ['a use case imports the store beside its port', 'src/main/recordings', '../store/database.ts'],
  ['a use case imports a provider', 'src/main/recordings', '../providers/twilio/index.ts'],
  ['a use case imports a provider port value', 'src/main/recordings', '../providers/provider.ts'],
  ['a use case imports storage', 'src/main/recordings', '../storage/local.ts'],
  ['a use case imports the tunnel', 'src/main/recordings', '../tunnel/fixed-url.ts'],
  ['a use case imports the guarded fetch', 'src/main/recordings', '../net/guarded-fetch.ts'],
  ['a use case imports an edge', 'src/main/recordings', '../jobs/worker.ts'],
  ['a use case imports zod', 'src/main/recordings', 'zod'],
  ['a use case imports the clock', 'src/main/recordings', '../clock.ts'],
  ['a use case imports the composition', 'src/main/recordings', '../config.ts'],
  ['a use case in a folder imports the store', 'src/main/recordings/peaks', '../../store/database.ts'],

  ['the store imports storage', 'src/main/store', '../storage/local.ts'],
  ['the store imports a provider', 'src/main/store', '../providers/index.ts'],
  ['the store imports a use case', 'src/main/store', '../recordings/playback.ts'],
  ['the store imports the app', 'src/main/store', '../app.ts'],
  ['a migration imports a use case', 'src/main/store/migrations', '../../recordings/playback.ts'],
  ['storage imports the store', 'src/main/storage', '../store/store.ts'],
  ['storage imports the tunnel', 'src/main/storage', '../tunnel/tunnel.ts'],
  ['the tunnel imports net', 'src/main/tunnel', '../net/guarded-fetch.ts'],
  ['a provider imports the store', 'src/main/providers/twilio', '../../store/store.ts'],
  ['a provider imports storage', 'src/main/providers/twilio', '../../storage/local.ts'],
  ['a provider imports another', 'src/main/providers/twilio', '../telnyx/index.ts'],
  ['a provider to come imports another', 'src/main/providers/vonage', '../twilio/ids.ts'],
  ['a provider imports the list of providers', 'src/main/providers/twilio', '../index.ts'],
  ['a provider imports the guarded fetch', 'src/main/providers/twilio', '../../net/guarded-fetch.ts'],
  ['net imports the store', 'src/main/net', '../store/database.ts'],
  ['the worker imports a provider', 'src/main/worker', '../providers/index.ts'],

  ['webhooks import jobs', 'src/main/webhooks', '../jobs/worker.ts'],
  ['webhooks import the api', 'src/main/webhooks', '../api/dispatch.ts'],
  ['webhooks import the store', 'src/main/webhooks', '../store/database.ts'],
  ['webhooks import a port value', 'src/main/webhooks', '../store/store.ts'],
  ['jobs import webhooks', 'src/main/jobs', '../webhooks/receive.ts'],
  ['jobs import the sandbox', 'src/main/jobs', '../sandbox/sandbox.ts'],
  ['jobs import a provider', 'src/main/jobs', '../providers/twilio/index.ts'],
  ['the api imports jobs', 'src/main/api', '../jobs/worker.ts'],
  ['the api imports the sandbox', 'src/main/api', '../sandbox/sandbox.ts'],
  ['the api imports storage', 'src/main/api', '../storage/local.ts'],
  ['the api imports the composition', 'src/main/api', '../config.ts'],
  ['the sandbox imports a use case', 'src/main/sandbox', '../recordings/playback.ts'],
  ['the sandbox imports a clock value', 'src/main/sandbox', '../domain/clock.ts'],
  ['a word of the renderer imports state', 'src/renderer/src', './state/app-store.ts'],
  ['a view imports the keyboard', 'src/renderer/src/views', '../keyboard.ts'],
  ['the sandbox imports the domain', 'src/main/sandbox', '../domain/call.ts'],
  ['the sandbox imports a provider', 'src/main/sandbox', '../providers/twilio/signature.ts'],
  ['the sandbox imports the store', 'src/main/sandbox', '../store/store.ts'],
  ['the sandbox imports contract values', 'src/main/sandbox', '../../preload/contract/calls.ts'],
  ['a folder of the sandbox imports the domain', 'src/main/sandbox/twilio', '../../domain/call.ts'],
  ['the composition imports the shell', 'src/main', './electron/window.ts'],
  ['the composition imports a host', 'src/main', './headless.ts'],
  ['the shell imports the store', 'src/main/electron', '../store/database.ts'],
  ['main imports the renderer', 'src/main/api', '../../renderer/src/format.ts'],

  ['a component imports state', 'src/renderer/src/components', '../state/app-store.ts'],
  ['a component imports a view', 'src/renderer/src/components', '../views/call-log.tsx'],
  ['a component imports the client', 'src/renderer/src/components', '../client/client.ts'],
  ['a component in a folder imports state', 'src/renderer/src/components/deck', '../../state/app-store.ts'],
  ['a view imports the client', 'src/renderer/src/views', '../client/client.ts'],
  ['a view imports the entry', 'src/renderer/src/views', '../main.tsx'],
  ['state imports a view', 'src/renderer/src/state', '../views/call-log.tsx'],
  ['state imports a component', 'src/renderer/src/state', '../components/deck.tsx'],
  ['the client imports state', 'src/renderer/src/client', '../state/app-store.ts'],
  ['the renderer imports main', 'src/renderer/src/views', '../../../main/domain/call.ts'],
  ['the renderer imports the preload', 'src/renderer/src/client', '../../../preload/index.ts'],
  ['the renderer imports node', 'src/renderer/src/state', 'node:path'],

  ['electron out of its home', 'src/main/api', 'electron'],
  ['electron in the renderer', 'src/renderer/src/client', 'electron'],
  ['better-sqlite3 out of its home', 'src/main/store', 'better-sqlite3'],
  ['express out of its home', 'src/main/jobs', 'express'],
  ['express beside its home', 'src/main/webhooks', 'express'],
  ['libphonenumber-js out of its home', 'src/main/api', 'libphonenumber-js'],
  ['twilio out of its home', 'src/main/recordings', 'twilio'],
  ['twilio in another provider', 'src/main/providers/telnyx', 'twilio'],
  ['twilio in the sandbox', 'src/main/sandbox', 'twilio'],
  ['zustand out of its home', 'src/renderer/src/views', 'zustand'],
  ['zustand in a component', 'src/renderer/src/components', 'zustand/react'],
  ['pino out of its home', 'src/main/jobs', 'pino'],
  ['a package nobody listed', 'src/main/api', 'left-pad'],

  ...[
    'node:http',
    'node:https',
    'node:net',
    'node:tls',
    'node:dgram',
    'node:http2',
    'node:dns/promises',
    'node:child_process',
    'undici',
  ].map((module) => [`${module} out of its home`, 'src/main/recordings', module] as const),
  ['node:https in a server', 'src/main/webhooks', 'node:https'],
  ['http without its prefix', 'src/main/jobs', 'http'],
];

export const plantedEdges: readonly Planted[] = edges.map(([what, folder, from]) => ({
  what,
  path: `${folder}/${what.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.ts`,
  text: value(from),
  rule: floor,
}));
