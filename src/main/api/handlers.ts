// One handler per procedure. They translate between the contract and the ports; rules live in domain and recordings.
import type { Handlers } from '../../preload/contract/api.ts';
import type { PlaybackView } from '../../preload/contract/recordings.ts';
import type { Clock } from '../domain/clock.ts';
import { AppError } from '../domain/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { Store } from '../store/store.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { EventBus } from './event-bus.ts';
import { createActivityHandlers } from './handlers-activity.ts';
import { createSystemHandlers, type SampleMode } from './handlers-system.ts';
import type { Settings } from './settings.ts';
import type { Views } from './views.ts';

export interface HandlerDeps {
  store: Store;
  providers: readonly Provider[];
  tunnel: Tunnel;
  storage: Pick<LocalStorage, 'freeBytes'>;
  /** Errors: not_found, conflict (not stored). */
  playback: (recordingId: string) => Promise<PlaybackView>;
  jobs: { wake(): void };
  bus: Pick<EventBus, 'lastSeq'>;
  clock: Clock;
  settings: Settings;
  views: Views;
  /** Null where there is no simulator at all. */
  sample: SampleMode | null;
  system: {
    version: string;
    mode: 'real' | 'sample';
    host: 'electron' | 'headless';
    instanceId: string;
    dataDir: string;
    startedAtMs: number;
    webhooksLocalUrl: () => string;
  };
}

/** Counting stops here and the screen says "1,000+": an exact count of a million calls costs more than it tells. */
const countCap = 1_000;

/** Errors of the handlers: not_found, conflict, not_in_sample_mode, unavailable, and what the ports throw. */
export function createHandlers(deps: HandlerDeps): Handlers {
  return {
    ...createCallHandlers(deps),
    ...createActivityHandlers(deps),
    ...createSystemHandlers(deps),
  } satisfies Handlers;
}

type CallProcedure = 'calls.list' | 'calls.count' | 'calls.get' | 'recordings.playback' | 'recordings.retry';

function createCallHandlers(deps: HandlerDeps): Pick<Handlers, CallProcedure> {
  const { store, views, jobs } = deps;

  return {
    async 'calls.list'({ limit, cursor, ...filters }) {
      const page = await store.listCalls(filters, limit, cursor ?? null);
      return { items: page.items.map(views.call), nextCursor: page.nextCursor };
    },
    async 'calls.count'(filters) {
      return { ...(await store.countCalls(filters, countCap)), cap: countCap };
    },
    async 'calls.get'({ callId }) {
      const found = await store.getCall(callId);
      if (found === null) throw new AppError('not_found', 'There is no call with this id.');
      return views.callDetail(found);
    },
    'recordings.playback': ({ recordingId }) => deps.playback(recordingId),
    async 'recordings.retry'({ recordingId }) {
      const recording = await store.getRecording(recordingId);
      if (recording === null) throw new AppError('not_found', 'There is no recording with this id.');
      const job = await store.findJob('fetch-recording', recordingId);
      if (recording.status === 'stored') throw new AppError('conflict', 'This recording is already saved.');
      if (job === null || job.state !== 'dead') {
        throw new AppError('conflict', 'This recording has not failed, so there is nothing to try again.');
      }
      await store.retryJob(job.jobId);
      jobs.wake();
      return { jobId: job.jobId };
    },
  };
}
