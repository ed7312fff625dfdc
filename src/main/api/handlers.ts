// One handler per procedure. They translate between the contract and the ports; rules live in domain and recordings.
import type { Handlers } from '../../preload/contract/api.ts';
import type { PlaybackView } from '../../preload/contract/recordings.ts';
import type { Clock } from '../domain/clock.ts';
import type { Provider } from '../providers/provider.ts';
import type { CheckCall } from '../recordings/check-call.ts';
import type { ConnectNumber } from '../recordings/connect-number.ts';
import type { ClockKeeper } from '../recordings/keep-clock.ts';
import type { ExplainCall } from '../recordings/explain-call.ts';
import type { PlaceCall } from '../recordings/place-call.ts';
import type { RegisterCall } from '../recordings/register-call.ts';
import type { RetryDeadJobs } from '../recordings/retry-dead-jobs.ts';
import type { CallQueue } from '../recordings/run-queue.ts';
import type { SteerRecording } from '../recordings/steer-recording.ts';
import type { LocalStorage } from '../storage/storage.ts';
import type { Store } from '../store/store.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { EventBus } from './event-bus.ts';
import { createActivityHandlers } from './handlers-activity.ts';
import { type CheckHandlerDeps, createCheckHandlers } from './handlers-checks.ts';
import { createCallHandlers } from './handlers-calls.ts';
import { createPlacingHandlers } from './handlers-placing.ts';
import { createSystemHandlers, type SampleMode } from './handlers-system.ts';
import type { Settings } from './settings.ts';
import type { Views } from './views.ts';

export interface HandlerDeps extends CheckHandlerDeps {
  store: Store;
  providers: readonly Provider[];
  tunnel: Tunnel;
  storage: Pick<LocalStorage, 'freeBytes'>;
  /** Errors: not_found, conflict (not stored). */
  playback: (recordingId: string) => Promise<PlaybackView>;
  explain: ExplainCall;
  checkCall: CheckCall;
  placing: PlaceCall;
  register: RegisterCall;
  queue: Pick<CallQueue, 'view' | 'pause' | 'advance'>;
  steering: SteerRecording;
  numbers: ConnectNumber;
  retryDeadJobs: RetryDeadJobs;
  jobs: { wake(): void };
  bus: Pick<EventBus, 'lastSeq'>;
  clock: Clock;
  clockKeeper: Pick<ClockKeeper, 'view'>;
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

/** Errors of the handlers: not_found, conflict, not_in_sample_mode, unavailable, and what the ports throw. */
export function createHandlers(deps: HandlerDeps): Handlers {
  return {
    ...createCallHandlers(deps),
    ...createPlacingHandlers(deps),
    ...createActivityHandlers(deps),
    ...createCheckHandlers(deps),
    ...createSystemHandlers(deps),
  } satisfies Handlers;
}
