// The floors of the house as data: who may import whom, and which package lives where. tools/floors.ts turns this
// into .oxlintrc.json; tools/check-source.ts refuses a file that stands on no floor.
//
// A place is a folder (ends in '/'), a file, or one folder's own files ('src/main/*.ts').

export interface Floor {
  name: string;
  at: readonly string[];
  /** Floors (or places) whose values may be imported. Its own folder is always open to a floor. */
  uses: readonly string[];
  /** Floors of which only types may be imported; the values come as arguments. */
  knows: readonly string[];
  /** npm packages beyond those with a home here. */
  packages?: readonly string[];
  /** Node's own modules; those that open connections stay closed all the same. */
  node?: boolean;
}

/** What every part of main but the domain may know by type. */
const basics = ['contract', 'ports', 'basics'] as const;
const edge = {
  uses: ['domain', 'use cases', 'contract'],
  knows: ['ports', 'basics'],
  packages: ['zod'],
  node: true,
} as const;
const adapter = { uses: ['domain'], knows: basics, packages: ['zod'], node: true } as const;
const looks = ['styles', 'words'] as const;
const reactPackages = [
  'react',
  'react-dom',
  '@base-ui/react',
  '@tanstack/react-virtual',
  'lucide-react',
  'tinykeys',
  'wouter',
] as const;

/** From the ground up. A later entry stands for a part of an earlier one's folder. */
export const floors: readonly Floor[] = [
  { name: 'contract', at: ['src/preload/contract/'], uses: [], knows: [], packages: ['zod'] },
  { name: 'preload', at: ['src/preload/index.ts'], uses: [], knows: ['contract'] },

  {
    name: 'composition',
    at: ['src/main/*.ts'],
    uses: [
      'edges',
      'sandbox',
      'use cases',
      'adapters',
      'worker',
      'store thread',
      'net',
      'domain',
      'contract',
      'ports',
      'basics',
    ],
    knows: [],
    packages: ['zod'],
    node: true,
  },
  {
    name: 'basics',
    at: ['src/main/clock.ts', 'src/main/ids.ts', 'src/main/log.ts'],
    uses: ['domain'],
    knows: ['contract'],
    node: true,
  },
  { name: 'domain', at: ['src/main/domain/'], uses: [], knows: ['contract'] },
  { name: 'use cases', at: ['src/main/recordings/'], uses: ['domain'], knows: basics, node: true },

  { name: 'adapters', at: ['src/main/store/'], ...adapter },
  { name: 'adapters', at: ['src/main/providers/index.ts'], ...adapter, uses: ['domain', 'a provider'] },
  { name: 'a provider', at: ['src/main/providers/*/'], ...adapter },
  { name: 'adapters', at: ['src/main/storage/'], ...adapter },
  { name: 'adapters', at: ['src/main/tunnel/'], ...adapter },
  { name: 'net', at: ['src/main/net/'], ...adapter },
  // The worker reads through its own connection, so it belongs to the store.
  { name: 'worker', at: ['src/main/worker/'], ...adapter, uses: ['domain', 'src/main/store/', 'basics'] },
  // The store's thread makes its own clock, ids and reader: nothing but plain data reaches it.
  {
    name: 'store thread',
    at: ['src/main/store/thread/'],
    ...adapter,
    uses: ['domain', 'src/main/store/', 'worker', 'basics'],
  },
  {
    name: 'ports',
    at: [
      'store/store.ts',
      'store/check-store.ts',
      'store/call-fact-store.ts',
      'providers/provider.ts',
      'storage/storage.ts',
      'storage/replica.ts',
      'net/net.ts',
      'tunnel/tunnel.ts',
      'worker/worker.ts',
    ].map((name) => `src/main/${name}`),
    uses: [],
    knows: ['contract', 'domain', 'ports', 'basics'],
    node: true,
  },

  // Siblings: each edge is its own floor and none is on another's list, so they meet only in app.ts.
  { name: 'edges', at: ['src/main/webhooks/'], ...edge },
  { name: 'edges', at: ['src/main/jobs/'], ...edge },
  { name: 'edges', at: ['src/main/api/'], ...edge },
  // The sandbox is an outside world of its own: it speaks to the product over HTTP only.
  {
    name: 'sandbox',
    at: ['src/main/sandbox/'],
    uses: [],
    knows: ['contract'],
    packages: ['zod'],
    node: true,
  },
  {
    name: 'shell',
    at: ['src/main/electron/', 'src/main/index.ts', 'src/main/headless.ts'],
    uses: ['shell', 'composition', 'basics', 'domain', 'contract'],
    knows: ['edges', 'ports'],
    node: true,
  },

  {
    name: 'words',
    at: ['src/renderer/src/*.ts'],
    // Sentences that programs hear, too, are written once, beside the contract (verdict-words.ts).
    uses: ['contract'],
    knows: [],
  },
  {
    name: 'entry',
    at: ['main.tsx', 'app.tsx', 'keyboard.ts'].map((name) => `src/renderer/src/${name}`),
    uses: ['entry', 'views', 'components', 'audio', 'state', 'client', 'contract', ...looks],
    knows: [],
    packages: reactPackages,
  },
  {
    name: 'views',
    at: ['src/renderer/src/views/'],
    uses: ['components', 'audio', 'state', 'contract', ...looks],
    knows: ['client'],
    packages: reactPackages,
  },
  {
    name: 'components',
    at: ['src/renderer/src/components/'],
    uses: ['audio', ...looks],
    knows: ['contract'],
    packages: reactPackages,
  },
  {
    name: 'state',
    at: ['src/renderer/src/state/'],
    uses: ['client', 'audio', 'contract', 'words'],
    knows: [],
    packages: ['react'],
  },
  // Decoding and drawing of sound in the browser; reads media from the console's own origin.
  { name: 'audio', at: ['src/renderer/src/audio/'], uses: ['words'], knows: ['contract'] },
  { name: 'client', at: ['src/renderer/src/client/'], uses: ['audio', 'contract'], knows: [] },
  { name: 'styles', at: ['src/renderer/src/styles/', 'src/renderer/public/layers.css'], uses: [], knows: [] },
];

/** Where each package with a home may be imported from, and where else its types may be named. */
export const homes: Readonly<Record<string, { values: readonly string[]; types?: readonly string[] }>> = {
  electron: { values: ['src/main/index.ts', 'src/main/electron/', 'src/preload/index.ts'] },
  'better-sqlite3': {
    values: ['src/main/store/database.ts'],
    types: ['src/main/store/', 'src/main/worker/'],
  },
  express: {
    values: ['src/main/webhooks/server.ts', 'src/main/api/server.ts', 'src/main/sandbox/'],
    types: ['src/main/webhooks/', 'src/main/api/'],
  },
  'libphonenumber-js': { values: ['src/main/domain/phone.ts'] },
  pino: { values: ['src/main/log.ts'] },
  '@ngrok/ngrok': { values: ['src/main/tunnel/ngrok.ts'] },
  '@aws-sdk': { values: ['src/main/storage/s3/'] },
  '@smithy': { values: ['src/main/storage/s3/'] },
  '@supabase/storage-js': { values: ['src/main/storage/supabase/'] },
  telnyx: { values: ['src/main/providers/telnyx/'] },
  twilio: { values: ['src/main/providers/twilio/'] },
  zustand: { values: ['src/renderer/src/state/'] },
  '@fontsource-variable': { values: ['src/renderer/src/main.tsx'] },
};

/** Node's modules that can open a connection, start a program or load code: the guarded fetch is the one way out. */
export const waysOut = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'http',
  'http2',
  'https',
  'inspector',
  'module',
  'net',
  'repl',
  'tls',
  'vm',
] as const;

/** The exceptions: module -> the names that a place may import ('*' for all of them). */
export const openings: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'src/main/net/': { net: ['BlockList', 'isIP', 'isIPv4', 'isIPv6'] },
  'src/main/net/guarded-fetch.ts': {
    http: ['*'],
    https: ['*'],
    net: ['*'],
    tls: ['*'],
    dns: ['*'],
    'dns/promises': ['*'],
  },
  'src/main/webhooks/server.ts': { http: ['createServer'] },
  'src/main/api/server.ts': { http: ['createServer'] },
  'src/main/sandbox/': { http: ['*'], https: ['*'], net: ['*'] },
};

/** The places that may use `fetch`, `WebSocket`, `EventSource` and `XMLHttpRequest`. */
export const fetchers = [
  'src/main/net/guarded-fetch.ts',
  'src/main/sandbox/',
  'src/renderer/src/client/',
  'src/renderer/src/audio/',
] as const;
