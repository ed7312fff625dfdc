// Handlers with the use cases of placing in front of them, and what stands there in tests that place nothing.
import { createRetryDeadJobs } from '../../../src/main/recordings/retry-dead-jobs.ts';
import type { Dispatch, Output, ProcedureName } from '../../../src/preload/contract/api.ts';
import { createDispatch } from '../../../src/main/api/dispatch.ts';
import { createEventBus } from '../../../src/main/api/event-bus.ts';
import { createHandlers, type HandlerDeps } from '../../../src/main/api/handlers.ts';
import { createSettings } from '../../../src/main/api/settings.ts';
import { createViews } from '../../../src/main/api/views.ts';
import { createPlacing, type OpenStore, type PlacingOptions } from '../recordings/placing-rig.ts';
import { createStillTunnel } from '../../standins/still-tunnel.ts';
import { memoryLog } from './parts.ts';

type Placing = Pick<
  HandlerDeps,
  | 'placing'
  | 'register'
  | 'queue'
  | 'steering'
  | 'numbers'
  | 'retryDeadJobs'
  | 'checks'
  | 'backfills'
  | 'polling'
  | 'explain'
  | 'checkCall'
>;

const never = (): Promise<never> => Promise.reject(new Error('Not part of this test.'));

export function createNoPlacing(): Placing {
  return {
    placing: { place: never, cancel: never, redial: never },
    register: never,
    queue: { view: never, pause: never, advance: never },
    retryDeadJobs: never,
    steering: { start: never, steer: never },
    numbers: { check: never, list: never, set: never },
    ...createNoChecks(),
  };
}

/** Handlers that no test of another subject calls. */
function createNoChecks(): Pick<HandlerDeps, 'checks' | 'backfills' | 'polling' | 'explain' | 'checkCall'> {
  const no = (): never => {
    throw new Error('not in this test');
  };
  return {
    checks: { poll: no, sweep: never, cancel: never, running: () => [], recover: never, stop: never },
    backfills: {
      estimate: never,
      start: never,
      pause: never,
      resume: never,
      cancel: never,
      recover: never,
      stop: never,
    },
    explain: async () => null,
    checkCall: async () => 0,
    polling: {
      plan: () => ({ isPolling: false, intervalMinutes: 3, decidedBy: 'default', except: [] }),
      nextPollAtMs: () => null,
    },
  };
}

export async function connectPlacing(
  open: OpenStore,
  options: PlacingOptions = {},
  changes: Partial<HandlerDeps['store']> = {},
) {
  const rig = createPlacing(open, options);
  const settings = createSettings(open.store, open.clock);
  await settings.start();
  const dispatch: Dispatch = createDispatch(
    createHandlers({
      store: { ...open.store, ...changes },
      clock: open.clock,
      clockKeeper: { view: () => ({ skewMs: null, isWrong: false }) },
      settings,
      views: createViews(() => settings.current(), 'US'),
      bus: createEventBus(open.clock.now()),
      providers: [rig.provider],
      tunnel: createStillTunnel(),
      storage: { freeBytes: async () => null },
      playback: never,
      jobs: { wake: () => undefined },
      retryDeadJobs: createRetryDeadJobs({ store: open.store }),
      placing: rig.placing,
      register: rig.register,
      queue: rig.queue,
      steering: rig.steering,
      numbers: rig.numbersAt,
      ...createNoChecks(),
      sample: null,
      system: {
        version: '0.1.0',
        mode: 'real',
        host: 'headless',
        instanceId: '0a1b2c3d4e5f',
        dataDir: '/data',
        startedAtMs: 0,
        webhooksLocalUrl: () => '',
      },
    }),
    memoryLog(),
  );
  return {
    ...rig,
    /** The answer of a call that must work. */
    async ok<N extends ProcedureName>(name: N, input: unknown = {}): Promise<Output<N>> {
      const reply = await dispatch(name, input);
      if (!reply.ok) throw new Error(`${name}: ${reply.error.code} ${reply.error.message}`);
      return reply.data as Output<N>;
    },
    async code(name: string, input: unknown = {}): Promise<string> {
      const reply = await dispatch(name, input);
      return reply.ok ? 'ok' : reply.error.code;
    },
  };
}
