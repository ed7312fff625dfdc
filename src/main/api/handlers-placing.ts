// Handlers of calls to be: placing, telling of one placed elsewhere, the queue.
import type { Handlers, Output } from '../../preload/contract/api.ts';
import type { HandlerDeps } from './handlers.ts';

type PlacingProcedure = `calls.${'place' | 'register' | 'cancel' | 'redial'}` | `queue.${'get' | 'pause'}`;

export function createPlacingHandlers({
  placing,
  register,
  queue,
  views,
  jobs,
}: Pick<HandlerDeps, 'placing' | 'register' | 'queue' | 'views' | 'jobs'>): Pick<Handlers, PlacingProcedure> {
  /** What was decided is stored; here it only begins sooner than the next tick would have it. */
  const goOn = async (): Promise<void> => {
    await queue.advance();
    jobs.wake();
  };
  const viewQueue = async (): Promise<Output<'queue.get'>> => {
    const { paused, current, waiting } = await queue.view();
    return {
      paused,
      current: current === null ? null : views.call(current),
      waiting: waiting.map(views.call),
    };
  };

  return {
    async 'calls.place'(input) {
      const call = await placing.place(input);
      await goOn();
      return { call: views.call(call) };
    },
    async 'calls.register'(input) {
      const call = await register(input);
      jobs.wake();
      return { call: views.call(call) };
    },
    async 'calls.cancel'({ callId }) {
      const call = await placing.cancel(callId);
      await goOn();
      return { call: views.call(call) };
    },
    async 'calls.redial'({ callId }) {
      const call = await placing.redial(callId);
      await goOn();
      return { call: views.call(call) };
    },
    'queue.get': viewQueue,
    async 'queue.pause'({ paused }) {
      await queue.pause(paused);
      await goOn();
      return viewQueue();
    },
  };
}
