// Every procedure, once: carriers, handlers, client and openapi.json are all made from this table.
import { z } from 'zod';
import {
  deliveryDetail,
  deliveryView,
  jobsFilter,
  jobState,
  jobView,
  pageInput,
  refusalView,
} from './activity.ts';
import {
  callCandidate,
  callDetail,
  callsCountOutput,
  callsListInput,
  callsListOutput,
  callsPlaceInput,
  callsRegisterInput,
  callView,
  queueView,
} from './calls.ts';
import { backfillEstimate, checkKind, checkRunView, checksView, pollDetail } from './checks.ts';
import type { ErrorView } from './errors.ts';
import { playbackView } from './recordings.ts';
import {
  providerCheck,
  providerNumber,
  providerView,
  sandboxPlaceInput,
  sandboxStatus,
  settingsUpdateInput,
  settingsView,
  systemStatus,
  webLinkView,
} from './system.ts';

const nothing = z.strictObject({}).default({});
const runId = z.strictObject({ runId: z.string().max(64) });
const oneRun = z.object({ run: checkRunView });
const range = z.strictObject({
  fromMs: z.number().int(),
  toMs: z.number().int(),
  providerIds: z.array(z.string().max(40)).min(1).max(20).optional(),
});

export const procedures = {
  'calls.list': {
    about: 'Calls, newest first, a page at a time.',
    input: callsListInput,
    output: callsListOutput,
  },
  'calls.count': {
    about: 'How many calls match, are live, and need attention.',
    input: callsListInput.omit({ limit: true, cursor: true }),
    output: callsCountOutput,
  },
  'calls.get': {
    about:
      'One call with its recordings, provider ids and timeline. A merged id resolves to the call it became.',
    input: z.strictObject({ callId: z.string().max(64) }),
    output: callDetail,
  },
  'calls.place': {
    about:
      'Place a call. Answered once it is stored; dialled at most once, also across crashes and time-outs.',
    input: callsPlaceInput,
    output: z.object({ call: callView }),
  },
  'calls.register': {
    about: 'Tell of a call that another program placed, with its reference and the provider ids known.',
    input: callsRegisterInput,
    output: z.object({ call: callView }),
  },
  'calls.cancel': {
    about: 'Take a call that is not dialled yet out of the queue.',
    input: z.strictObject({ callId: z.string().max(64) }),
    output: z.object({ call: callView }),
  },
  'calls.redial': {
    about: 'Dial again a call whose dial was refused or whose outcome nobody knows: a person decided.',
    input: z.strictObject({ callId: z.string().max(64) }),
    output: z.object({ call: callView }),
  },
  'calls.check': {
    about: 'Look for the recordings of a call now instead of at the next planned time.',
    input: z.strictObject({ callId: z.string().max(64) }),
    output: z.object({ jobs: z.number().int() }),
  },
  'calls.candidates': {
    about: 'Calls that an unmatched one may belong to, best first.',
    input: z.strictObject({ callId: z.string().max(64) }),
    output: z.object({ items: z.array(callCandidate) }),
  },
  'calls.match': {
    about: 'Say that two calls are one. Can be undone.',
    input: z.strictObject({ callId: z.string().max(64), withCallId: z.string().max(64) }),
    output: z.object({ call: callView, matchEventKey: z.string() }),
  },
  'calls.unmatch': {
    about: 'Undo a match.',
    input: z.strictObject({ callId: z.string().max(64), matchEventKey: z.string().max(300) }),
    output: z.object({ calls: z.array(callView) }),
  },
  'queue.get': { about: 'The queue of calls to place.', input: nothing, output: queueView },
  'queue.pause': {
    about: 'Stop or go on placing queued calls. The one being dialled is not touched.',
    input: z.strictObject({ paused: z.boolean() }),
    output: queueView,
  },
  'recordings.start': {
    about: 'Start recording a live call, unless it is being recorded already.',
    input: z.strictObject({ callId: z.string().max(64) }),
    output: z.object({ jobId: z.string() }),
  },
  'recordings.steer': {
    about: 'Pause, resume or stop a recording that is running.',
    input: z.strictObject({ recordingId: z.string().max(64), action: z.enum(['pause', 'resume', 'stop']) }),
    output: z.object({ recordingId: z.string() }),
  },
  'recordings.playback': {
    about: 'Where to play a stored recording from.',
    input: z.strictObject({ recordingId: z.string().max(64) }),
    output: playbackView,
  },
  'recordings.retry': {
    about: 'Fetch a recording again that failed.',
    input: z.strictObject({ recordingId: z.string().max(64) }),
    output: z.object({ jobId: z.string() }),
  },
  'deliveries.list': {
    about: 'What came in, newest first.',
    input: pageInput.extend({
      callId: z.string().max(64).optional(),
      providerId: z.string().max(40).optional(),
    }),
    output: z.object({ items: z.array(deliveryView), nextCursor: z.string().nullable() }),
  },
  'deliveries.get': {
    about: 'One delivery with headers, raw body and the events it became.',
    input: z.strictObject({ deliveryId: z.string().max(64) }),
    output: deliveryDetail,
  },
  'deliveries.refused': {
    about: 'Requests that the public listener refused, newest first.',
    input: pageInput,
    output: z.object({ items: z.array(refusalView), nextCursor: z.string().nullable() }),
  },
  'jobs.list': {
    about: 'Background jobs, newest first, how many match in all, and the calls of those shown.',
    input: pageInput.extend({ state: jobState.optional(), ...jobsFilter.shape }),
    output: z.object({
      items: z.array(jobView),
      nextCursor: z.string().nullable(),
      total: z.number().int(),
      calls: z.array(callView),
    }),
  },
  'jobs.retry': {
    about: 'Run a job again that had given up.',
    input: z.strictObject({ jobId: z.string().max(64) }),
    output: z.object({ job: jobView }),
  },
  'polls.run': {
    about: 'Look now at the calls that are still open; whoever asks while a check runs shares it.',
    /** True waits for the end. */
    input: z.strictObject({ wait: z.boolean().default(false) }).default({ wait: false }),
    output: oneRun,
  },
  'polls.list': {
    about: 'Checks, newest first: polls, sweeps and looks through older calls.',
    input: pageInput.extend({ kind: checkKind.optional() }),
    output: z.object({ items: z.array(checkRunView), nextCursor: z.string().nullable() }),
  },
  'polls.get': {
    about: 'One check with what it found for each call, and the exact answer that scripts are given.',
    input: runId.extend({
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(500).default(200),
    }),
    output: z.object({
      run: checkRunView,
      details: z.array(pollDetail),
      /** The answer of POST /api/chats/poll-recordings, for the details shown. */
      json: z.string(),
    }),
  },
  'checks.status': {
    about: 'When checks come and what they last found.',
    input: nothing,
    output: checksView,
  },
  'checks.cancel': { about: 'Stop a check; what it found is kept.', input: runId, output: oneRun },
  'sweeps.run': {
    about: "Compare with the phone services' own lists; without a window, since the last comparison.",
    input: range.partial().default({}),
    output: oneRun,
  },
  'backfills.estimate': {
    about: 'What looking through a past range would cost.',
    input: range,
    output: backfillEstimate,
  },
  'backfills.start': { about: 'Look through a past range.', input: range, output: oneRun },
  'backfills.pause': { about: 'Pause it; it goes on where it was.', input: runId, output: oneRun },
  'backfills.resume': { about: 'Go on with a paused one.', input: runId, output: oneRun },
  'backfills.cancel': { about: 'End it; what it found is kept.', input: runId, output: oneRun },
  'jobs.retryAll': {
    about: 'Run all jobs again that had given up and match, not only those shown.',
    input: z.strictObject({ filter: jobsFilter.default({}) }),
    output: z.object({ count: z.number().int() }),
  },
  'providers.list': {
    about: 'The phone services Tapedeck knows, and what is missing for each.',
    input: nothing,
    output: z.object({ items: z.array(providerView) }),
  },
  'providers.resume': {
    about: 'Try a paused provider again at once.',
    input: z.strictObject({ providerId: z.string().max(40) }),
    output: z.object({ provider: providerView }),
  },
  'providers.check': {
    about: 'Ask a provider whether our keys work and what they may do.',
    input: z.strictObject({ providerId: z.string().max(40) }),
    output: z.object({ check: providerCheck }),
  },
  'providers.numbers': {
    about: "The clinic's numbers at a provider and whether it tells Tapedeck of their calls.",
    input: z.strictObject({ providerId: z.string().max(40) }),
    output: z.object({ items: z.array(providerNumber) }),
  },
  'providers.setNumber': {
    about: 'Let a number report its calls to Tapedeck, or put back what stood there before.',
    input: z.strictObject({
      providerId: z.string().max(40),
      numberId: z.string().max(100),
      action: z.enum(['connect', 'restore']),
    }),
    output: z.object({ number: providerNumber }),
  },
  'settings.get': { about: 'Settings.', input: nothing, output: settingsView },
  'settings.update': { about: 'Change settings.', input: settingsUpdateInput, output: settingsView },
  'system.status': { about: 'The state of Tapedeck itself.', input: nothing, output: systemStatus },
  'webLink.probe': {
    about: 'Ask now whether the web link leads here.',
    input: nothing,
    output: webLinkView,
  },
  'webLink.reconnect': { about: 'Build the web link anew.', input: nothing, output: webLinkView },
  'system.rebuild': {
    about: 'Fold the journal again and compare with what is shown; swaps it in only when `apply` is true.',
    input: z.strictObject({ apply: z.boolean().default(false) }),
    output: z.object({
      events: z.number().int(),
      calls: z.number().int(),
      recordings: z.number().int(),
      differences: z.number().int(),
      applied: z.boolean(),
    }),
  },
  'sandbox.status': { about: 'Sample mode: running or not.', input: nothing, output: sandboxStatus },
  'sandbox.enter': {
    about: 'Start sample mode in a data folder of its own and say where its console is.',
    input: nothing,
    output: sandboxStatus,
  },
  'sandbox.leave': {
    about: 'Stop sample mode and delete its data folder.',
    input: nothing,
    output: sandboxStatus,
  },
  'sandbox.place': {
    about: 'Let the simulator make calls (sample mode only).',
    input: sandboxPlaceInput,
    output: z.object({ callSids: z.array(z.string()) }),
  },
} as const;

export type ProcedureName = keyof typeof procedures;
/** What a caller sends: defaults may be left out. */
export type Input<N extends ProcedureName> = z.input<(typeof procedures)[N]['input']>;
/** What a handler receives: validated, defaults filled in. */
export type ParsedInput<N extends ProcedureName> = z.output<(typeof procedures)[N]['input']>;
export type Output<N extends ProcedureName> = z.output<(typeof procedures)[N]['output']>;

export type Handlers = { [N in ProcedureName]: (input: ParsedInput<N>) => Promise<Output<N>> };
export type Reply<T> = { ok: true; data: T } | { ok: false; error: ErrorView };
/** The one thing a carrier carries. */
export type Dispatch = (name: string, input: unknown) => Promise<Reply<unknown>>;
