// A real store, a still clock, a scripted provider, and the use cases of placing as app.ts puts them together.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { followUps } from '../../../src/main/domain/follow-up.ts';
import type { ClaimedJob } from '../../../src/main/domain/job.ts';
import type { DomainEvent } from '../../../src/main/domain/provider-event.ts';
import { newId, recordingIdOf } from '../../../src/main/ids.ts';
import { createLog } from '../../../src/main/log.ts';
import { createConnectNumber } from '../../../src/main/recordings/connect-number.ts';
import { createDialCall } from '../../../src/main/recordings/dial-call.ts';
import { createFindRecordings } from '../../../src/main/recordings/find-recordings.ts';
import { createFollowCall } from '../../../src/main/recordings/follow-call.ts';
import { createJournalCommand } from '../../../src/main/recordings/journal-command.ts';
import { createJournalPulledFacts } from '../../../src/main/recordings/journal-pulled-facts.ts';
import { createPlaceCall, type PlaceInput } from '../../../src/main/recordings/place-call.ts';
import { createRegisterCall } from '../../../src/main/recordings/register-call.ts';
import { createCallQueue } from '../../../src/main/recordings/run-queue.ts';
import { createStartRecording } from '../../../src/main/recordings/start-recording.ts';
import { createSteerRecording } from '../../../src/main/recordings/steer-recording.ts';
import { createSqliteStore } from '../../../src/main/store/sqlite-store.ts';
import type { JobSettlement, Store } from '../../../src/main/store/store.ts';
import {
  createScriptedProvider,
  type ScriptedOptions,
  type ScriptedProvider,
} from '../../standins/scripted-provider.ts';
import { createStillClock } from './rig.ts';

/** What a crash point throws in place of killing the process: the run is over and nothing of it is settled. */
export class Crash extends Error {}

export const aCall: PlaceInput = {
  kind: 'voice-bot',
  via: 'scripted',
  to: '+1 415 555 0132',
  from: '+14155550100',
  priority: 0,
  record: true,
};

export interface OpenStore {
  store: Store;
  clock: ReturnType<typeof createStillClock>;
  close(): Promise<void>;
}

export async function openStore(): Promise<OpenStore> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tapedeck-placing-'));
  const clock = createStillClock();
  const store = await createSqliteStore({ dataDir: dir, clock, newId, recordingIdOf });
  return {
    store,
    clock,
    async close() {
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface PlacingOptions extends Omit<ScriptedOptions, 'now'> {
  provider?: ScriptedProvider;
  recordsLine?: (number: string) => boolean;
  publicUrl?: string | null;
}

/** One process's worth of use cases; made again on the same store it is a restart. */
export function createPlacing({ store, clock }: OpenStore, options: PlacingOptions = {}) {
  const scripted = options.provider ?? createScriptedProvider({ now: () => clock.now(), ...options });
  const providers = [scripted.provider];
  let crashAt: string | null = null;
  const basics = {
    store,
    providers,
    clock,
    newId,
    random: () => 0,
    log: createLog('silent'),
    publicUrl: () => options.publicUrl ?? null,
  };
  const followUp = (events: readonly DomainEvent[]) =>
    followUps(
      { rules: (id) => (id === 'scripted' ? scripted.provider.following : null), recordingIdOf },
      events,
      clock.now(),
    );
  const journalCommand = createJournalCommand(basics);
  const journalPulledFacts = createJournalPulledFacts({ ...basics, followUp });
  const queue = createCallQueue(basics);
  const asking = { ...basics, journalPulledFacts };
  const handlers = {
    'place-call': createDialCall({
      ...basics,
      journalCommand,
      queue,
      followUp,
      crashPoint(name) {
        if (name !== crashAt) return;
        crashAt = null;
        throw new Crash(name);
      },
    }),
    'start-recording': createStartRecording({ ...asking, recordsLine: options.recordsLine ?? (() => false) }),
    'follow-call': createFollowCall(asking),
    'find-recordings': createFindRecordings(asking),
  };

  /** Claims what is due and runs it as the worker does; a crash leaves it running until `recoverJobs`. */
  async function run(
    only?: keyof typeof handlers,
  ): Promise<{ job: ClaimedJob; settlement: JobSettlement }[]> {
    const done: { job: ClaimedJob; settlement: JobSettlement }[] = [];
    for (const job of await store.claimJobs(50)) {
      const handler = Object.entries(handlers).find(([kind]) => kind === job.kind)?.[1];
      const isSkipped = handler === undefined || (only !== undefined && job.kind !== only);
      const ack = { jobId: job.jobId, lease: job.lease, events: [], jobs: [] };
      const settlement: JobSettlement = isSkipped
        ? { ...ack, result: 'done' }
        : await handler(job, new AbortController().signal);
      await store.settleJob(settlement);
      if (!isSkipped) done.push({ job, settlement });
    }
    return done;
  }

  return {
    ...scripted,
    handlers,
    queue,
    journalPulledFacts,
    placing: createPlaceCall({ ...basics, journalCommand, homeCountry: 'US' }),
    register: createRegisterCall({ ...basics, journalCommand }),
    steering: createSteerRecording(asking),
    numbersAt: createConnectNumber(basics),
    run,
    /** Runs until the dialling of this call has come to some end. */
    async runToEnd(callId: string): Promise<void> {
      for (let step = 0; step < 60; step++) {
        await run('place-call');
        const dialState = (await store.getCallRow(callId))?.dialState;
        if (dialState !== 'waiting' && dialState !== 'dialing') return;
        clock.nowMs += 10_000;
      }
    },
    crashAt(name: string | null) {
      crashAt = name;
    },
    kinds: async (callId: string): Promise<string[]> =>
      ((await store.getCall(callId))?.events ?? []).map(({ event }) => event.kind),
    row: async (callId: string) => {
      const row = await store.getCallRow(callId);
      if (row === null) throw new Error('the call is not known');
      return row;
    },
  };
}
