// Checks as the contract tells them: one under way, one with every kind of outcome, one that could not ask a service, and
// a look through older calls.
import type {
  CheckProviderView,
  CheckRunView,
  ChecksView,
  PollDetail,
} from '../../../src/preload/contract/checks.ts';
import { nowMs } from './sample-data.ts';

const part = (providerId: string, change: Partial<CheckProviderView> = {}): CheckProviderView => ({
  providerId,
  state: 'done',
  code: null,
  requests: 2,
  calls: 12,
  recordings: 9,
  newCalls: 1,
  newRecordings: 1,
  doneToMs: nowMs,
  ...change,
});

const run = (runId: string, startedAtMs: number, change: Partial<CheckRunView> = {}): CheckRunView => ({
  runId,
  kind: 'poll',
  trigger: 'interval',
  state: 'done',
  fromMs: startedAtMs - 3_600_000,
  toMs: startedAtMs,
  startedAtMs,
  finishedAtMs: startedAtMs + 4_100,
  providers: [part('twilio'), part('telnyx')],
  lookedAt: 4,
  processed: 1,
  waiting: 1,
  notRecorded: 1,
  problems: 1,
  ...change,
});

export const sampleDetails: PollDetail[] = [
  ['call_1', 'uploaded', 'CA3f00000000000000000000000000009b21', undefined],
  ['call_2', 'no_recordings', 'CA9100000000000000000000000000000177', undefined],
  ['call_3', 'absent', 'CA4400000000000000000000000000000199', 'too_short'],
  ['call_6', 'twilio_error', 'CA7c00000000000000000000000000000161', 'provider_unauthorized'],
].map(([callId = '', status = '', callSid = '', code]) => ({
  chatId: callId,
  callId,
  callSid,
  status,
  providerId: 'twilio',
  ...(code === undefined ? {} : { code }),
  message: 'One plain sentence.',
}));

export const sampleRuns: CheckRunView[] = [
  run('run_5', nowMs - 78_000),
  run('run_4', nowMs - 258_000, { lookedAt: 0, processed: 0, problems: 0 }),
  run('run_3', nowMs - 900_000, {
    kind: 'sweep',
    trigger: 'wake',
    providers: [
      part('twilio', { recordings: 212, calls: 240 }),
      part('telnyx', { state: 'failed', code: 'provider_unavailable' }),
    ],
  }),
  run('run_2', nowMs - 3_600_000, {
    kind: 'backfill',
    trigger: 'person',
    state: 'running',
    fromMs: nowMs - 30 * 86_400_000,
    toMs: nowMs,
    finishedAtMs: null,
    providers: [
      part('twilio', {
        state: 'running',
        doneToMs: nowMs - 12 * 86_400_000,
        calls: 412,
        recordings: 391,
        newRecordings: 37,
      }),
      part('telnyx', { state: 'resting', code: 'provider_unauthorized', doneToMs: nowMs - 23 * 86_400_000 }),
    ],
  }),
];

export const sampleChecks: ChecksView = {
  isPolling: true,
  intervalMinutes: 3,
  decidedBy: 'default',
  nextPollAtMs: nowMs + 102_000,
  lastPoll: sampleRuns[0] ?? null,
  running: null,
  marks: [
    {
      providerId: 'twilio',
      fromMs: nowMs - 30 * 86_400_000,
      upToMs: nowMs - 900_000,
      checkedAtMs: nowMs - 900_000,
      providerRecordings: 212,
      ourRecordings: 212,
    },
    {
      providerId: 'telnyx',
      fromMs: nowMs - 2 * 86_400_000,
      upToMs: nowMs - 90_000_000,
      checkedAtMs: nowMs - 90_000_000,
      providerRecordings: 31,
      ourRecordings: 30,
    },
  ],
};

/** The answers of the procedures of checks; null for another one. */
export function answerChecks(name: string, input: Record<string, unknown>): unknown {
  const one = sampleRuns.find(({ runId }) => runId === input['runId']) ?? sampleRuns[0];
  switch (name) {
    case 'checks.status':
      return sampleChecks;
    case 'polls.list':
      return { items: sampleRuns, nextCursor: null };
    case 'polls.get':
      return {
        run: one,
        details: one?.kind === 'poll' ? sampleDetails : [],
        json: JSON.stringify({ processed: 1, details: sampleDetails }, null, 2),
      };
    case 'polls.run':
    case 'sweeps.run':
    case 'checks.cancel':
    case 'backfills.pause':
    case 'backfills.resume':
    case 'backfills.cancel':
    case 'backfills.start':
      return { run: one };
    default:
      return null;
  }
}
